import { expect, it } from 'vitest'
import { memoryExporter } from '../../src/recorder/exporters/memory.ts'
import type { Filter, RecorderOptions } from '../../src/recorder/recorder.ts'
import type { Span } from '../../src/recorder/span.ts'
import { notingExporter, recorderBed } from './recorder-bed.ts'

const seenWith = (filter: Filter, act: (bed: ReturnType<typeof recorderBed>) => void) => {
  const noting = notingExporter()
  const bed = recorderBed({ exporters: [noting], filter })
  act(bed)
  return noting.calls
}

it.each<[string, Filter, string]>([
  ['nothing', {}, 'abc'],
  ['allowed names', { allow: ['a', 'c'] }, 'ac'],
  ['no allowed names', { allow: [] }, ''],
  ['denied names', { deny: ['b'] }, 'ac'],
  ['both', { allow: ['a', 'b'], deny: ['b'] }, 'a'],
  ['a verbosity', { maxVerbosity: 1 }, 'ab'],
  ['a verbosity that is lower than all', { maxVerbosity: -1 }, ''],
  ['a predicate on attributes', { where: ({ n }) => Number(n) > 0 }, 'bc'],
  ['a predicate on names', { where: (_, name) => name < 'b' }, 'a'],
  ['all of it', { deny: ['c'], maxVerbosity: 1, where: ({ n }) => n !== 0 }, 'b'],
])('T10: spans by %s', (_, filter, names) => {
  const calls = seenWith(filter, ({ recorder }) => {
    for (const [n, name] of ['a', 'b', 'c'].entries())
      recorder.stop(recorder.start(name, { verbosity: n, attributes: { n } }))
  })
  expect(calls).toEqual([...names].flatMap((name) => [`start ${name}`, `stop ${name}`]))
})

it('T10: events by verbosity, its own included, and by attributes; errors are always seen', () => {
  const filter: Filter = { maxVerbosity: 1, where: (_, name) => name !== 'secret' && name !== 'error' }
  const calls = seenWith(filter, ({ recorder }) => {
    const span = recorder.start('a')
    for (const verbosity of [0, 1, 2]) recorder.event(span, `v${verbosity}`, { verbosity })
    recorder.event(span, 'secret')
    recorder.error(span, 'boom')
  })
  expect(calls).toEqual(['start a', 'event a: v0', 'event a: v1', 'error a: boom'])
})

it('T10: of a hidden span nothing is seen; its time is not taken', async () => {
  const noting = notingExporter()
  const { recorder, clock } = recorderBed({ exporters: [noting], filter: { deny: ['hidden'] } })
  const span = recorder.start('hidden', { attributes: { a: 1 } })
  await clock.advance(5)
  recorder.event(span, 'e')
  recorder.error(span, 'e')
  span.setAttributes({ b: 1 })
  recorder.stop(span)
  expect(noting.calls).toEqual([])
  expect(span).toMatchObject({ durationMs: 0, hasFailed: true, isActive: false, initialAttributes: {} })
  expect(() => recorder.stop(span)).toThrow('stopped already')
})

it('T10: children of hidden spans lie in the nearest ancestor that the exporter sees', () => {
  const all = memoryExporter()
  const noB = memoryExporter()
  const noAB = memoryExporter()
  const none = memoryExporter()
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const exporters: RecorderOptions['exporters'] = [
    all,
    { exporter: noB, filter: { deny: ['b'] } },
    { exporter: noAB, filter: { deny: ['a', 'b'] } },
    { exporter: none, filter: { allow: [] } },
  ]
  const { recorder } = recorderBed({ exporters, filter: { deny: ['x'] }, traceparent })
  const spans: Record<string, Span> = {}
  recorder.timedSpan('a', {}, (a) =>
    recorder.timedSpan('x', {}, () =>
      recorder.timedSpan('b', {}, (b) =>
        recorder.timedSpan('c', {}, (c) => Object.assign(spans, { a, b, c })),
      ),
    ),
  )
  const outer = 'b'.repeat(16)
  const { a, b, c } = spans
  const parents = ({ records }: typeof all) =>
    records.flatMap((record) =>
      record.type === 'start' || record.type === 'stop' ? [[record.name, record.parent_span_id]] : [],
    )
  const cThenA = [
    ['a', outer],
    ['c', a?.spanId],
    ['c', a?.spanId],
    ['a', outer],
  ]
  expect(parents(all)).toEqual([
    ...[
      ['a', outer],
      ['b', a?.spanId],
      ['c', b?.spanId],
    ],
    ...[
      ['c', b?.spanId],
      ['b', a?.spanId],
      ['a', outer],
    ],
  ])
  expect(parents(noB)).toEqual(cThenA)
  expect(parents(noAB)).toEqual([
    ['c', outer],
    ['c', outer],
  ])
  expect(parents(none)).toEqual([])
  expect(c?.parentSpanId).toBe(b?.spanId)
})

it('T10: the filter of the recorder and that of an exporter hold both', () => {
  const noting = notingExporter()
  const exporters = [{ exporter: noting, filter: { deny: ['a'], maxVerbosity: 5 } }]
  const { recorder } = recorderBed({ exporters, filter: { allow: ['a', 'b'], maxVerbosity: 3 } })
  for (const name of ['a', 'b', 'c']) recorder.start(name, { verbosity: 3 })
  recorder.start('b', { verbosity: 4 })
  expect(noting.calls).toEqual(['start b'])
})

it('T10: telemetry data errors come through a filter that denies all', () => {
  const calls = seenWith({ allow: [] }, ({ recorder }) => {
    recorder.timedSpan('a', {}, () => {})
    recorder.telemetryDataError('half')
  })
  expect(calls).toEqual(['signal'])
})
