import type { Clock } from '../../src/clock.ts'

/** A clock for simulations: it stands still, but for `runUntil`. */
export interface VirtualClock extends Clock {
  /** Fires every timer that falls due up to that moment, with all its consequences. */
  readonly runUntil: (untilMs: number) => Promise<void>
}

interface Timer {
  readonly atMs: number
  /** Timers of one moment fire in the order in which they were set. */
  readonly number: number
  wake: (() => void) | undefined
}

const isBefore = (a: Timer, b: Timer) => a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number)

/** A binary heap: there are many timers, and most are taken back. */
const makeHeap = () => {
  const heap: Timer[] = []
  /** Puts a timer where the one at `index` is, or below it, and lets what is smaller rise. */
  const sink = (timer: Timer) => {
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const isRight = right !== undefined && left !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (!child || isBefore(timer, child)) break
      heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = timer
  }
  return {
    first: () => heap[0],
    add: (timer: Timer) => {
      let index = heap.push(timer) - 1
      for (let up = (index - 1) >> 1; index > 0; up = (index - 1) >> 1) {
        const parent = heap[up]
        if (!parent || isBefore(parent, timer)) break
        heap[index] = parent
        index = up
      }
      heap[index] = timer
    },
    removeFirst: () => {
      const last = heap.pop()
      if (last && heap.length > 0) sink(last)
    },
  }
}

/** Lets all promises run that nothing keeps back. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** Time goes in whole milliseconds, as with the timers of Node. */
export const virtualClock = (): VirtualClock => {
  const heap = makeHeap()
  let nowMs = 0
  let number = 0
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    after: (delayMs, wake) => {
      number += 1
      const timer: Timer = { atMs: nowMs + Math.max(1, Math.ceil(delayMs)), number, wake }
      heap.add(timer)
      return () => {
        timer.wake = undefined
      }
    },
    runUntil: async (untilMs) => {
      await settled()
      let isSettled = true
      for (let timer = heap.first(); timer && timer.atMs <= untilMs; timer = heap.first()) {
        if (timer.wake && timer.atMs > nowMs && !isSettled) {
          // what runs now may set a timer that is earlier
          await settled()
          isSettled = true
          continue
        }
        heap.removeFirst()
        if (!timer.wake) continue
        nowMs = timer.atMs
        isSettled = false
        timer.wake()
      }
      await settled()
      nowMs = untilMs
    },
  }
}
