import type { DeviceNumber } from '../device-sample.ts'
import { readUint32 } from './enumerate.ts'
import { type Handle, type Nvml, status } from './library.ts'

/** Of `nvmlSamplingType_t`. */
const gpuSamples = 1
const memorySamples = 2

/** `nvmlSample_t`: a time in microseconds and a value. */
const sampleBytes = 16
/** The driver keeps about a hundred. */
const mostSamples = 1_024

/** What the driver has sampled since some time. */
interface Kept {
  readonly percents: readonly number[]
  /** Of the last one, in microseconds of the driver's clock. */
  readonly lastAt: bigint
}

const readKept = (nvml: Nvml, handle: Handle, kind: number, since: bigint): Kept => {
  const none = { percents: [], lastAt: since }
  const [type, count] = [Buffer.alloc(4), Buffer.alloc(4)]
  // without a place for them, it tells how many it keeps
  if (nvml.samples(handle, kind, since, type, count, null) !== status.success) return none
  const most = Math.min(count.readUInt32LE(), mostSamples)
  if (most === 0) return none
  count.writeUInt32LE(most)
  const out = Buffer.alloc(most * sampleBytes)
  if (nvml.samples(handle, kind, since, type, count, out) !== status.success) return none
  const samples = Array.from({ length: Math.min(count.readUInt32LE(), most) }, (_, place) => ({
    at: out.readBigUInt64LE(place * sampleBytes),
    percent: out.readUInt32LE(place * sampleBytes + 8),
  })).filter(({ at, percent }) => at > since && percent <= 100)
  return {
    percents: samples.map(({ percent }) => percent),
    lastAt: samples.reduce((last, { at }) => (at > last ? at : last), since),
  }
}

const meanOf = (percents: readonly number[]) =>
  percents.reduce((sum, percent) => sum + percent, 0) / percents.length / 100

/** Up to where the samples of a GPU have been read. */
export interface Seen {
  gpu: bigint
  memory: bigint
}

type Utilization = Partial<Record<DeviceNumber, number>>

const sampleLast = (nvml: Nvml, handle: Handle): Utilization => {
  const out = Buffer.alloc(8)
  if (nvml.utilization(handle, out) !== status.success) return {}
  const [gpu, memory] = [out.readUInt32LE(0), out.readUInt32LE(4)]
  return {
    ...(gpu <= 100 && { utilization: gpu / 100, idleShare: gpu === 0 ? 1 : 0 }),
    ...(memory <= 100 && { memoryActivity: memory / 100 }),
  }
}

const sampleCodec = (nvml: Nvml, handle: Handle): Utilization => {
  const period = Buffer.alloc(4)
  const encoder = readUint32((out) => nvml.encoder(handle, out, period))
  const decoder = readUint32((out) => nvml.decoder(handle, out, period))
  return {
    ...(encoder !== undefined && encoder <= 100 && { encoder: encoder / 100 }),
    ...(decoder !== undefined && decoder <= 100 && { decoder: decoder / 100 }),
  }
}

/** The mean of what the driver has sampled since the last call, else what it says now. Moves `seen` on. */
export const sampleUtilization = (nvml: Nvml, handle: Handle, seen: Seen): Utilization => {
  const gpu = readKept(nvml, handle, gpuSamples, seen.gpu)
  const memory = readKept(nvml, handle, memorySamples, seen.memory)
  seen.gpu = gpu.lastAt
  seen.memory = memory.lastAt
  const { percents } = gpu
  return {
    ...sampleLast(nvml, handle),
    ...(percents.length > 0 && {
      utilization: meanOf(percents),
      idleShare: percents.filter((percent) => percent === 0).length / percents.length,
    }),
    ...(memory.percents.length > 0 && { memoryActivity: meanOf(memory.percents) }),
    ...sampleCodec(nvml, handle),
  }
}
