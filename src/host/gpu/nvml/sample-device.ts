import type { DeviceProcess, DeviceSample } from '../device-sample.ts'
import { type NvmlDevice, readUint32, readUint64 } from './enumerate.ts'
import { sampleFields } from './fields.ts'
import { type Handle, type Nvml, status } from './library.ts'
import { type Seen, sampleUtilization } from './utilization.ts'

/** `nvmlMemory_v2_t` says in its first member how long it is: 40 bytes, version 2. */
const memoryVersion = 0x0200_0028

const sampleMemory = (nvml: Nvml, handle: Handle): Partial<DeviceSample> => {
  const out = Buffer.alloc(40)
  out.writeUInt32LE(memoryVersion)
  const read = (offset: number) => Number(out.readBigUInt64LE(offset))
  if (nvml.memory2(handle, out) === status.success)
    return { memoryTotalBytes: read(8), memoryUsedBytes: read(32) }
  if (nvml.memory(handle, out) === status.success)
    return { memoryTotalBytes: read(0), memoryUsedBytes: read(16) }
  return {}
}

/** `nvmlProcessInfo_t` of versions 2 and 3: pid, bytes, and two ids. */
const processBytes = 24
const mostProcesses = 256
const unknownMemory = 2n ** 64n - 1n

const sampleProcesses = (nvml: Nvml, handle: Handle): { processes?: readonly DeviceProcess[] } => {
  const count = Buffer.alloc(4)
  count.writeUInt32LE(mostProcesses)
  const out = Buffer.alloc(processBytes * mostProcesses)
  if (nvml.processes(handle, count, out) !== status.success) return {}
  const places = Array.from({ length: Math.min(count.readUInt32LE(), mostProcesses) }, (_, place) => place)
  return {
    processes: places.flatMap((place) => {
      const bytes = out.readBigUInt64LE(place * processBytes + 8)
      const pid = out.readUInt32LE(place * processBytes)
      return bytes === unknownMemory ? [] : [{ pid, memoryBytes: Number(bytes) }]
    }),
  }
}

/** Of `nvmlTemperature_v1_t`: 12 bytes, version 1. */
const temperatureVersion = 0x0100_000c

const readTemperature = (nvml: Nvml, handle: Handle): number | undefined => {
  const old = readUint32((out) => nvml.temperature(handle, 0, out))
  if (old !== undefined) return old
  const out = Buffer.alloc(12)
  out.writeUInt32LE(temperatureVersion)
  return nvml.temperatureV(handle, out) === status.success ? out.readInt32LE(8) : undefined
}

/** Of `nvmlClockType_t`. */
const sm = 1
const memory = 2

/** `nvmlMemoryErrorType_t`, and of `nvmlEccCounterType_t` what is counted since the driver was loaded. */
const corrected = 0
const uncorrected = 1
const volatile = 0

/** NVML measures each for 20 ms: only for GPUs that do not count. */
const samplePcieRate = (nvml: Nvml, handle: Handle): Partial<DeviceSample> => {
  const [transmitted, received] = [0, 1].map((kind) => readUint32((out) => nvml.pcieRate(handle, kind, out)))
  return {
    ...(transmitted !== undefined && { pcieTransmittedPerSecond: transmitted * 1_000 }),
    ...(received !== undefined && { pcieReceivedPerSecond: received * 1_000 }),
  }
}

const present = (values: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Whether a GPU can be asked: one that is lost, or waits for a reset, is not asked for the rest. */
const hasFailed = (nvml: Nvml, handle: Handle) => {
  const answers = [nvml.memory(handle, Buffer.alloc(40)), nvml.power(handle, Buffer.alloc(4))]
  return answers.some((answer) => answer === status.gpuIsLost || answer === status.resetRequired)
}

const scaled = (value: number | undefined, factor: number) =>
  value === undefined ? undefined : value * factor

const sampleGpu = (
  nvml: Nvml,
  { handle, isDivided }: NvmlDevice,
  seen: Seen,
): Omit<DeviceSample, 'id' | 'index'> => {
  const read32 = (name: 'power' | 'powerLimit') => readUint32((out) => nvml[name](handle, out))
  const clock = (kind: number) =>
    scaled(
      readUint32((out) => nvml.clock(handle, kind, out)),
      1e6,
    )
  const ecc = (kind: number) => readUint64((out) => nvml.ecc(handle, kind, volatile, out))
  const fields = sampleFields(nvml, handle)
  return {
    ...fields,
    // in parts, it has no utilisation of its own, and its memory is told by them
    ...(isDivided ? {} : { ...sampleUtilization(nvml, handle, seen), ...sampleMemory(nvml, handle) }),
    ...(isDivided ? {} : sampleProcesses(nvml, handle)),
    ...(fields.pcieReceivedBytes === undefined && samplePcieRate(nvml, handle)),
    ...present({
      powerWatts: scaled(read32('power'), 1e-3),
      powerLimitWatts: scaled(read32('powerLimit'), 1e-3),
      energyJoules: scaled(
        readUint64((out) => nvml.energy(handle, out)),
        1e-3,
      ),
      temperature: readTemperature(nvml, handle),
      smHertz: clock(sm),
      memoryHertz: clock(memory),
      throttleMask: readUint64((out) => nvml.throttle(handle, out)),
      eccCorrected: ecc(corrected),
      eccUncorrected: ecc(uncorrected),
    }),
  }
}

/** What a device does now. */
export const sampleDevice = (nvml: Nvml, device: NvmlDevice, seen: Seen): DeviceSample => {
  const { handle, instances, ...known } = device
  if (hasFailed(nvml, handle)) return { id: known.id, index: known.index, state: 'failed' }
  if (known.parent === undefined) return { ...known, ...sampleGpu(nvml, device, seen) }
  return { ...known, state: 'ok', ...sampleMemory(nvml, handle), ...sampleProcesses(nvml, handle) }
}
