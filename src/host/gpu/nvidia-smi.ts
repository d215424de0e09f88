/**
 * `nvidia-smi` in its loop mode, for machines where NVML cannot be called: one line for each GPU, again and again.
 *
 * @see https://docs.nvidia.com/deploy/nvidia-smi/ and `nvidia-smi --help-query-gpu`
 */
import type { DeviceNumber, DeviceSample } from './device-sample.ts'
import type { ThrottleReason } from './throttle.ts'

/** What drivers since R470 can be asked. */
const basic = [
  ...['uuid', 'index', 'name', 'driver_version', 'mig.mode.current'],
  ...['utilization.gpu', 'utilization.memory', 'memory.total', 'memory.used'],
  ...['power.draw', 'enforced.power.limit', 'temperature.gpu', 'temperature.memory'],
  ...['clocks.current.sm', 'clocks.current.memory', 'clocks_throttle_reasons.active'],
  ...['ecc.errors.corrected.volatile.total', 'ecc.errors.uncorrected.volatile.total'],
] as const

/** What those since R570 can be asked, or know by another name. */
const full = [
  ...basic.filter((field) => field !== 'clocks_throttle_reasons.active'),
  ...['clocks_event_reasons.active', 'utilization.encoder', 'utilization.decoder'],
  'clocks_event_reasons_counters.sw_power_cap',
  'clocks_event_reasons_counters.sync_boost',
  'clocks_event_reasons_counters.sw_thermal_slowdown',
  'clocks_event_reasons_counters.hw_thermal_slowdown',
  'clocks_event_reasons_counters.hw_power_brake_slowdown',
] as const

export const smiFields = { full, basic } as const satisfies Readonly<Record<string, readonly string[]>>
export type SmiQuery = keyof typeof smiFields

export const smiArguments = (query: SmiQuery, intervalMs: number): readonly string[] => [
  `--query-gpu=${smiFields[query].join(',')}`,
  '--format=csv,noheader,nounits',
  `--loop-ms=${intervalMs}`,
]

/** Whether a line says that this version does not know a field: then it answers nothing at all. */
export const refusesField = (line: string): boolean => /^Field ".*" is not a valid field to query/.test(line)

/** Whether a line says that there is nothing to be asked, as no driver answers or no GPU is there. */
export const refusesAll = (line: string): boolean =>
  /^(NVIDIA-SMI has failed|No devices were found|Failed to initialize NVML)/.test(line)

const mebi = 2 ** 20

/** Fields that are numbers, and what makes base units of them. */
const scales: Readonly<Record<string, readonly [DeviceNumber, number]>> = {
  'utilization.gpu': ['utilization', 0.01],
  'utilization.memory': ['memoryActivity', 0.01],
  'utilization.encoder': ['encoder', 0.01],
  'utilization.decoder': ['decoder', 0.01],
  'memory.total': ['memoryTotalBytes', mebi],
  'memory.used': ['memoryUsedBytes', mebi],
  'power.draw': ['powerWatts', 1],
  'enforced.power.limit': ['powerLimitWatts', 1],
  'temperature.gpu': ['temperature', 1],
  'temperature.memory': ['memoryTemperature', 1],
  'clocks.current.sm': ['smHertz', 1e6],
  'clocks.current.memory': ['memoryHertz', 1e6],
  'clocks_event_reasons.active': ['throttleMask', 1],
  'clocks_throttle_reasons.active': ['throttleMask', 1],
  'ecc.errors.corrected.volatile.total': ['eccCorrected', 1],
  'ecc.errors.uncorrected.volatile.total': ['eccUncorrected', 1],
}

const counterPrefix = 'clocks_event_reasons_counters.'

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `ERR!` and all that is no number is no value. */
const numberOf = (text: string): number | undefined =>
  /^(0x[0-9a-f]+|\d+(\.\d+)?)$/i.test(text) ? Number(text) : undefined

/** What a GPU says in place of values once it cannot be asked any more. */
const isFailure = (text: string) => /GPU is lost|requires reset/i.test(text)

const numbersOf = (cells: ReadonlyMap<string, string>): Partial<Record<DeviceNumber, number>> =>
  Object.fromEntries(
    [...cells].flatMap(([field, text]) => {
      const [name, scale = 1] = scales[field] ?? []
      const value = numberOf(text)
      return name === undefined || value === undefined ? [] : [[name, value * scale]]
    }),
  )

const throttledOf = (cells: ReadonlyMap<string, string>): Partial<Record<ThrottleReason, number>> =>
  Object.fromEntries(
    [...cells].flatMap(([field, text]) => {
      const microseconds = field.startsWith(counterPrefix) ? numberOf(text) : undefined
      return microseconds === undefined ? [] : [[field.slice(counterPrefix.length), microseconds / 1e6]]
    }),
  )

/** A GPU from a line; undefined for what is none. */
export const parseSmiLine = (query: SmiQuery, line: string): DeviceSample | undefined => {
  const texts = line.split(',').map((text) => text.trim())
  const fields = smiFields[query]
  if (texts.length !== fields.length) return undefined
  const cells = new Map(fields.map((field, place) => [field, texts[place] ?? '']))
  const id = cells.get('uuid') ?? ''
  const index = numberOf(cells.get('index') ?? '')
  if (!/^GPU-[0-9a-f-]+$/i.test(id) || index === undefined) return undefined
  if (texts.some(isFailure)) return { id, index, state: 'failed' }
  const { memoryTotalBytes, memoryUsedBytes, ...numbers } = numbersOf(cells)
  const isDivided = cells.get('mig.mode.current') === 'Enabled'
  const throttledSeconds = throttledOf(cells)
  const { utilization } = numbers
  return {
    id,
    index,
    state: 'ok',
    model: cells.get('name') ?? '',
    driver: cells.get('driver_version') ?? '',
    ...numbers,
    ...(utilization !== undefined && { idleShare: utilization === 0 ? 1 : 0 }),
    ...(isDivided && { isDivided }),
    // the memory of a GPU in parts belongs to all that have one
    ...(!isDivided && memoryTotalBytes !== undefined && { memoryTotalBytes }),
    ...(!isDivided && memoryUsedBytes !== undefined && { memoryUsedBytes }),
    ...(Object.keys(throttledSeconds).length > 0 && { throttledSeconds }),
  }
}
