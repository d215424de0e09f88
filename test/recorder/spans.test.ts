import { expect, it } from 'vitest'
import { memoryExporter } from '../../src/recorder/exporters/memory.ts'
import type { RecorderOptions } from '../../src/recorder/recorder.ts'
import { notingExporter, recorderBed } from './recorder-bed.ts'

const bedOf = (options: Partial<RecorderOptions> = {}) => {
  const memory = memoryExporter()
  return { memory, ...recorderBed({ exporters: [memory], ...options }) }
}

it('T1: start, events and stop come in order, with the attributes that upstream gives them', async () => {
  const { memory, recorder, clock } = bedOf({ runId: 'run-7' })
  const span = recorder.start('train', { attributes: { lr: 0.1 }, startEventAttributes: { why: 'asked' } })
  await clock.advance(1_500)
  recorder.event(span, 'saved', { attributes: { step: 3 } })
  span.setAttributes({ loss: 2 })
  recorder.stop(span, { stopEventAttributes: { how: 'well' } })
  const startedMs = Date.parse('2026-11-20T10:00:00Z')
  const ids = { trace_id: span.traceId, span_id: span.spanId, run_id: 'run-7', name: 'train' }
  expect(memory.records).toEqual([
    {
      type: 'start',
      ...ids,
      attributes: { lr: 0.1 },
      start_event: { name: 'span_start', attributes: { why: 'asked', timestamp_msec: startedMs } },
    },
    {
      type: 'event',
      ...ids,
      event: { name: 'saved', attributes: { step: 3, timestamp_msec: startedMs + 1_500 } },
    },
    {
      type: 'stop',
      ...ids,
      attributes: { lr: 0.1, loss: 2, duration_msec: 1_500 },
      stop_event: { name: 'span_stop', attributes: { how: 'well', timestamp_msec: startedMs + 1_500 } },
    },
  ])
})

it('T1: a wall clock that is set does not change a duration', async () => {
  const { recorder, clock } = bedOf()
  const span = recorder.start('train')
  await clock.advance(20.75)
  clock.setWall(new Date('2020-01-01T00:00:00Z'))
  recorder.stop(span)
  expect(span.durationMs).toBe(20.75)
  expect(span.updatedAttributes).toEqual({ duration_msec: 20 })
  expect(span.stoppedAt?.wallMs).toBe(Date.parse('2020-01-01T00:00:00Z'))
})

it('T1: times may be given, and a stop is never before its start', () => {
  const { recorder, clock } = bedOf()
  const nowMs = clock.now().getTime()
  const early = recorder.start('early', { startedAt: new Date(nowMs - 3_600_000) })
  recorder.stop(early, { stoppedAt: new Date(nowMs - 600_000) })
  expect(early.durationMs).toBe(3_000_000)
  const wrong = recorder.start('wrong')
  recorder.stop(wrong, { stoppedAt: new Date(nowMs - 1) })
  expect(wrong.durationMs).toBe(0)
  expect(wrong.stoppedAt?.wallMs).toBe(nowMs)
})

it('T1: durationMs grows while the span goes on', async () => {
  const { recorder, clock } = bedOf()
  const span = recorder.start('train')
  await clock.advance(5)
  expect([span.durationMs, span.isActive, span.stoppedAt, span.stopEvent]).toEqual([
    5,
    true,
    undefined,
    undefined,
  ])
  recorder.stop(span)
  await clock.advance(5)
  expect([span.durationMs, span.isActive, span.stopEvent?.name]).toEqual([5, false, 'span_stop'])
})

it('T2: a span lies in the current one, in the one that it is given, or in none', () => {
  const { recorder } = bedOf()
  const other = recorder.start('other')
  recorder.timedSpan('outer', {}, (outer) => {
    const inner = recorder.start('inner')
    const explicit = recorder.start('explicit', { parent: other })
    const alone = recorder.start('alone', { parent: null })
    expect([inner.parent, inner.parentSpanId, inner.traceId]).toEqual([outer, outer.spanId, outer.traceId])
    expect([explicit.parent, explicit.traceId]).toEqual([other, other.traceId])
    expect([alone.parent, alone.parentSpanId]).toEqual([undefined, undefined])
    expect(alone.traceId).not.toBe(outer.traceId)
  })
  expect(recorder.start('later').parent).toBeUndefined()
})

it('T2: after a stop out of order the nearest span that goes on is current', () => {
  const { recorder } = bedOf()
  recorder.timedSpan('a', {}, (a) => {
    recorder.timedSpan('b', {}, (b) => {
      recorder.timedSpan('c', {}, (c) => {
        expect(recorder.currentSpan()).toBe(c)
        recorder.stop(b)
        recorder.stop(c)
        expect(recorder.currentSpan()).toBe(a)
        expect(recorder.start('d').parent).toBe(a)
      })
    })
    expect(recorder.currentSpan()).toBe(a)
  })
  expect(recorder.currentSpan()).toBeUndefined()
})

it.each([
  ['a second stop', (bed: ReturnType<typeof bedOf>) => bed.recorder.stop(stopped(bed)), 'SPAN_STOPPED'],
  [
    'an event after it',
    (bed: ReturnType<typeof bedOf>) => bed.recorder.event(stopped(bed), 'e'),
    'SPAN_STOPPED',
  ],
  [
    'an error after it',
    (bed: ReturnType<typeof bedOf>) => bed.recorder.error(stopped(bed), 'e'),
    'SPAN_STOPPED',
  ],
  [
    'a span of another recorder',
    (bed: ReturnType<typeof bedOf>) => bed.recorder.stop(bedOf().recorder.start('x')),
    'FOREIGN_SPAN',
  ],
  ['an empty name', (bed: ReturnType<typeof bedOf>) => bed.recorder.start(''), 'WRONG_USE'],
] as const)('T2: %s is an error, once', (_, use, code) => {
  const bed = bedOf()
  expect(() => use(bed)).toThrow(expect.objectContaining({ name: 'RecorderError', code }))
  expect(bed.memory.records.filter(({ type }) => type === 'telemetry_data_error')).toHaveLength(1)
  expect(bed.memory.records.filter(({ type }) => type === 'stop').length).toBeLessThan(2)
})

const stopped = ({ recorder }: ReturnType<typeof bedOf>) => {
  const span = recorder.start('a')
  recorder.stop(span)
  return span
}

it('using stops a span, and leaves one alone that has stopped', () => {
  const noting = notingExporter()
  const { recorder } = recorderBed({ exporters: [noting] })
  {
    using _first = recorder.start('first')
    using second = recorder.start('second')
    recorder.stop(second)
  }
  expect(noting.calls).toEqual(['start first', 'start second', 'stop second', 'stop first'])
})

it('a traceparent is accepted and emitted', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const { recorder, memory } = bedOf({ traceparent: `00-${traceId}-00f067aa0ba902b7-00` })
  const span = recorder.start('a')
  expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`))
  expect(memory.records[0]).toMatchObject({ trace_id: traceId, parent_span_id: '00f067aa0ba902b7' })
  const message = recorder.start('b', {
    parent: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  })
  expect([message.traceId, message.parentSpanId, message.parent]).toEqual([
    'a'.repeat(32),
    'b'.repeat(16),
    undefined,
  ])
  const elsewhere = bedOf()
  const child = elsewhere.recorder.start('c', { parent: span })
  expect([child.traceId, child.parentSpanId, child.parent]).toEqual([traceId, span.spanId, undefined])
})

it.each(['', 'nonsense', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`])(
  'a traceparent that is not valid, %j, counts as none',
  (traceparent) => {
    const { recorder } = bedOf({ traceparent })
    for (const span of [recorder.start('a'), recorder.start('b', { parent: { traceparent } })]) {
      expect(span.parentSpanId).toBeUndefined()
      expect(span.traceId).toMatch(/^(?!0+$)[\da-f]{32}$/)
    }
  },
)

it("what is handed over is copied: neither side changes the other's", () => {
  const { recorder, memory } = bedOf()
  const attributes = { step: 1, list: [1, 2] }
  const frozen = Object.freeze({ loss: 1 })
  const span = recorder.start('a', { attributes, startEventAttributes: frozen })
  recorder.event(span, 'e', { attributes: frozen })
  span.setAttributes(attributes)
  recorder.stop(span, { stopEventAttributes: frozen })
  const before = structuredClone(memory.records)
  attributes.step = 2
  attributes.list.push(3)
  expect(memory.records).toEqual(before)
  expect([attributes, frozen]).toEqual([{ step: 2, list: [1, 2, 3] }, { loss: 1 }])
  expect(memory.records[2]).toMatchObject({ attributes: { step: 1, list: [1, 2], duration_msec: 0 } })
})

it('what is no attribute is left out alone, counted, and told once to those who see the span', () => {
  const sees = notingExporter(undefined, 'sees')
  const memory = memoryExporter()
  const blind = notingExporter(undefined, 'blind')
  const { recorder } = recorderBed({
    exporters: [sees, memory, { exporter: blind, filter: { deny: ['a'] } }],
  })
  const wrong = { good: 1, bad: { x: 1 }, worse: [1, 'a'], none: null, nan: Number.NaN } as never
  const span = recorder.start('a', { attributes: wrong })
  recorder.event(span, 'e', { attributes: wrong })
  span.setAttributes(wrong)
  expect(span.initialAttributes).toEqual({ good: 1, nan: Number.NaN })
  expect(recorder.stats().droppedValues).toBe(9)
  expect(sees.calls).toEqual(['start a', 'signal', 'event a: e'])
  expect(sees.signals[0]?.attributes).toMatchObject({
    telemetry_data_error_type: 'incomplete_telemetry_data',
    error_message: expect.stringContaining('bad'),
  })
  expect(blind.calls).toEqual([])
})

it('a time that is no date is now, and told', () => {
  const { recorder, clock, memory } = bedOf()
  const span = recorder.start('a', { startedAt: new Date('nonsense') })
  expect(span.startedAt.wallMs).toBe(clock.now().getTime())
  expect(memory.records.map(({ type }) => type)).toEqual(['start', 'telemetry_data_error'])
})

it('attributes after the stop are ignored, and counted', () => {
  const { recorder } = bedOf()
  const span = recorder.start('a')
  recorder.stop(span)
  span.setAttributes({ late: 1 })
  expect(span.updatedAttributes).toEqual({ duration_msec: 0 })
  expect(recorder.stats().droppedValues).toBe(1)
})

it('a recorder that is not enabled runs bodies, calls no exporter, and hands the outer span on', async () => {
  const noting = notingExporter()
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const { recorder, lines } = recorderBed({ exporters: [noting], enabled: false, traceparent })
  const span = recorder.start('a')
  span.setAttributes({ x: 1 })
  recorder.event(span, 'e')
  recorder.error(span, 'e')
  recorder.stop(span)
  recorder.stop(span)
  recorder.telemetryDataError('x')
  expect(span.traceparent).toBe(traceparent)
  expect(recorder.timedSpan('a', {}, () => 7)).toBe(7)
  expect(recorder.currentSpan()).toBeUndefined()
  await recorder.forceFlush()
  await recorder.close()
  expect([noting.calls, lines]).toEqual([[], []])
})
