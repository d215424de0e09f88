import { expect, it } from 'vitest'
import type { DeviceSample, GpuSample } from '../../../src/host/gpu/device-sample.ts'
import { openSmiRounds } from '../../../src/host/gpu/smi-rounds.ts'
import { manualClock } from '../../support/manual-clock.ts'

/** Lines by when they come, in milliseconds: GPU and power. What is told of them, by when it is told. */
const tell = async (
  lines: readonly (readonly [atMs: number, gpu: number, watts: number])[],
  untilMs: number,
) => {
  const clock = manualClock()
  const told: Record<number, Readonly<Record<string, number | undefined>>> = {}
  const { add, close } = openSmiRounds({
    env: {},
    intervalMs: 10_000,
    clock,
    onSample: ({ atMs, devices }: GpuSample) => {
      told[atMs] = Object.fromEntries(devices.map(({ id, powerWatts }) => [id, powerWatts]))
    },
  })
  for (const [atMs, index, powerWatts] of lines) {
    await clock.advance(atMs - clock.monotonicMs())
    const device: DeviceSample = { id: `GPU-${index}`, index, state: 'ok', powerWatts }
    add(device)
  }
  await clock.advance(untilMs - clock.monotonicMs())
  close()
  return told
}

it('lines that come one after another are one sample', async () => {
  const lines = [
    [0, 0, 10],
    [200, 1, 20],
    [400, 2, 30],
  ] as const
  expect(await tell(lines, 2_000)).toEqual({ 650: { 'GPU-0': 10, 'GPU-1': 20, 'GPU-2': 30 } })
})

it('a GPU whose line comes late is not lost, and does not take the place of the others', async () => {
  const lines = [
    [0, 0, 10],
    [900, 1, 20],
    [11_000, 0, 11],
    [11_900, 1, 21],
  ] as const
  expect(await tell(lines, 15_000)).toEqual({
    250: { 'GPU-0': 10 },
    1150: { 'GPU-0': 10, 'GPU-1': 20 },
    11250: { 'GPU-0': 11, 'GPU-1': 20 },
    12150: { 'GPU-0': 11, 'GPU-1': 21 },
  })
})

it('a GPU that is told again ends a round, also where rounds follow at once', async () => {
  const lines = [
    [0, 0, 10],
    [10, 1, 20],
    [100, 0, 11],
    [110, 1, 21],
  ] as const
  expect(await tell(lines, 1_000)).toEqual({
    100: { 'GPU-0': 10, 'GPU-1': 20 },
    360: { 'GPU-0': 11, 'GPU-1': 21 },
  })
})

it('a GPU that comes no more is told for two intervals', async () => {
  const lines = [
    [0, 1, 20],
    [0, 0, 10],
    [10_000, 0, 11],
    [20_000, 0, 12],
    [30_000, 0, 13],
  ] as const
  expect(await tell(lines, 40_000)).toEqual({
    250: { 'GPU-0': 10, 'GPU-1': 20 },
    10250: { 'GPU-0': 11, 'GPU-1': 20 },
    20250: { 'GPU-0': 12, 'GPU-1': 20 },
    30250: { 'GPU-0': 13 },
  })
})
