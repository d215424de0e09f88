import { expect, it } from 'vitest'
import { decodeRequest } from '../../../src/emulator/receiver/decode.ts'
import { logsOf, pointsOf, spansOf } from '../../../src/emulator/receiver/received.ts'
import { type Signal, signals } from '../../../src/otlp/signals.ts'
import { examples } from '../../support/otlp-examples.ts'

const decoded = (signal: Signal) => {
  const result = decodeRequest(signal, 'json', Buffer.from(JSON.stringify(examples[signal])))
  if (result.kind === 'malformed') throw new Error(result.reason)
  return result.request
}

it('gives spans in the words that a test asks for', () => {
  expect(spansOf(decoded('traces'))).toMatchObject([
    {
      resource: { 'service.name': 'trainer' },
      scope: 'hand',
      attributes: { epoch: 'seven' },
      name: 'a server span',
      parentSpanId: 'eee19b7ec3c1b173',
      startMs: 1544712660000,
      endMs: 1544712661000,
    },
  ])
})

it('gives points of every kind', () => {
  const points = pointsOf(decoded('metrics'))
  expect(points.map(({ name, kind, value, unit }) => [name, kind, value, unit])).toEqual([
    ['counter', 'sum', 5, '1'],
    ['gauge', 'gauge', -10, '1'],
    ['gauge', 'gauge', 0, '1'],
    ['histogram', 'histogram', 2, '1'],
    ['exponential', 'exponentialHistogram', 3, '1'],
    ['summary', 'summary', 4, '1'],
  ])
})

it('gives log records with plain bodies and attributes', () => {
  expect(logsOf(decoded('logs'))).toMatchObject([
    {
      body: 'a log record',
      severity: 'Information',
      attributes: {
        ...{ text: 'some', bool: true, int: 10, double: 637.704 },
        ...{ list: ['many', 'values'], map: { key: 'value' } },
      },
    },
    { body: { step: 0 }, eventName: 'checkpoint.saved', traceId: '', spanId: '' },
  ])
})

it('keeps each item as it came', () => {
  const items = [...spansOf(decoded('traces')), ...pointsOf(decoded('metrics')), ...logsOf(decoded('logs'))]
  const lines = signals.map((signal) => JSON.stringify(decoded(signal))).join()
  for (const { json } of items) expect(lines).toContain(JSON.stringify(json))
})
