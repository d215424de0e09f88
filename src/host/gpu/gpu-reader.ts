/**
 * What the GPUs that a job can see do.
 *
 * NVIDIA's driver is asked by another process: calls into one that hangs never come back, and what has made such a call
 * cannot even end. Nothing here waits for it. Without a driver, nothing is started or loaded.
 */
import { type Clock, systemClock } from '../../clock.ts'
import type { Reading } from '../reading.ts'
import type { GpuSample, XidEvent } from './device-sample.ts'
import { openLedger } from './ledger.ts'
import { judgeMemory, openMemoryErrors } from './memory-errors.ts'
import { hasDriver, hasPidsOfMachine } from './presence.ts'
import { openProcessMemory, ownerOf } from './process-memory.ts'
import { deviceAttributes, readingsOf } from './readings.ts'
import { openSource, silentIntervals } from './source.ts'
import { openStepEnergy } from './step-energy.ts'
import { xidMessage } from './xid.ts'

export interface GpuReaderOptions {
  /** Of the job: what it can see of the GPUs (`CUDA_VISIBLE_DEVICES`, …), and where programs and libraries are. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Between two samples, in milliseconds; 1 at least. */
  readonly intervalMs: number
  /** Processes that train, by the pids that we know them by. @default none */
  readonly workloadPids?: () => ReadonlySet<number>
  /** @default the system's */
  readonly clock?: Clock
  /** What explains why there are no readings, or which: for those who look for it. */
  readonly onDebug: (line: string) => void
  /** What people should read: the driver does not answer any more, or reports an error. */
  readonly onTrouble: (message: string) => void
  /** Path of NVIDIA's management library. @default what the loader finds as libnvidia-ml.so.1 */
  readonly nvmlLibrary?: string
  /** Path or name of the program that is used in its place. @default 'nvidia-smi' */
  readonly nvidiaSmi?: string
  /** Where /proc and /dev are. @default '/' */
  readonly root?: string
}

export interface GpuReader {
  /**
   * The newest sample; nothing before the first, without GPUs, and when there has been none for three intervals.
   *
   * @param steps - that the training has made; with it, energy per step is told in reads that follow new steps
   */
  readonly read: (steps?: number) => readonly Reading[]
  /** Of the process that we started, until it has ended and Node knows: process 1 must leave it alone. */
  readonly pid: () => number | undefined
  /** Ends the process, at once and without waiting. */
  readonly close: () => void
}

const xidPauseMs = 60_000
/** GPUs times kinds of errors; a machine that has more has been heard. */
const mostXidMessages = 1_024

/** Tells each kind of error of each GPU once a minute. */
const openXidMessages = (clock: Clock, onTrouble: (message: string) => void) => {
  const lastAtMs = new Map<string, number>()
  return (xid: XidEvent) => {
    const message = xidMessage(xid)
    const now = clock.monotonicMs()
    if (now - (lastAtMs.get(message) ?? Number.NEGATIVE_INFINITY) < xidPauseMs) return
    if (!lastAtMs.has(message) && lastAtMs.size >= mostXidMessages) return
    lastAtMs.set(message, now)
    onTrouble(message)
  }
}

/** Begins to read, or does nothing for ever where there is no driver. Throws nothing. */
export const openGpuReader = (options: GpuReaderOptions): GpuReader => {
  const { intervalMs, clock = systemClock, onDebug, onTrouble, root = '/' } = options
  const { workloadPids = () => new Set<number>() } = options
  if (!hasDriver(root)) {
    onDebug('no GPU is read: there is no driver of NVIDIA')
    return { read: () => [], pid: () => undefined, close: () => {} }
  }
  const tellMemoryErrors = openMemoryErrors(onTrouble)
  const tellXid = openXidMessages(clock, onTrouble)
  const ledger = openLedger(silentIntervals * intervalMs)
  const stepEnergy = openStepEnergy()
  const processMemory = openProcessMemory()
  const arePidsOfMachine = hasPidsOfMachine(root)
  let newest: (GpuSample & { readonly heardAtMs: number }) | undefined
  let stepsToldAtMs: number | undefined

  const source = openSource({
    ...options,
    clock,
    onSample: (heard) => {
      const sample = { ...heard, devices: heard.devices.map(judgeMemory) }
      for (const device of sample.devices) tellMemoryErrors(device)
      newest = { ...sample, heardAtMs: clock.monotonicMs() }
      ledger.add(sample)
      for (const xid of sample.xids) tellXid(xid)
    },
  })

  const processReadings = ({ devices }: GpuSample): readonly Reading[] => {
    const workload = workloadPids()
    return devices.flatMap((device) =>
      processMemory
        .tell({
          id: device.id,
          processes: device.processes ?? [],
          ownerOf: (pid) => ownerOf(pid, workload, arePidsOfMachine),
        })
        .map(({ value, attributes }) => ({
          metric: 'taskbeat.gpu.process.memory',
          value,
          attributes: { ...deviceAttributes(device), ...attributes },
        })),
    )
  }

  /** Of a GPU in parts, nobody knows whose steps took its energy. */
  const stepReadings = ({ devices, atMs }: GpuSample, steps: number): readonly Reading[] => {
    if (atMs === stepsToldAtMs) return []
    stepsToldAtMs = atMs
    const round = stepEnergy.at(steps)
    const readings = devices.flatMap((device): readonly Reading[] => {
      const { energyJoules } = ledger.of(device)
      if (energyJoules === undefined || device.isDivided) return []
      const value = round.perStep(device.id, energyJoules.value)
      if (value === undefined) return []
      return [{ metric: 'taskbeat.gpu.energy.per_step', value, attributes: deviceAttributes(device) }]
    })
    round.close()
    return readings
  }

  return {
    read: (steps) => {
      if (!newest || clock.monotonicMs() - newest.heardAtMs > silentIntervals * intervalMs) return []
      const sample = newest
      return [
        ...sample.devices.flatMap((device) => readingsOf(device, ledger.of(device))),
        ...processReadings(sample),
        ...(steps === undefined ? [] : stepReadings(sample, steps)),
      ]
    },
    pid: source.pid,
    close: source.close,
  }
}
