import type { Clock } from '../../clock.ts'

/**
 * What some work comes to, or something else once it has taken too long; the work then goes on unheeded. What is there
 * when the time is over, and was only not looked at yet, counts.
 */
export const within = <T, U>(clock: Clock, limitMs: number, work: Promise<T>, otherwise: U): Promise<T | U> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => setImmediate(resolve, otherwise), { keepsAlive: true })
    work.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
