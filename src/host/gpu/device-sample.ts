/**
 * What was seen of the GPUs at one moment: the lines that the process that asks NVML writes, and what the output of
 * `nvidia-smi` is turned into. All in base units; what a GPU does not tell is absent.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { type ThrottleReason, throttleReasons } from './throttle.ts'

/** As OpenTelemetry names them: degraded works, but wants a reset; predicted_failure should be replaced. */
export const gpuStates = ['ok', 'degraded', 'predicted_failure', 'failed'] as const
export type GpuState = (typeof gpuStates)[number]

/** Values with the largest that can be true. */
const numberLimits = {
  /** 0 to 1, the mean since the last sample where the driver keeps it, else the last one. */
  utilization: 1,
  memoryActivity: 1,
  encoder: 1,
  decoder: 1,
  /** Part of the time since the last sample without any work. */
  idleShare: 1,
  memoryUsedBytes: 2 ** 53,
  memoryTotalBytes: 2 ** 53,
  powerWatts: 100_000,
  powerLimitWatts: 100_000,
  /** Since the driver was loaded. */
  energyJoules: 2 ** 53,
  temperature: 1_000,
  memoryTemperature: 1_000,
  slowdownTemperature: 1_000,
  shutdownTemperature: 1_000,
  memorySlowdownTemperature: 1_000,
  smHertz: 1e12,
  memoryHertz: 1e12,
  /** The bits of `nvmlClocksEventReasons` that are set now. */
  throttleMask: 2 ** 53,
  /** Since the driver was loaded. */
  eccCorrected: 2 ** 53,
  eccUncorrected: 2 ** 53,
  pcieReceivedBytes: 2 ** 63,
  pcieTransmittedBytes: 2 ** 63,
  pcieReceivedPerSecond: 1e15,
  pcieTransmittedPerSecond: 1e15,
  nvlinkReceivedBytes: 2 ** 63,
  nvlinkTransmittedBytes: 2 ** 63,
} as const

export type DeviceNumber = keyof typeof numberLimits

export interface DeviceProcess {
  readonly pid: number
  readonly memoryBytes: number
}

/** One GPU, or one MIG device of it. */
export interface DeviceSample extends Readonly<Partial<Record<DeviceNumber, number>>> {
  /** `GPU-…` or `MIG-…`. */
  readonly id: string
  /** In NVML's order, which `nvidia-smi` shows; of a MIG device its GPU's. */
  readonly index: number
  readonly state: GpuState
  /** Of a MIG device: the GPU. */
  readonly parent?: string
  readonly model?: string
  readonly driver?: string
  /** Is divided into MIG devices: what it uses is not the job's alone. */
  readonly isDivided?: boolean
  /** Seconds since the driver was loaded. */
  readonly throttledSeconds?: Readonly<Partial<Record<ThrottleReason, number>>>
  readonly processes?: readonly DeviceProcess[]
}

/** An error that the driver reported since the sample before. */
export interface XidEvent {
  readonly id: string
  readonly index: number
  readonly code: number
}

export interface GpuSample {
  /** By the clock that all processes of the machine share and nobody sets. */
  readonly atMs: number
  readonly devices: readonly DeviceSample[]
  readonly xids: readonly XidEvent[]
}

/** More than any machine has, with all of its GPUs divided. */
const mostDevices = 128
const mostProcesses = 1_024

const isWithin = (value: JsonValue | undefined, limit: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= limit

const isIndex = (value: JsonValue | undefined): value is number =>
  isWithin(value, 2 ** 31) && Number.isInteger(value)

const isText = (value: JsonValue | undefined): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 128

const listOf = (value: JsonValue | undefined, most: number): readonly JsonValue[] =>
  Array.isArray(value) ? value.slice(0, most) : []

const numbersOf = <N extends string>(fields: JsonObject, limits: Readonly<Record<N, number>>) =>
  Object.fromEntries(
    Object.entries<number>(limits).flatMap(([name, limit]) => {
      const value = fields[name]
      return isWithin(value, limit) ? [[name, value]] : []
    }),
  ) as Partial<Record<N, number>>

const throttleLimits = Object.fromEntries(throttleReasons.map((reason) => [reason, 2 ** 53])) as Record<
  ThrottleReason,
  number
>

const parseProcess = (fields: JsonValue): readonly DeviceProcess[] => {
  if (!isJsonObject(fields)) return []
  const { pid, memoryBytes } = fields
  return isIndex(pid) && isWithin(memoryBytes, 2 ** 53) ? [{ pid, memoryBytes }] : []
}

const parseDevice = (fields: JsonValue): readonly DeviceSample[] => {
  if (!isJsonObject(fields)) return []
  const { id, index, parent, model, driver, isDivided, throttledSeconds, processes } = fields
  const state = gpuStates.find((name) => name === fields.state)
  if (!isText(id) || !isIndex(index) || !state) return []
  return [
    {
      id,
      index,
      state,
      ...(isText(parent) && { parent }),
      ...(isText(model) && { model }),
      ...(isText(driver) && { driver }),
      ...(isDivided === true && { isDivided }),
      ...numbersOf(fields, numberLimits),
      ...(isJsonObject(throttledSeconds) && {
        throttledSeconds: numbersOf(throttledSeconds, throttleLimits),
      }),
      ...(Array.isArray(processes) && { processes: listOf(processes, mostProcesses).flatMap(parseProcess) }),
    },
  ]
}

const parseXid = (fields: JsonValue): readonly XidEvent[] => {
  if (!isJsonObject(fields)) return []
  const { id, index, code } = fields
  return isText(id) && isIndex(index) && isIndex(code) ? [{ id, index, code }] : []
}

/** A sample from a line that was written about it; undefined for what is none. What is wrong in it is left out. */
export const parseSample = (line: string): GpuSample | undefined => {
  let fields: unknown
  try {
    fields = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isJsonObject(fields) || !isWithin(fields.atMs, Number.MAX_VALUE)) return undefined
  return {
    atMs: fields.atMs,
    devices: listOf(fields.devices, mostDevices).flatMap(parseDevice),
    xids: listOf(fields.xids, mostDevices).flatMap(parseXid),
  }
}
