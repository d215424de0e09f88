import type { KnownDevice } from '../visible-devices.ts'
import { type Handle, type Nvml, type NvmlFunction, status } from './library.ts'

/** A device with what never changes of it. */
export interface NvmlDevice extends KnownDevice {
  readonly handle: Handle
  readonly driver?: string
  readonly isDivided?: boolean
  /** Temperatures in degrees Celsius. */
  readonly slowdownTemperature?: number
  readonly shutdownTemperature?: number
  readonly memorySlowdownTemperature?: number
}

/** What a function writes as the last of its arguments, a number of 32 bits; undefined if it fails. */
export const readUint32 = (call: (out: Buffer) => number): number | undefined => {
  const out = Buffer.alloc(4)
  return call(out) === status.success ? out.readUInt32LE() : undefined
}

/** The same of 64 bits; above 2^53 it loses its last digits. */
export const readUint64 = (call: (out: Buffer) => number): number | undefined => {
  const out = Buffer.alloc(8)
  return call(out) === status.success ? Number(out.readBigUInt64LE()) : undefined
}

const readHandle = (call: (out: Buffer) => number): Handle | undefined => {
  const out = Buffer.alloc(8)
  return call(out) === status.success ? out.readBigUInt64LE() : undefined
}

const longestText = 96

const readText = (call: (out: Buffer, length: number) => number): string | undefined => {
  const out = Buffer.alloc(longestText)
  if (call(out, longestText) !== status.success) return undefined
  return out.toString('utf8', 0, out.indexOf(0)) || undefined
}

/** Of `nvmlTemperatureThresholds_t`. */
const shutdown = 0
const slowdown = 1
const memoryMax = 2

const limitsOf = ({ threshold }: Nvml, handle: Handle) => {
  const read = (kind: number) => readUint32((out) => threshold(handle, kind, out))
  const [shutdownTemperature, slowdownTemperature, memorySlowdownTemperature] = [
    read(shutdown),
    read(slowdown),
    read(memoryMax),
  ]
  return {
    ...(shutdownTemperature && { shutdownTemperature }),
    ...(slowdownTemperature && { slowdownTemperature }),
    ...(memorySlowdownTemperature && { memorySlowdownTemperature }),
  }
}

const instancesOf = ({ gpuInstance, computeInstance }: Nvml, handle: Handle) => {
  const read = (call: NvmlFunction) => readUint32((out) => call(handle, out))
  const [gpu, compute] = [read(gpuInstance), read(computeInstance)]
  return gpu !== undefined && compute !== undefined ? { instances: [gpu, compute] as const } : {}
}

const partsOf = (nvml: Nvml, gpu: NvmlDevice): readonly NvmlDevice[] => {
  const isOn = readUint32((out) => nvml.migMode(gpu.handle, out, Buffer.alloc(4))) === 1
  const most = isOn ? (readUint32((out) => nvml.migCount(gpu.handle, out)) ?? 0) : 0
  return Array.from({ length: Math.min(most, 64) }, (_, at) => at).flatMap((at) => {
    const handle = readHandle((out) => nvml.migByIndex(gpu.handle, at, out))
    const id = handle && readText((out, length) => nvml.uuid(handle, out, length))
    if (!handle || !id) return []
    const model = readText((out, length) => nvml.name(handle, out, length)) ?? gpu.model
    const { index, driver } = gpu
    return [
      {
        handle,
        id,
        index,
        parent: gpu.id,
        ...(model && { model }),
        ...(driver && { driver }),
        ...instancesOf(nvml, handle),
      },
    ]
  })
}

const gpuAt = (nvml: Nvml, index: number, driver: string | undefined): readonly NvmlDevice[] => {
  const handle = readHandle((out) => nvml.byIndex(index, out))
  // one that has no name any more, as it is lost, cannot be told of
  const id = handle && readText((out, length) => nvml.uuid(handle, out, length))
  if (!handle || !id) return []
  const model = readText((out, length) => nvml.name(handle, out, length))
  const gpu = {
    handle,
    id,
    index,
    ...(model && { model }),
    ...(driver && { driver }),
    ...limitsOf(nvml, handle),
  }
  const parts = partsOf(nvml, gpu)
  return [parts.length > 0 ? { ...gpu, isDivided: true } : gpu, ...parts]
}

/** All that the driver shows: GPUs, each with its MIG devices after it. */
export const enumerate = (nvml: Nvml): readonly NvmlDevice[] => {
  const driver = readText((out, length) => nvml.driverVersion(out, length))
  const count = readUint32((out) => nvml.count(out)) ?? 0
  return Array.from({ length: Math.min(count, 64) }, (_, index) => index).flatMap((index) =>
    gpuAt(nvml, index, driver),
  )
}
