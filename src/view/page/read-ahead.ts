/** Parts that are out of view wait here until it is their turn to read what they would show. */
export interface Turns {
  /** Calls back when it is its turn; the returned function gives the turn, or the place in the queue, to the next. */
  readonly wait: (onTurn: () => void) => () => void
}

/**
 * At most `most` have a turn at a time, and they get it one after the other, as what is in view must not wait for what is
 * not.
 */
export const createTurns = ({
  most,
  pauseMs,
  later = (act, ms) => void setTimeout(act, ms),
}: {
  readonly most: number
  readonly pauseMs: number
  readonly later?: (act: () => void, ms: number) => void
}): Turns => {
  const waiting = new Set<() => void>()
  const having = new Set<() => void>()
  let isPausing = false

  const giveSoon = (): void => {
    if (isPausing || waiting.size === 0 || having.size >= most) return
    isPausing = true
    later(() => {
      isPausing = false
      const [next] = waiting
      if (next === undefined || having.size >= most) return
      waiting.delete(next)
      having.add(next)
      next()
      giveSoon()
    }, pauseMs)
  }

  return {
    wait: (onTurn) => {
      const own = () => onTurn()
      waiting.add(own)
      giveSoon()
      return () => {
        waiting.delete(own)
        if (having.delete(own)) giveSoon()
      }
    },
  }
}
