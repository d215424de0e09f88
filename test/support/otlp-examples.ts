/**
 * Requests as OTLP JSON, after the specification's examples: every kind of item, in the order and the words that a
 * person would write them.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/main/examples
 */
const text = (stringValue: string) => ({ stringValue })
const attribute = (key: string, value: object) => ({ key, value })

const resource = { attributes: [attribute('service.name', text('trainer'))] }
const scope = { name: 'hand', version: '1.0.0', attributes: [attribute('scope.kind', text('example'))] }
const nanos = '1544712660300000000'
const named = (name: string) => ({ name, unit: '1', description: `a ${name}` })
const point = {
  attributes: [attribute('rank', { intValue: '0' })],
  startTimeUnixNano: nanos,
  timeUnixNano: nanos,
}

export const exampleTraceId = '5B8EFFF798038103D269B633813FC60C'
export const exampleSpanId = 'EEE19B7EC3C1B174'

const span = {
  traceId: exampleTraceId,
  spanId: exampleSpanId,
  parentSpanId: 'EEE19B7EC3C1B173',
  name: 'a server span',
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000000',
  kind: 2,
  attributes: [attribute('epoch', text('seven'))],
}

const metrics = [
  {
    ...named('counter'),
    sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...point, asDouble: 5 }] },
  },
  {
    ...named('gauge'),
    gauge: {
      dataPoints: [
        { ...point, asInt: '-10' },
        { ...point, asDouble: 0 },
      ],
    },
  },
  {
    ...named('histogram'),
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        { ...point, count: '2', sum: 2, bucketCounts: ['1', '1'], explicitBounds: [1], min: 0, max: 2 },
      ],
    },
  },
  {
    ...named('exponential'),
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...point,
          ...{ count: '3', sum: 10, scale: -1, zeroCount: '1', min: 0, max: 5, zeroThreshold: 0.5 },
          positive: { offset: 1, bucketCounts: ['0', '2'] },
        },
      ],
    },
  },
  {
    ...named('summary'),
    summary: {
      dataPoints: [{ ...point, count: '4', sum: 9, quantileValues: [{ quantile: 0.5, value: 2 }] }],
    },
  },
]

const record = {
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: 10,
  severityText: 'Information',
  traceId: exampleTraceId,
  spanId: exampleSpanId,
  body: text('a log record'),
  attributes: [
    attribute('text', text('some')),
    attribute('bool', { boolValue: true }),
    attribute('int', { intValue: '10' }),
    attribute('double', { doubleValue: 637.704 }),
    attribute('list', { arrayValue: { values: [text('many'), text('values')] } }),
    attribute('map', { kvlistValue: { values: [attribute('key', text('value'))] } }),
  ],
}

const event = {
  eventName: 'checkpoint.saved',
  timeUnixNano: nanos,
  severityNumber: 9,
  body: { kvlistValue: { values: [attribute('step', { intValue: '0' })] } },
}

/** One request a signal. */
export const examples = {
  traces: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] },
  metrics: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] },
  logs: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [record, event] }] }] },
} as const
