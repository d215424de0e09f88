import { expect, it } from 'vitest'
import type { DeviceSample } from '../../../src/host/gpu/device-sample.ts'
import { judgeMemory, openMemoryErrors } from '../../../src/host/gpu/memory-errors.ts'

const gpu = (values: Partial<DeviceSample>): DeviceSample => ({
  id: 'GPU-1',
  index: 3,
  state: 'ok',
  ...values,
})

it.each<{ device: Partial<DeviceSample>; state: DeviceSample['state'] }>([
  { device: {}, state: 'ok' },
  { device: { eccUncorrected: 0 }, state: 'ok' },
  { device: { eccCorrected: 9 }, state: 'ok' },
  { device: { eccUncorrected: 1 }, state: 'degraded' },
  { device: { eccUncorrected: 1, state: 'predicted_failure' }, state: 'predicted_failure' },
])('$device is $state', ({ device, state }) => {
  expect(judgeMemory(gpu(device)).state).toBe(state)
})

it('a GPU that begins with uncorrected errors is told of once, one that gets them later is not', () => {
  const messages: string[] = []
  const tell = openMemoryErrors((message) => messages.push(message))
  const look = (...errors: readonly (number | undefined)[]) => {
    for (const [index, eccUncorrected] of errors.entries())
      tell(gpu({ id: `GPU-${index}`, index, ...(eccUncorrected !== undefined && { eccUncorrected }) }))
  }
  look(0, 1, undefined, undefined)
  look(5, 5, 7, undefined)
  look(6, 6, 8, 0)
  expect(messages).toEqual([
    'GPU 1 (GPU-1) has had 1 uncorrected memory error since its driver was loaded',
    'GPU 2 (GPU-2) has had 7 uncorrected memory errors since its driver was loaded',
  ])
})
