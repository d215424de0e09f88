import { describe, expect, it } from 'vitest'
import { metricName, type Named } from '../../src/naming/metric-name.ts'
import type { Strategy } from '../../src/naming/strategy.ts'

const named = (metric: Named, strategy: Strategy) => metricName(metric, { namespace: 'ml_metrics', strategy })

/** What a Collector of release 0.158 was seen to expose for metrics of a sidecar, under the namespace `ml_metrics`. */
describe('behind the configuration of the sidecar challenge', () => {
  it.each<Named & { wanted: string; literal: string }>([
    { name: 'ml.training.loss', unit: '', kind: 'gauge', wanted: 'loss', literal: 'loss' },
    {
      name: 'ml.training.validation_loss',
      unit: '',
      kind: 'gauge',
      wanted: 'validation_loss',
      literal: 'validation_loss',
    },
    { name: 'ml.training.accuracy', unit: '', kind: 'gauge', wanted: 'accuracy', literal: 'accuracy' },
    {
      name: 'ml.training.learning_rate',
      unit: '',
      kind: 'gauge',
      wanted: 'learning_rate',
      literal: 'learning_rate',
    },
    {
      name: 'ml.training.gpu_utilization',
      unit: '',
      kind: 'gauge',
      wanted: 'gpu_utilization',
      literal: 'gpu_utilization',
    },
    { name: 'ml.training.accuracy', unit: '1', kind: 'gauge', wanted: 'accuracy_ratio', literal: 'accuracy' },
    {
      name: 'ml.training.gpu_utilization',
      unit: '1',
      kind: 'gauge',
      wanted: 'gpu_utilization_ratio',
      literal: 'gpu_utilization',
    },
    // only gauges are ratios
    { name: 'ml.training.accuracy', unit: '1', kind: 'histogram', wanted: 'accuracy', literal: 'accuracy' },
    {
      name: 'ml.training.accuracy',
      unit: '1',
      kind: 'updowncounter',
      wanted: 'accuracy',
      literal: 'accuracy',
    },
    {
      name: 'ml.training.batch_number',
      unit: '',
      kind: 'counter',
      wanted: 'batch_number_total',
      literal: 'batch_number',
    },
    {
      name: 'ml.training.batch_number',
      unit: '{batch}',
      kind: 'counter',
      wanted: 'batch_number_total',
      literal: 'batch_number',
    },
    { name: 'ml.training.epoch', unit: '{epoch}', kind: 'counter', wanted: 'epoch_total', literal: 'epoch' },
    {
      name: 'ml.training.batch_number',
      unit: '',
      kind: 'updowncounter',
      wanted: 'batch_number',
      literal: 'batch_number',
    },
    { name: 'ml.training.epoch', unit: '', kind: 'gauge', wanted: 'epoch', literal: 'epoch' },
    {
      name: 'ml.training.processing_time_ms',
      unit: 'ms',
      kind: 'histogram',
      wanted: 'processing_time_ms_milliseconds',
      literal: 'processing_time_ms',
    },
    {
      name: 'ml.training.processing_time_ms',
      unit: '',
      kind: 'histogram',
      wanted: 'processing_time_ms',
      literal: 'processing_time_ms',
    },
    {
      name: 'ml.training.samples_per_second',
      unit: 'samples/s',
      kind: 'histogram',
      wanted: 'samples_per_second_per_second',
      literal: 'samples_per_second',
    },
    {
      name: 'ml.training.samples_per_second',
      unit: '{sample}/s',
      kind: 'histogram',
      wanted: 'samples_per_second_per_second',
      literal: 'samples_per_second',
    },
    {
      name: 'ml.training.samples_per_second',
      unit: '',
      kind: 'histogram',
      wanted: 'samples_per_second',
      literal: 'samples_per_second',
    },
  ])('a $kind $name of the unit "$unit" is called …_$wanted', ({ wanted, literal, ...metric }) => {
    const full = (name: string) => `ml_metrics_ml_training_${name}`
    expect(named(metric, 'UnderscoreEscapingWithSuffixes')).toBe(full(wanted))
    expect(named(metric, 'UnderscoreEscapingWithoutSuffixes')).toBe(full(literal))
    expect(named(metric, 'NoTranslation')).toBe(`ml_metrics_${metric.name}`)
  })
})

it.each<Named & { why: string; wanted: string }>([
  {
    why: 'a unit that is a part of the name is not added',
    name: 'size.bytes.used',
    unit: 'By',
    kind: 'gauge',
    wanted: 'ml_metrics_size_bytes_used',
  },
  {
    why: 'total moves to the end',
    name: 'total.size',
    unit: 'By',
    kind: 'counter',
    wanted: 'ml_metrics_size_bytes_total',
  },
  {
    why: 'what is counted is left out, per what it is not',
    name: 'rate',
    unit: '{token}/s',
    kind: 'gauge',
    wanted: 'ml_metrics_rate_per_second',
  },
  {
    why: 'behind a slash m is a minute',
    name: 'speed',
    unit: 'm/m',
    kind: 'gauge',
    wanted: 'ml_metrics_speed_meters_per_minute',
  },
  {
    why: 'a unit that is not known stays as it is',
    name: 'size',
    unit: 'tokens',
    kind: 'histogram',
    wanted: 'ml_metrics_size_tokens',
  },
])('$why', ({ why, wanted, ...metric }) => {
  expect(named(metric, 'UnderscoreEscapingWithSuffixes'), why).toBe(wanted)
})

it('without a namespace a name that begins with a digit has _ before it', () => {
  const metric: Named = { name: '5xx', unit: '', kind: 'gauge' }
  const options = { namespace: '', strategy: 'UnderscoreEscapingWithSuffixes' } as const
  expect(metricName(metric, options)).toBe('_5xx')
})

it('what has no letter and no digit has no name', () => {
  const metric: Named = { name: '...', unit: '', kind: 'gauge' }
  const options = { namespace: '', strategy: 'UnderscoreEscapingWithSuffixes' } as const
  expect(metricName(metric, options)).toBeUndefined()
})
