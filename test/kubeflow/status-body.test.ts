import { expect, it } from 'vitest'
import { statusBody, type TrainerProgress } from '../../src/kubeflow/status-body.ts'

const at = new Date('2026-11-20T10:00:00.123Z')
const bodyOf = (progress: Partial<TrainerProgress>) =>
  JSON.parse(statusBody({ percent: undefined, timeToGoSeconds: undefined, metrics: {}, ...progress }, at))
    .trainerStatus

it('what is known is posted in the shape of the TrainJob, numbers of metrics as text', () => {
  const metrics = { loss: 0.25, learningRate: 2e-5, missing: undefined }
  expect(bodyOf({ percent: 45.9, timeToGoSeconds: 119.2, metrics })).toEqual({
    progressPercentage: 45,
    estimatedRemainingSeconds: 120,
    metrics: [
      { name: 'loss', value: '0.25' },
      { name: 'learningRate', value: '0.00002' },
    ],
    lastUpdatedTime: '2026-11-20T10:00:00.123Z',
  })
})

it('what is not known is left out, but not the time, without which the TrainJob refuses it', () => {
  expect(bodyOf({})).toEqual({ lastUpdatedTime: '2026-11-20T10:00:00.123Z' })
})

it.each([
  { percent: -3, posted: 0 },
  { percent: 99.999, posted: 99 },
  { percent: 100, posted: 100 },
  { percent: 140, posted: 100 },
  { percent: Number.POSITIVE_INFINITY, posted: 100 },
  { percent: Number.NaN, posted: undefined },
])('$percent % is posted as $posted', ({ percent, posted }) => {
  expect(bodyOf({ percent }).progressPercentage).toBe(posted)
})

it.each([
  { timeToGoSeconds: -1, posted: 0 },
  { timeToGoSeconds: 1e12, posted: 2_147_483_647 },
  { timeToGoSeconds: Number.NaN, posted: undefined },
])('$timeToGoSeconds s to go are posted as $posted', ({ timeToGoSeconds, posted }) => {
  expect(bodyOf({ timeToGoSeconds }).estimatedRemainingSeconds).toBe(posted)
})

it('a loss that is no number any more is told as such', () => {
  expect(bodyOf({ metrics: { loss: Number.NaN, norm: -Infinity } }).metrics).toEqual([
    { name: 'loss', value: 'NaN' },
    { name: 'norm', value: '-Infinity' },
  ])
})

it('a name that the TrainJob would refuse takes only itself out', () => {
  const metrics = { '': 1, ['a'.repeat(64)]: 2, ['b'.repeat(65)]: 3, ['é'.repeat(33)]: 4, loss: 5 }
  expect(bodyOf({ metrics }).metrics.map(({ name }: { name: string }) => name)).toEqual([
    'a'.repeat(64),
    'loss',
  ])
})

it('there are 256 metrics at most, and they stay below the 64 KiB that the server reads', () => {
  const metrics = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`${index}-`.padEnd(64, 'x'), -Number.MAX_VALUE]),
  )
  expect(bodyOf({ metrics }).metrics).toHaveLength(256)
  const text = statusBody({ percent: 1, timeToGoSeconds: 1, metrics }, at)
  expect(Buffer.byteLength(text)).toBeLessThan(2 ** 16)
})
