import { expect, it } from 'vitest'
import { createRecorder } from '../../src/recorder/create-recorder.ts'
import type { Recorder, RecorderOptions } from '../../src/recorder/recorder.ts'
import { RecorderError } from '../../src/recorder/recorder-error.ts'
import { notingExporter, recorderBed } from './recorder-bed.ts'

const throwing = () => {
  throw new Error('boom')
}

const mistakes: readonly [string, string, (recorder: Recorder) => void][] = [
  [
    'a span that is stopped twice',
    'SPAN_STOPPED',
    (recorder) => {
      const span = recorder.start('twice')
      recorder.stop(span)
      recorder.stop(span)
    },
  ],
  ['a name that is none', 'WRONG_USE', (recorder) => recorder.start(7 as never)],
  ['a name of an event that is none', 'WRONG_USE', (recorder) => recorder.event(recorder.start('x'), '')],
  ['what is no span', 'FOREIGN_SPAN', (recorder) => recorder.event({} as never, 'e')],
  ['no span at all', 'FOREIGN_SPAN', (recorder) => recorder.stop(undefined as never)],
  ['a predicate that throws', 'FILTER_FAILED', (recorder) => recorder.start('filtered')],
  ['options that are none', 'INTERNAL', (recorder) => recorder.start('x', null as never)],
]

const filter: RecorderOptions['filter'] = { where: (_, name) => (name === 'filtered' ? throwing() : true) }

it.each(mistakes)(
  'T4: with propagate, %s is thrown as %s, and all exporters are told first',
  (_, code, use) => {
    const exporters = [notingExporter(), notingExporter()]
    const { recorder } = recorderBed({ exporters, filter })
    recorder.start('first')
    const use_ = () => {
      try {
        use(recorder)
      } finally {
        expect(exporters.map(({ signals }) => signals.length)).toEqual([1, 1])
      }
    }
    expect(use_).toThrow(RecorderError)
    expect(exporters[0]?.signals[0]?.attributes.telemetry_data_error_type).toBe('incomplete_telemetry_data')
    expect(() => use(recorder)).toThrow(expect.objectContaining({ code }))
    expect(exporters.map(({ signals }) => signals.length)).toEqual([1, 1])
  },
)

it.each(mistakes)(
  'T4: with quiet, after %s nothing is recorded, one line says so, and bodies run',
  async (_, __, use) => {
    const noting = notingExporter()
    const { recorder, lines } = recorderBed({ exporters: [noting], filter, errorStrategy: 'quiet' })
    const open = recorder.start('open')
    use(recorder)
    const before = [...noting.calls]
    use(recorder)
    open.setAttributes({ a: 1 })
    recorder.event(open, 'e')
    recorder.error(open, 'e')
    recorder.stop(open)
    open[Symbol.dispose]()
    recorder.telemetryDataError('x')
    expect(recorder.timedSpan('body', {}, () => 7)).toBe(7)
    expect(await recorder.timedSpan('body', {}, async (span) => span.name)).toBe('')
    expect(noting.calls).toEqual(before)
    expect(noting.signals).toHaveLength(1)
    await recorder.close()
    recorder.start('after')
    expect(noting.calls).toEqual([...before, 'flush', 'close'])
    expect(lines).toEqual([expect.stringContaining('nothing is recorded from here on')])
  },
)

it('T4: the cause of what was not a mistake of the caller is kept', () => {
  const { recorder } = recorderBed({ exporters: [notingExporter()], filter })
  expect(() => recorder.start('filtered')).toThrow(
    expect.objectContaining({ code: 'FILTER_FAILED', cause: expect.objectContaining({ message: 'boom' }) }),
  )
})

it("T4: a body's own error wins over one of the recorder, and its span stops all the same", () => {
  const noting = notingExporter()
  const { recorder } = recorderBed({
    exporters: [noting],
    aggregates: [{ source: 'a', attribute: 'x', event: 'stats', every: 2 }],
    filter: { where: (_, name) => (name === 'stats' ? throwing() : true) },
  })
  const own = new Error('own')
  const body = (thrown: unknown) => () =>
    recorder.timedSpan('b', {}, (span) => {
      recorder.event(span, 'a', { attributes: { x: 1 } })
      if (thrown) throw thrown
    })
  expect(body(undefined)).toThrow(RecorderError)
  expect(body(own)).toThrow(own)
  expect(noting.calls.filter((call) => call === 'stop b')).toHaveLength(2)
})

it('T3: in quiet mode the result of a body survives a fault of the recorder in the middle of it', async () => {
  const { recorder, lines } = recorderBed({ exporters: [notingExporter()], errorStrategy: 'quiet' })
  const result = await recorder.timedSpan('a', {}, async (span) => {
    recorder.stop(span)
    recorder.stop(span)
    return 7
  })
  expect([result, lines.length]).toEqual([7, 1])
})

it('T4: after close everything but close is a mistake', async () => {
  const { recorder } = recorderBed({ exporters: [notingExporter()] })
  const span = recorder.start('a')
  await recorder.close()
  const closed = expect.objectContaining({ code: 'CLOSED' })
  expect(() => recorder.start('b')).toThrow(closed)
  expect(() => recorder.stop(span)).toThrow(closed)
  expect(() => recorder.event(span, 'e')).toThrow(closed)
  expect(() => recorder.error(span, 'e')).toThrow(closed)
  expect(() => recorder.telemetryDataError('e')).toThrow(closed)
  span[Symbol.dispose]()
  await recorder.forceFlush()
})

const wrongOptions: readonly [string, object][] = [
  ['exporters must be a list', { exporters: 1 }],
  ['exporters[0].close must be a function', { exporters: [{ ...notingExporter(), close: 1 }] }],
  ['exporters[1] must be another one', { exporters: Array(2).fill(notingExporter()) }],
  ['filter.allow must be a list of names', { exporters: [], filter: { allow: 'a' } }],
  ['filter.where must be a function', { exporters: [], filter: { where: 'a' } }],
  ['maxVerbosity must be a number, got `NaN`', { exporters: [], filter: { maxVerbosity: Number.NaN } }],
  [
    'aggregates[0].every must be',
    { exporters: [], aggregates: [{ source: 'a', attribute: 'b', event: 'c', every: 0 }] },
  ],
  ['aggregates[0].source must be a name', { exporters: [], aggregates: [{ attribute: 'b', event: 'c' }] }],
  ['errorStrategy must be', { exporters: [], errorStrategy: 'loud' }],
  ['disableExporterAfter.failures must be', { exporters: [], disableExporterAfter: { failures: 0.5 } }],
  [
    'disableExporterAfter.count must be',
    { exporters: [], disableExporterAfter: { failures: 1, count: 'x' } },
  ],
  ['flushTimeoutMs must be', { exporters: [], flushTimeoutMs: '5' }],
]

it.each(wrongOptions)('T4: with propagate, options are refused: %s', (message, options) => {
  expect(() => createRecorder(options as RecorderOptions)).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', message: expect.stringContaining(message) }),
  )
})

it('T4: with quiet, options that cannot be make one line and a recorder that runs bodies', () => {
  const { recorder, lines } = recorderBed({ exporters: 1 as never, errorStrategy: 'quiet' })
  expect(recorder.timedSpan('a', {}, () => 7)).toBe(7)
  expect(lines).toEqual([expect.stringContaining('exporters must be a list')])
})

it.each(['propagate', 'quiet'] as const)(
  'T4: with %s, an exporter that does not start, at once or later, is left out with a line, and closed',
  async (errorStrategy) => {
    const failsAtOnce = { ...notingExporter(undefined, 'at once'), initialize: throwing }
    const failsLater = { ...notingExporter(undefined, 'later'), initialize: async () => throwing() }
    const healthy = notingExporter(undefined, 'healthy')
    const exporters = [failsAtOnce, failsLater, healthy]
    const { recorder, lines } = recorderBed({ exporters, errorStrategy })
    expect(recorder.timedSpan('a', {}, () => 7)).toBe(7)
    await recorder.close()
    expect(failsAtOnce.calls).toEqual(['close'])
    expect(failsLater.calls).toEqual(['close'])
    expect(healthy.calls).toEqual(['start a', 'stop a', 'flush', 'close'])
    expect(lines).toHaveLength(errorStrategy === 'quiet' ? 1 : 2)
    expect(lines[0]).toContain('the exporter at once is not used, as it did not start: boom')
    expect(recorder.stats().exporters).toMatchObject([
      { failures: 1, lost: 2, isDisabled: true },
      { failures: 1, lost: 2, isDisabled: true },
      { failures: 0, lost: 0, delivered: 2, isDisabled: false },
    ])
  },
)

it('a log that throws hurts nobody', () => {
  const { recorder } = recorderBed({ exporters: [], errorStrategy: 'quiet', log: throwing })
  recorder.start('')
  expect(recorder.timedSpan('a', {}, () => 7)).toBe(7)
})
