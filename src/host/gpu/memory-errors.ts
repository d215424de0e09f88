/** Errors of memory that the GPU could not correct: who gets it should know that it had some before. */
import type { DeviceSample } from './device-sample.ts'

/** A GPU that works, but has had such errors since its driver was loaded, wants a reset. */
export const judgeMemory = (device: DeviceSample): DeviceSample =>
  device.state === 'ok' && (device.eccUncorrected ?? 0) > 0 ? { ...device, state: 'degraded' } : device

/** More than a machine has. */
const mostDevices = 256

/** Tells once of each GPU that has had such errors when it is first seen; what comes later is the task's own, and counted. */
export const openMemoryErrors = (onTrouble: (message: string) => void) => {
  const seen = new Set<string>()
  return ({ id, index, eccUncorrected }: DeviceSample) => {
    if (eccUncorrected === undefined || seen.has(id) || seen.size >= mostDevices) return
    seen.add(id)
    if (eccUncorrected === 0) return
    const errors =
      eccUncorrected === 1 ? '1 uncorrected memory error' : `${eccUncorrected} uncorrected memory errors`
    onTrouble(`GPU ${index} (${id}) has had ${errors} since its driver was loaded`)
  }
}
