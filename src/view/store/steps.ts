/**
 * Work in steps: a tree of a hundred thousand spans takes longer than a process that answers questions may be deaf.
 */
export type Steps<T> = Generator<undefined, T, unknown>

/** Resolves when everything else has had its turn. */
export type Rest = () => Promise<unknown>

/** Rows that make a step: a millisecond or two. */
export const stepRows = 8_192

/** All at once. */
export const finish = <T>(steps: Steps<T>): T => {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Rests after each step. */
export const finishInTurns = async <T>(steps: Steps<T>, rest: Rest): Promise<T> => {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await rest()
  }
}
