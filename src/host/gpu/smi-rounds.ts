import type { Clock } from '../../clock.ts'
import type { DeviceSample, GpuSample } from './device-sample.ts'
import { selectVisible, type VisibilityEnv } from './visible-devices.ts'

/** When no line has come for this time, those that have are told; a driver may take longer for the next GPU. */
const quietMs = 250

/** A device is told as it was for so many intervals: a round may take one, and the next begins after another. */
const freshIntervals = 2

const mostDevices = 128

interface Options {
  /** Of the job. */
  readonly env: VisibilityEnv
  /** From one round to the next. */
  readonly intervalMs: number
  readonly clock: Clock
  readonly onSample: (sample: GpuSample) => void
}

/**
 * Makes samples of GPUs that come one by one, as `nvidia-smi` tells them: of those that the job sees. One that is slow
 * to come is told as it was last, so that each sample has all of them.
 */
export const openSmiRounds = ({ env, intervalMs, clock, onSample }: Options) => {
  const known = new Map<string, { readonly device: DeviceSample; readonly atMs: number }>()
  let round = new Set<string>()
  let cancel = () => {}
  const endRound = () => {
    cancel()
    round = new Set()
    const atMs = clock.monotonicMs()
    const { devices } = selectVisible(
      env,
      [...known.values()].map(({ device }) => device),
    )
    const isVisible = new Set(devices.map(({ id }) => id))
    const fresh = [...known.values()].filter(
      (one) => atMs - one.atMs <= freshIntervals * intervalMs + quietMs,
    )
    const seen = fresh.map(({ device }) => device).filter(({ id }) => isVisible.has(id))
    onSample({ atMs, devices: seen, xids: [] })
  }
  return {
    add: (device: DeviceSample) => {
      if (!known.has(device.id) && known.size >= mostDevices) return
      // its next round has begun
      if (round.has(device.id)) endRound()
      known.set(device.id, { device, atMs: clock.monotonicMs() })
      round.add(device.id)
      cancel()
      cancel = clock.after(quietMs, endRound)
    },
    close: () => cancel(),
  }
}
