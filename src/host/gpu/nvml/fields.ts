import type { DeviceSample } from '../device-sample.ts'
import type { ThrottleReason } from '../throttle.ts'
import { type Handle, type Nvml, status } from './library.ts'

/**
 * Values that NVML gives by number, many in one call.
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/group__nvmlFieldValueEnums.html
 */
const field = {
  memoryTemperature: 82,
  pcieTransmittedBytes: 197,
  pcieReceivedBytes: 198,
  nvlinkTransmittedKib: 138,
  nvlinkReceivedKib: 139,
  retiredPending: 31,
  remappedPending: 144,
  remappedFailure: 145,
  sw_power_cap: 74,
  sync_boost: 76,
  sw_thermal_slowdown: 269,
  hw_thermal_slowdown: 270,
  hw_power_brake_slowdown: 271,
} as const
type Field = keyof typeof field

const counted = [
  ...(['sw_power_cap', 'sync_boost', 'sw_thermal_slowdown'] as const),
  ...(['hw_thermal_slowdown', 'hw_power_brake_slowdown'] as const),
] satisfies readonly ThrottleReason[]

/** `nvmlFieldValue_t`: number, scope, two times, type and status, value. */
const bytes = 40
const at = { scope: 4, type: 24, status: 28, value: 32 } as const

/** As `scopeId`: the sum over all links. */
const allLinks = 0xffff_ffff

/** `nvmlValueType_t`: double, unsigned of 32 bits, long and long long, and signed ones. */
const readers: readonly ((out: Buffer, offset: number) => number)[] = [
  (out, offset) => out.readDoubleLE(offset),
  (out, offset) => out.readUInt32LE(offset),
  (out, offset) => Number(out.readBigUInt64LE(offset)),
  (out, offset) => Number(out.readBigUInt64LE(offset)),
  (out, offset) => Number(out.readBigInt64LE(offset)),
  (out, offset) => out.readInt32LE(offset),
  (out, offset) => out.readUInt16LE(offset),
]

/** A counter of 32 bits would overflow many times between two looks. */
const isWide = (type: number) => type === 2 || type === 3

const names = Object.keys(field) as readonly Field[]

const readFields = (nvml: Nvml, handle: Handle) => {
  const out = Buffer.alloc(bytes * names.length)
  for (const [place, name] of names.entries()) {
    out.writeUInt32LE(field[name], place * bytes)
    if (name.startsWith('nvlink')) out.writeUInt32LE(allLinks, place * bytes + at.scope)
  }
  if (nvml.fields(handle, names.length, out) !== status.success) return {}
  const values: Partial<Record<Field, number>> = {}
  for (const [place, name] of names.entries()) {
    const type = out.readUInt32LE(place * bytes + at.type)
    const isKnown = out.readUInt32LE(place * bytes + at.status) === status.success
    if (!isKnown || (name.startsWith('pcie') && !isWide(type))) continue
    const value = readers[type]?.(out, place * bytes + at.value)
    if (value !== undefined) values[name] = value
  }
  return values
}

const kib = 1_024
const nanosecondsPerSecond = 1e9

/** What is known by fields of a GPU; MIG devices have none of these. */
export const sampleFields = (
  nvml: Nvml,
  handle: Handle,
): Omit<Partial<DeviceSample>, 'state'> & Pick<DeviceSample, 'state'> => {
  const values = readFields(nvml, handle)
  const { memoryTemperature, pcieTransmittedBytes, pcieReceivedBytes } = values
  const { nvlinkTransmittedKib, nvlinkReceivedKib } = values
  const throttled = counted.flatMap((reason) => {
    const nanoseconds = values[reason]
    return nanoseconds === undefined ? [] : [[reason, nanoseconds / nanosecondsPerSecond]]
  })
  const wantsReset = values.remappedPending === 1 || values.retiredPending === 1
  return {
    state: values.remappedFailure === 1 ? 'predicted_failure' : wantsReset ? 'degraded' : 'ok',
    // 0 is what GPUs without that sensor say
    ...(memoryTemperature && { memoryTemperature }),
    ...(pcieTransmittedBytes !== undefined && { pcieTransmittedBytes }),
    ...(pcieReceivedBytes !== undefined && { pcieReceivedBytes }),
    ...(nvlinkTransmittedKib !== undefined && { nvlinkTransmittedBytes: nvlinkTransmittedKib * kib }),
    ...(nvlinkReceivedKib !== undefined && { nvlinkReceivedBytes: nvlinkReceivedKib * kib }),
    ...(throttled.length > 0 && { throttledSeconds: Object.fromEntries(throttled) }),
  }
}
