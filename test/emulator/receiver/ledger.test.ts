import { expect, it } from 'vitest'
import type { RequestFacts } from '../../../src/emulator/receiver/answer.ts'
import { decodeRequest } from '../../../src/emulator/receiver/decode.ts'
import { makeLedger } from '../../../src/emulator/receiver/ledger.ts'
import type { Signal } from '../../../src/otlp/signals.ts'
import { examples } from '../../support/otlp-examples.ts'

const traceId = (n: number) => n.toString(16).padStart(32, '0')
const spanId = (n: number) => n.toString(16).padStart(16, '0')

/** Span n of trace t, below a parent. */
const span = (t: number, n: number, parent?: number, more: object = {}) => ({
  traceId: traceId(t),
  spanId: spanId(n),
  ...(parent !== undefined && { parentSpanId: spanId(parent) }),
  name: `span ${n}`,
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
  ...more,
})
const spans = (...list: readonly object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] })
const logs = (...list: readonly object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: list }] }] })
const record = (text: string, more: object = {}) => ({
  timeUnixNano: '7',
  body: { stringValue: text },
  ...more,
})

/** A ledger after these requests, each of which took a second. */
const after = (...requests: readonly (readonly [Signal, object])[]) => {
  const ledger = makeLedger({ keepItems: true })
  for (const [index, [signal, request]] of requests.entries()) {
    const decoded = decodeRequest(signal, 'json', Buffer.from(JSON.stringify(request)))
    if (decoded.kind === 'malformed') throw new Error(decoded.reason)
    const facts: RequestFacts = { signal, transport: 'http', path: '/', headers: {}, sizeBytes: 100, index }
    ledger.take({
      ...{ facts, request: decoded.request, faults: decoded.faults },
      ...{ rejectedItems: 0, isAnswered: true, arrivalMs: 1_000 * (index + 1) },
    })
  }
  return ledger
}

it('is empty at first', () => {
  expect(after().summary()).toEqual({
    signals: Object.fromEntries(
      ['traces', 'metrics', 'logs'].map((signal) => [
        signal,
        {
          requests: 0,
          unanswered: 0,
          items: 0,
          duplicates: 0,
          rejectedItems: 0,
          malformedItems: 0,
          refused: {},
          malformedRequests: 0,
          malformedReasons: [],
          sizeBytes: 0,
        },
      ]),
    ),
    traceIds: { count: 0, first: [] },
    orphanSpans: { count: 0, ownCount: 0, first: [] },
    unendedSpans: { count: 0, ownCount: 0, first: [] },
    logsWithoutTraceContext: 0,
    strayRequests: {},
  })
})

it('counts requests, items and bytes, and knows when the first and the last came', () => {
  const counts = after(
    ['traces', spans()],
    ['traces', spans(span(1, 1), span(1, 2, 1))],
    ['traces', spans(span(1, 3, 1))],
    ['metrics', examples.metrics],
  )
  expect(counts.counts('traces')).toMatchObject({
    requests: 3,
    items: 3,
    sizeBytes: 300,
    firstArrivalMs: 2_000,
    lastArrivalMs: 3_000,
  })
  expect(counts.counts('metrics')).toMatchObject({ requests: 1, items: 6, duplicates: 0 })
})

it('knows a span again by its ids, whatever else it says', () => {
  const ledger = after(
    ['traces', spans(span(1, 1), span(1, 2), span(2, 1))],
    ['traces', spans(span(1, 1, undefined, { name: 'renamed' }), span(3, 1))],
  )
  expect(ledger.counts('traces')).toMatchObject({ items: 5, duplicates: 1 })
})

it('knows log records and points again by all that they say', () => {
  const point = (value: number, resource = 'a') => ({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: resource } }] },
        scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: String(value) }] } }] }],
      },
    ],
  })
  const sum = {
    resourceMetrics: [
      { scopeMetrics: [{ metrics: [{ name: 'm', sum: { dataPoints: [{ asInt: '1' }] } }] }] },
    ],
  }
  const ledger = after(
    ['metrics', point(1)],
    ['metrics', point(2)],
    ['metrics', point(1, 'b')],
    ['metrics', sum],
    ['metrics', point(1)],
    ['logs', logs(record('a'))],
    ['logs', logs(record('a', { timeUnixNano: '8' }), record('b'))],
    ['logs', logs(record('b'), record('a'))],
  )
  expect(ledger.counts('metrics')).toMatchObject({ items: 5, duplicates: 1 })
  expect(ledger.counts('logs')).toMatchObject({ items: 5, duplicates: 2 })
})

it('takes equal records of one request for so many records, and for repetitions when it comes again', () => {
  const twice = logs(record('tick'), record('tick'))
  expect(after(['logs', twice]).counts('logs')).toMatchObject({ items: 2, duplicates: 0 })
  expect(after(['logs', twice], ['logs', twice]).counts('logs')).toMatchObject({ items: 4, duplicates: 2 })
  const thrice = logs(record('tick'), record('tick'), record('tick'))
  expect(after(['logs', twice], ['logs', thrice]).counts('logs')).toMatchObject({ items: 5, duplicates: 2 })
})

it('finds spans whose parent never arrived in their trace', () => {
  const remote = { flags: 0x301 }
  const { orphanSpans } = after(
    ['traces', spans(span(1, 3, 2), span(1, 2, 1), span(2, 9, 1), span(3, 5, 4, remote))],
    ['traces', spans(span(1, 1))],
  ).summary()
  const orphan = { parentIsRemote: false }
  expect(orphanSpans).toEqual({
    count: 2,
    ownCount: 1,
    first: [
      { ...orphan, name: 'span 9', traceId: traceId(2), spanId: spanId(9), parentSpanId: spanId(1) },
      {
        ...{ name: 'span 5', traceId: traceId(3), spanId: spanId(5), parentSpanId: spanId(4) },
        parentIsRemote: true,
      },
    ],
  })
})

it('finds spans that never ended, in their own words or in those of others', () => {
  const ledger = after(
    ['logs', logs(record('x', { traceId: traceId(1), spanId: spanId(7) }))],
    ['logs', logs(record('y', { traceId: traceId(1), spanId: spanId(8) }))],
    ['traces', spans(span(1, 2, 1), span(1, 3, undefined, { endTimeUnixNano: '0' }), span(1, 7))],
    ['traces', spans(span(2, 2, 1, { flags: 0x300 }))],
  )
  const missing = { isRemote: false }
  expect(ledger.summary().unendedSpans).toEqual({
    count: 4,
    ownCount: 3,
    first: [
      { ...missing, traceId: traceId(1), spanId: spanId(8), seen: 'in a log record' },
      { ...missing, traceId: traceId(1), spanId: spanId(1), seen: 'as parent' },
      { ...missing, name: 'span 3', traceId: traceId(1), spanId: spanId(3), seen: 'open' },
      { traceId: traceId(2), spanId: spanId(1), seen: 'as parent', isRemote: true },
    ],
  })
})

it('takes a span that arrives again with its end for ended', () => {
  const open = span(1, 1, undefined, { endTimeUnixNano: '0' })
  const ledger = after(['traces', spans(open)], ['traces', spans(span(1, 1))])
  expect(ledger.summary().unendedSpans.count).toBe(0)
})

it('counts log records without a trace context', () => {
  const inTrace = { traceId: traceId(1) }
  const ledger = after(['logs', logs(record('a'), record('b', inTrace), record('c', { spanId: spanId(1) }))])
  expect(ledger.summary()).toMatchObject({
    logsWithoutTraceContext: 2,
    traceIds: { count: 1, first: [traceId(1)] },
    unendedSpans: { count: 0 },
  })
})

it('caps its lists, not its counts', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => span(n + 1, 5, 4))
  const { traceIds, orphanSpans, unendedSpans } = after(['traces', spans(...many)]).summary(3)
  for (const list of [traceIds, orphanSpans, unendedSpans]) {
    expect(list.count).toBe(1_000)
    expect(list.first).toHaveLength(3)
  }
  expect(traceIds.first).toEqual([1, 2, 3].map(traceId))
})

it('is plain data, and does not change once it was given out', () => {
  const ledger = after(['traces', spans(span(1, 1))])
  const before = ledger.summary()
  const text = JSON.stringify(before)
  expect(JSON.parse(text)).toEqual(before)
  ledger.refuse('traces', 'reset')
  ledger.noteStray('POST /')
  expect(JSON.stringify(before)).toBe(text)
})

it('keeps a few reasons and a few addresses, however many come', () => {
  const ledger = after()
  for (let n = 0; n < 100; n += 1) {
    ledger.noteMalformed('logs', `reason ${n}`)
    ledger.noteMalformed('logs', 'reason 0')
    ledger.noteStray(`POST /${n}`)
    ledger.noteStray('POST /0')
  }
  const { signals, strayRequests } = ledger.summary()
  expect(signals.logs).toMatchObject({ malformedRequests: 200 })
  expect(signals.logs.malformedReasons).toEqual(Array.from({ length: 10 }, (_, n) => `reason ${n}`))
  expect(Object.keys(strayRequests)).toHaveLength(50)
  expect(strayRequests['POST /0']).toBe(101)
})

it('says so when it was not asked to keep items', () => {
  const ledger = makeLedger({ keepItems: false })
  for (const ask of [ledger.spans, ledger.points, ledger.logs, ledger.requests]) {
    expect(ask).toThrow('keepItems')
  }
})
