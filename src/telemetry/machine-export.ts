import type { Clock } from '../clock.ts'
import type { Temporality } from '../otlp/points/encode-points.ts'
import type { Point } from '../otlp/points/point.ts'

/** What tells of the machine that the task runs on. */
export interface MachineSource {
  readonly points: (nowMs: number) => readonly Point[]
  /** Of its counters. */
  readonly since: Temporality
  /** From one export to the next. */
  readonly intervalMs: number
}

export interface MachineExportOptions extends Omit<MachineSource, 'since'> {
  readonly accept: (points: readonly Point[], nowMs: number) => void
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random?: () => number
  readonly print: (line: string) => void
}

/**
 * Exports each reading of the machine as it is made, in an interval of its own: what a graphics processor did in a minute
 * is not to be seen in one moment of it. The moment within the interval is random, so that tasks that were started
 * together do not export together. Returns what makes the last export.
 */
export const startMachineExport = (options: MachineExportOptions): (() => void) => {
  const { points, intervalMs, accept, clock, random = Math.random, print } = options
  let cancelTimer = () => {}
  let hasFailed = false
  const exportNow = () => {
    if (hasFailed) return
    try {
      const nowMs = clock.now().getTime()
      accept(points(nowMs), nowMs)
    } catch (error) {
      // a fault of ours, and no reason to end a task
      hasFailed = true
      print(`taskbeat: the machine is not told of any more: ${(error as Error).message}`)
    }
  }
  const exportAfter = (delayMs: number) => {
    cancelTimer = clock.after(delayMs, () => {
      exportNow()
      exportAfter(intervalMs)
    })
  }
  exportAfter(intervalMs * (0.5 + 0.5 * random()))
  return () => {
    cancelTimer()
    exportNow()
  }
}
