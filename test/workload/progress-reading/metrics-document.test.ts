import { describe, expect, it } from 'vitest'
import { readMetricsDocument } from '../../../src/workload/progress-reading/metrics-document.ts'

describe('what a metrics document says', () => {
  it.each<{ of: string; text: string; event: object | undefined; troubles?: readonly string[] }>([
    {
      of: "the simulated training's",
      text: JSON.stringify({
        timestamp: '2026-11-20T10:00:00.000Z',
        job_metadata: { job_id: 'a', model_name: 'm', dataset: 'd', start_time: 't' },
        training_metrics: {
          epoch: 3,
          batch_number: 17,
          training_loss: 0.5,
          validation_loss: 0.6,
          learning_rate: 1e-4,
          samples_per_second: 64,
          accuracy: null,
        },
      }),
      event: {
        epoch: 3,
        metrics: {
          batch_number: 17,
          loss: 0.5,
          validation_loss: 0.6,
          learningRate: 1e-4,
          samplesPerSecond: 64,
        },
      },
    },
    {
      of: 'a flat one',
      text: '{"global_step": 5, "total_steps": 10, "percent": 49.5, "epoch": 0.5, "loss": 1, "lr": 2, "note": "x", "flag": true, "list": [1]}',
      event: { step: 5, totalSteps: 10, percent: 49.5, epoch: 0.5, metrics: { loss: 1, learningRate: 2 } },
    },
    {
      of: 'one with metrics of its own',
      text: '{"step": 5, "metrics": {"step": 4, "loss": 1}}',
      event: { step: 5, metrics: { loss: 1 } },
    },
    {
      of: 'what Python writes for NaN',
      text: String.raw`{"loss": NaN, "a": -Infinity, "b": Infinity, "note": "NaN \" Infinity", "epoch": 1}`,
      event: { epoch: 1, metrics: { loss: Number.NaN, a: -Infinity, b: Infinity } },
    },
    {
      of: 'wrong types, and what is right beside them',
      text: '{"step": "5", "epoch": -1, "percent": 101, "total_steps": 0.5, "loss": 0.5}',
      event: { metrics: { loss: 0.5 } },
      troubles: ['step', 'total_steps', 'percent', 'epoch'].map(
        (name) => `has a ${name} that is out of range or no number`,
      ),
    },
    {
      of: 'a position that is not finite',
      text: '{"epoch": NaN, "step": Infinity}',
      event: undefined,
      troubles: [
        'has a step that is out of range or no number',
        'has a epoch that is out of range or no number',
      ],
    },
    { of: 'nulls', text: '{"step": null, "global_step": 3, "loss": null}', event: { step: 3, metrics: {} } },
    { of: 'nothing', text: '{}', event: undefined },
    {
      of: 'names that objects have',
      text: '{"__proto__": 1, "constructor": 2, "toString": 3}',
      event: { metrics: { proto: 1, constructor: 2, toString: 3 } },
    },
  ])('$of', ({ text, event, troubles = [] }) => {
    const reading = readMetricsDocument(text)
    expect(reading.event).toEqual(event && { type: 'progress', ...event })
    expect(reading).toMatchObject({ troubles, isDocument: true })
  })

  it.each([
    ['', 'is no JSON'],
    ['{"step": 5, "lo', 'is no JSON'],
    ['{"step": NaN', 'is no JSON'],
    ['{"a": "NaN', 'is no JSON'],
    ['[1]', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['5', 'is no JSON object'],
    [`NaN${'"'.repeat(2 ** 20)}`, 'is no JSON'],
    [`{"NaN": "${'\\"'.repeat(2 ** 19)}`, 'is no JSON'],
    [`${'['.repeat(2 ** 19)}NaN`, 'is no JSON'],
  ])('%.20s is none', (text, trouble) => {
    expect(readMetricsDocument(text)).toEqual({ event: undefined, troubles: [trouble], isDocument: false })
  })

  it('a document of a megabyte with NaN is read, and 64 of its metrics are kept', () => {
    const members = Array.from(
      { length: 40_000 },
      (_, index) => `"metric ${index} \\" é": ${index === 0 ? 'NaN' : index}`,
    )
    const { event } = readMetricsDocument(`{${members.join(',')}}`)
    expect(Object.keys(event?.metrics ?? {})).toHaveLength(64)
    expect(event?.metrics.metric_0).toBeNaN()
  })

  it('a long text is no trouble', () => {
    const { event } = readMetricsDocument(`{"loss": NaN, "note": "${'x'.repeat(2 ** 20)}"}`)
    expect(event?.metrics.loss).toBeNaN()
  })
})
