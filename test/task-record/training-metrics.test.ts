import { describe, expect, it } from 'vitest'
import type { TaskRecord } from '../../src/task-record/record.ts'
import { mostTrainingMetrics } from '../../src/task-record/training-metrics.ts'
import { state } from './events.ts'
import { only, recorded } from './recording.ts'

const countOf = async (steps: readonly number[]) => {
  const { points } = await recorded((record) => {
    for (const step of steps) record.progress(state({ step }))
  })
  return only(points, 'taskbeat.training.steps').value
}

describe('steps are counted', () => {
  it.each([
    { steps: [1, 2, 3], count: 3, why: 'one by one' },
    { steps: [5000], count: 1, why: 'as one if nothing is known of those before' },
    { steps: [5000, 5010], count: 11, why: 'by their increase' },
    { steps: [3, 3, 3], count: 1, why: 'once, however often they are told' },
    { steps: [10, 5, 6], count: 2, why: 'again where a training went back' },
    { steps: [0, 100], count: 101, why: 'from 0 on' },
  ])('$why', async ({ steps, count }) => {
    expect(await countOf(steps)).toBe(count)
  })
})

it('what all trainings have in common has names and units of its own', async () => {
  const metrics = { loss: 0.5, learningRate: 0.001, samplesPerSecond: 32 }
  const { points } = await recorded((record) =>
    record.progress(state({ step: 1, epoch: 1.25, percent: 12.5, metrics })),
  )
  expect(
    points.map(({ name, unit, kind, value, scope }) => [name, unit, kind, value, scope]).toSorted(),
  ).toEqual([
    ['taskbeat.progress.percent', '%', 'gauge', 12.5, 'taskbeat'],
    ['taskbeat.training.epoch', '{epoch}', 'gauge', 1.25, 'taskbeat'],
    ['taskbeat.training.learning_rate', '1', 'gauge', 0.001, 'taskbeat'],
    ['taskbeat.training.loss', '1', 'gauge', 0.5, 'taskbeat'],
    ['taskbeat.training.models.active', '{model}', 'sum', 0, 'taskbeat'],
    ['taskbeat.training.steps', '{step}', 'sum', 1, 'taskbeat'],
    ['taskbeat.training.throughput', '{sample}/s', 'gauge', 32, 'taskbeat'],
  ])
})

it('what is not told is not sent', async () => {
  const { points } = await recorded((record) => record.progress(state()))
  expect(points).toEqual([])
})

describe('another number of a step', () => {
  it.each([
    { told: 'grad_norm', sent: 'taskbeat.training.grad_norm' },
    { told: 'eval/accuracy', sent: 'taskbeat.training.eval/accuracy' },
    { told: 'GPU mem (GB)', sent: 'taskbeat.training.GPU_mem_GB_' },
    { told: '1st', sent: 'taskbeat.training.1st' },
    { told: 'x'.repeat(300), sent: `taskbeat.training.${'x'.repeat(200)}` },
    { told: 'learning_rate', sent: 'taskbeat.training.learning_rate' },
    { told: 'throughput', sent: 'taskbeat.training.throughput.reported' },
    { told: 'steps', sent: 'taskbeat.training.steps.reported' },
  ])('$told is sent as $sent', async ({ told, sent }) => {
    const { points } = await recorded((record) => record.progress(state({ metrics: { [told]: 1.5 } })))
    expect(points).toMatchObject([{ name: sent, kind: 'gauge', value: 1.5 }])
  })

  it('whose name has nothing that OpenTelemetry knows is told once', async () => {
    const { points, logs } = await recorded((record) => {
      for (const name of ['损失', '精度']) record.progress(state({ metrics: { [name]: 1 } }))
    })
    expect(points).toMatchObject([{ name: 'taskbeat.workload.ignored', value: 2 }])
    expect(logs.filter(({ severity }) => severity === 'WARN').map(({ body }) => body)).toEqual([
      "'损失' cannot be the name of a metric",
    ])
  })

  it('shares the metric of one that differs only in its case', async () => {
    const { points } = await recorded((record) => record.progress(state({ metrics: { mfu: 1, MFU: 2 } })))
    expect(points).toMatchObject([{ name: 'taskbeat.training.mfu', value: 2 }])
  })

  it(`is sent if it is one of the first ${mostTrainingMetrics}`, async () => {
    const metrics = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`m${n}`, n]))
    const { points, logs } = await recorded((record) => {
      for (let step = 1; step <= 3; step += 1) record.progress(state({ metrics: { ...metrics, loss: 1 } }))
    })
    const gauges = points.filter(({ kind }) => kind === 'gauge')
    expect(gauges).toHaveLength(mostTrainingMetrics + 1)
    expect(only(points, 'taskbeat.workload.ignored')).toMatchObject({
      value: 3 * (100 - mostTrainingMetrics),
      attributes: { 'taskbeat.reason': 'metric.count' },
    })
    expect(logs.filter(({ severity }) => severity === 'WARN').map(({ body }) => body)).toEqual([
      `too many different metrics: 'm${mostTrainingMetrics}' and those after it are not sent`,
    ])
  })
})

describe('a loss that is no number', () => {
  it.each([
    { loss: Number.NaN, text: 'loss is NaN at step 7' },
    { loss: Number.POSITIVE_INFINITY, text: 'loss is Infinity at step 7' },
  ])('is told once: $text', async ({ loss, text }) => {
    const { logs, points, spans } = await recorded((record) => {
      record.progress(state({ step: 6, metrics: { loss: 1 } }))
      for (const step of [7, 8]) record.progress(state({ step, metrics: { loss } }))
    })
    expect(logs.filter(({ severity }) => severity === 'WARN')).toMatchObject([
      {
        body: text,
        eventName: 'taskbeat.training.diverged',
        attributes: { 'taskbeat.step': 7 },
        spanId: only(spans, 'taskbeat.segment').spanId,
      },
    ])
    // the last good loss would be a lie
    expect(only(points, 'taskbeat.training.loss').value).toBe(loss)
  })
})

describe('the metrics of a workflow', () => {
  it('have a training that has begun as an active model, until its end', async () => {
    const begin = (record: TaskRecord) => record.progress(state({ step: 1 }))
    const running = await recorded(begin, { isEnded: false })
    expect(only(running.points, 'taskbeat.training.models.active').value).toBe(1)
    const ended = await recorded(begin)
    expect(only(ended.points, 'taskbeat.training.models.active').value).toBe(0)
  })

  it('have the tokens of each step once, as often as the state is told', async () => {
    const { points } = await recorded((record) => {
      record.progress(state({ metrics: { tokens_per_second: 700 } }), { tokens_per_second: 700 })
      record.progress(state({ step: 2, metrics: { tokens_per_second: 700 } }), {})
      record.progress(state({ metrics: { tokens_per_second: Number.NaN } }), {
        tokens_per_second: Number.NaN,
      })
    })
    expect(only(points, 'taskbeat.training.token.throughput')).toMatchObject({
      ...{ kind: 'histogram', unit: '{token}/s' },
      value: 1,
    })
  })
})
