import { isThenable } from './thenable.ts'

/** What is done at the end of a body. */
export interface Ends {
  readonly onDone: () => void
  /** Must not throw: what the body threw is thrown on. */
  readonly onThrown: (thrown: unknown) => void
}

/**
 * Runs a body and does what is to be done at its end, be that now or, if the result is a thenable, later.
 *
 * @returns the body's result; a promise of it if it is a thenable
 * @throws what the body throws, as it is
 */
export const endWithBody = <T>(body: () => T, { onDone, onThrown }: Ends): T => {
  let result: T
  try {
    result = body()
  } catch (thrown) {
    onThrown(thrown)
    throw thrown
  }
  if (!isThenable(result)) {
    onDone()
    return result
  }
  return Promise.resolve(result).then(
    (value) => {
      onDone()
      return value
    },
    (thrown: unknown) => {
      onThrown(thrown)
      throw thrown
    },
  ) as T
}
