import type { Clock } from '../clock.ts'
import type { Point } from '../otlp/points/point.ts'
import { createPoints, type PointsOptions } from './points.ts'
import type { Reading } from './reading.ts'

export interface MachineOptions extends Omit<PointsOptions, 'startMs'> {
  /** Whether to read machine, control group and processes, or the processes only. */
  readonly host: 'all' | 'processes' | 'nothing'
  /** Whether to read graphics processors. */
  readonly gpu: boolean
  /** From one reading of the graphics processors to the next. */
  readonly intervalMs: number
  /** The first of the workload's processes. */
  readonly pid: number
  /** Whose file system's space is told. */
  readonly directory: string
  /** Of the workload: it says which graphics processors it sees. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Steps that are trained. */
  readonly steps: () => number | undefined
  readonly clock: Clock
  readonly onDebug: (text: string) => void
  /** Is told what people should know, such as of a graphics processor that fails. */
  readonly onTrouble: (text: string) => void
}

/** What is read of the machine while a task runs. */
export interface Machine extends Pick<PointsOptions, 'since'> {
  /** Reads, and says it in points; called once for each export. */
  readonly points: (nowMs: number) => readonly Point[]
  /** Of the process that reads graphics processors; it is our child. */
  readonly helperPid: () => number | undefined
  readonly close: () => void
}

/** Opens what is to be read; what cannot be on this system is not told. */
export const openMachine = async (options: MachineOptions): Promise<Machine> => {
  const { pid, directory, environment, intervalMs, steps, clock, onDebug, onTrouble } = options
  let helperPid = (): number | undefined => undefined
  const host =
    options.host === 'nothing'
      ? undefined
      : (await import('./host-reader.ts')).openHostReader({
          ...{ pid, directory, clock, onDebug, what: options.host },
          exceptPid: () => helperPid(),
        })
  const gpu = options.gpu
    ? (await import('./gpu/gpu-reader.ts')).openGpuReader({
        ...{ env: environment, intervalMs, clock, onDebug, onTrouble },
        ...(host && { workloadPids: host.pids }),
      })
    : undefined
  if (gpu) helperPid = gpu.pid
  const makePoints = createPoints({ ...options, startMs: clock.now().getTime() })
  const read = (): readonly Reading[] => [...(host?.read() ?? []), ...(gpu?.read(steps()) ?? [])]
  // the machine's counters count from here; what the workload has used already is its own
  makePoints(
    read().filter(({ isFromZero }) => !isFromZero),
    clock.now().getTime(),
  )
  return {
    since: options.since,
    points: (nowMs) => makePoints(read(), nowMs),
    helperPid,
    close: () => {
      host?.close()
      gpu?.close()
    },
  }
}
