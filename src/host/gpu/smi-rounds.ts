import type { Clock } from '../../clock.ts'
import type { DeviceSample, GpuSample } from './device-sample.ts'
import { selectVisible, type VisibilityEnv } from './visible-devices.ts'

/** Lines that come within this time are one sample. */
const roundMs = 250

const mostDevices = 128

interface Options {
  /** Of the job. */
  readonly env: VisibilityEnv
  readonly clock: Clock
  readonly onSample: (sample: GpuSample) => void
}

/** Makes samples of GPUs that come one by one, as `nvidia-smi` tells them: of those that the job sees. */
export const openSmiRounds = ({ env, clock, onSample }: Options) => {
  const known = new Map<string, DeviceSample>()
  const round = new Map<string, DeviceSample>()
  let cancel = () => {}
  const endRound = () => {
    const { devices } = selectVisible(env, [...known.values()])
    const isVisible = new Set(devices.map(({ id }) => id))
    const seen = [...round.values()].filter(({ id }) => isVisible.has(id))
    round.clear()
    onSample({ atMs: clock.monotonicMs(), devices: seen, xids: [] })
  }
  return {
    add: (device: DeviceSample) => {
      if (!known.has(device.id) && known.size >= mostDevices) return
      known.set(device.id, device)
      if (round.size === 0) cancel = clock.after(roundMs, endRound)
      round.set(device.id, device)
    },
    close: () => cancel(),
  }
}
