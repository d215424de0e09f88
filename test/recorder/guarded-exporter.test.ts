import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Done, ExporterHost } from '../../src/recorder/exporter.ts'
import { mostWaiting } from '../../src/recorder/guarded-exporter.ts'
import type { Recorder, RecorderOptions } from '../../src/recorder/recorder.ts'
import { notingExporter, recorderBed } from './recorder-bed.ts'

/** An answer at once, or as a promise that is settled later. */
const ways: readonly [string, (answer: () => void) => Done][] = [
  ['at once', (answer) => answer()],
  ['later', async (answer) => answer()],
]

const fail = () => {
  throw new Error('boom')
}

/** So many events on one span, with time for each to be exported. */
const record = async (recorder: Recorder, events: number) => {
  const span = recorder.start('a')
  for (let index = 0; index < events; index += 1) {
    await setImmediate()
    recorder.event(span, `${index}`)
  }
  await setImmediate()
}

const isData = (call: string) => call !== 'signal' && call !== 'flush' && call !== 'close'

it.each(ways)(
  'T5: an exporter that fails %s is told once, and the others have all and are not told',
  async (_, way) => {
    const failing = notingExporter((call) => way(() => call === 'event a: 1' && fail()), 'failing')
    const healthy = notingExporter((call) => way(() => call), 'healthy')
    const { recorder } = recorderBed({ exporters: [failing, healthy] })
    await record(recorder, 3)
    const all = ['start a', 'event a: 0', 'event a: 1', 'event a: 2']
    expect(healthy.calls).toEqual(all)
    expect(failing.calls).toEqual(all.toSpliced(3, 0, 'signal'))
    expect(failing.signals[0]?.attributes).toMatchObject({
      telemetry_data_error_type: 'incomplete_telemetry_data',
      error_message: 'Error exporting data via exporter failing: boom',
    })
    expect(recorder.stats().exporters).toEqual([
      { name: 'failing', delivered: 3, failures: 1, lost: 0, isDisabled: false, wasSignalled: true },
      { name: 'healthy', delivered: 4, failures: 0, lost: 0, isDisabled: false, wasSignalled: false },
    ])
  },
)

it.each(ways)(
  'T5: with nothing delivered %s before, the data error says so; the signal is no delivery',
  async (_, way) => {
    let signals = 0
    const failing = notingExporter((call) =>
      way(() => {
        if (call !== 'signal') fail()
        signals += 1
      }),
    )
    const { recorder } = recorderBed({ exporters: [failing] })
    await record(recorder, 2)
    expect([signals, failing.signals[0]?.attributes.telemetry_data_error_type]).toEqual([
      1,
      'no_telemetry_data',
    ])
    expect(recorder.stats().exporters[0]).toMatchObject({ delivered: 0, failures: 3 })
  },
)

it.each(ways)('T5: a signal that fails %s is not a failure more', async (_, way) => {
  const failing = notingExporter((call) => way(() => (call === 'signal' || call === 'start a') && fail()))
  const { recorder, lines } = recorderBed({ exporters: [failing] })
  await record(recorder, 2)
  expect(failing.calls).toEqual(['start a', 'signal', 'event a: 0', 'event a: 1'])
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 1, delivered: 2 })
  expect(lines).toEqual([])
})

it('T5: telemetryDataError tells all, each once', () => {
  const exporters = [notingExporter(), notingExporter()]
  const { recorder } = recorderBed({ exporters })
  recorder.telemetryDataError('half of it is missing', { half: 2, error_message: 'not this' })
  recorder.telemetryDataError('again')
  for (const { calls, signals } of exporters) {
    expect(calls).toEqual(['signal'])
    expect(signals[0]?.attributes).toEqual({
      half: 2,
      error_message: 'half of it is missing',
      telemetry_data_error_type: 'no_telemetry_data',
      timestamp_msec: Date.parse('2026-11-20T10:00:00Z'),
    })
  }
})

const everyThird = (call: string) => /: \d*[258]$/.test(call)

it.each<[string, RecorderOptions['disableExporterAfter'], number | undefined]>([
  ['consecutive, as is the default', undefined, undefined],
  ['consecutive, by name', { failures: 5, count: 'consecutive' }, undefined],
  ['cumulative, as upstream counts', { failures: 5, count: 'cumulative' }, 5],
  ['cumulative, two', { failures: 2, count: 'cumulative' }, 2],
])(
  'T6: an exporter that fails now and then; failures counted %s',
  async (_, disableExporterAfter, givenUpAfter) => {
    for (const [, way] of ways) {
      const flaky = notingExporter((call) => way(() => everyThird(call) && fail()), 'flaky')
      const { recorder, lines } = recorderBed({
        exporters: [flaky],
        ...(disableExporterAfter && { disableExporterAfter }),
      })
      await record(recorder, 60)
      const failures = flaky.calls.filter(everyThird).length
      expect(recorder.stats().exporters[0]).toMatchObject({
        failures,
        isDisabled: givenUpAfter !== undefined,
      })
      if (givenUpAfter === undefined) expect([failures, lines]).toEqual([18, []])
      else {
        expect(failures).toBe(givenUpAfter)
        expect(lines).toEqual([
          `taskbeat recorder: the exporter flaky is given up after ${givenUpAfter} failures: boom`,
        ])
      }
    }
  },
)

it.each(ways)(
  'T6: after 5 failures in a row, %s, there is one line and no call but close',
  async (_, way) => {
    const broken = notingExporter((call) => way(() => isData(call) && call !== 'start a' && fail()), 'broken')
    const { recorder, lines } = recorderBed({ exporters: [broken] })
    await record(recorder, 9)
    await recorder.forceFlush()
    await recorder.close()
    await recorder.close()
    expect(broken.calls).toEqual([
      ...['start a', 'event a: 0', 'signal', 'event a: 1', 'event a: 2', 'event a: 3', 'event a: 4'],
      'close',
    ])
    expect(lines).toEqual([
      'taskbeat recorder: the exporter broken is given up after 5 failures in a row: boom',
    ])
    expect(recorder.stats().exporters[0]).toMatchObject({ failures: 5, lost: 5, isDisabled: true })
  },
)

it('T7: a batch that failed in the background counts as a call that failed', async () => {
  let host: ExporterHost | undefined
  const later = {
    ...notingExporter(),
    deliversLater: true,
    initialize: (given: ExporterHost) => {
      host = given
    },
  }
  const { recorder, lines } = recorderBed({ exporters: [later], runId: 'run-7' })
  expect(host?.runId).toBe('run-7')
  for (let batch = 0; batch < 5; batch += 1) {
    await record(recorder, 3)
    host?.failed(new Error('refused'))
  }
  expect(later.signals[0]?.attributes).toMatchObject({ telemetry_data_error_type: 'no_telemetry_data' })
  expect(lines).toEqual([expect.stringContaining('given up after 5 failures in a row: refused')])
  expect(recorder.stats().exporters[0]).toMatchObject({ delivered: 0, failures: 5, isDisabled: true })
})

it('T5: an exporter that is given up while it is busy is told once it is not', async () => {
  const gate = Promise.withResolvers<void>()
  let host: ExporterHost | undefined
  const busy = {
    ...notingExporter((call) => (call === 'start a' ? gate.promise : undefined)),
    deliversLater: true,
    initialize: (given: ExporterHost) => {
      host = given
    },
  }
  const { recorder } = recorderBed({ exporters: [busy] })
  recorder.event(recorder.start('a'), 'e')
  for (let batch = 0; batch < 5; batch += 1) host?.failed(new Error('refused'))
  expect(recorder.stats().exporters[0]).toMatchObject({ isDisabled: true, lost: 1 })
  expect(busy.calls).toEqual(['start a'])
  gate.resolve()
  await setImmediate()
  expect(busy.calls).toEqual(['start a', 'signal'])
})

it('T7: what was delivered in the background starts the count again', () => {
  let host: ExporterHost | undefined
  const later = {
    ...notingExporter(),
    deliversLater: true,
    initialize: (given: ExporterHost) => {
      host = given
    },
  }
  const { recorder } = recorderBed({ exporters: [later] })
  for (let batch = 0; batch < 9; batch += 1) {
    host?.failed(new Error('refused'))
    if (batch % 3 === 0) host?.delivered()
  }
  expect(recorder.stats().exporters[0]).toMatchObject({ delivered: 3, failures: 9, isDisabled: false })
})

it('T7: calls wait for the one before, in order', async () => {
  let settle = () => {}
  const slow = notingExporter((call) =>
    isData(call)
      ? new Promise<void>((resolve) => {
          settle = resolve
        })
      : undefined,
  )
  const { recorder } = recorderBed({ exporters: [slow] })
  const span = recorder.start('a')
  recorder.event(span, 'e')
  recorder.stop(span)
  expect(slow.calls).toEqual(['start a'])
  settle()
  await setImmediate()
  expect(slow.calls).toEqual(['start a', 'event a: e'])
  settle()
  await setImmediate()
  const flushed = recorder.forceFlush()
  expect(slow.calls).toEqual(['start a', 'event a: e', 'stop a'])
  settle()
  await flushed
  expect(slow.calls.at(-1)).toBe('flush')
})

it('T7: what waits is bounded; the rest is lost, counted and told, and no span is left half', async () => {
  const gate = Promise.withResolvers<void>()
  const slow = notingExporter((call) => (call === 'start first' ? gate.promise : undefined))
  const { recorder } = recorderBed({ exporters: [slow] })
  const first = recorder.start('first')
  for (let index = 0; index < mostWaiting + 7; index += 1) recorder.event(first, `${index}`)
  const missed = recorder.start('missed')
  recorder.stop(first)
  gate.resolve()
  await setImmediate()
  recorder.event(missed, 'late')
  recorder.stop(missed)
  recorder.timedSpan('after', {}, () => {})
  expect(slow.calls).toHaveLength(1 + mostWaiting + 2 + 2)
  expect(slow.calls.slice(-5)).toEqual([
    `event first: ${mostWaiting - 1}`,
    ...['signal', 'stop first', 'start after', 'stop after'],
  ])
  expect(recorder.stats().exporters[0]).toMatchObject({ lost: 7 + 1 + 2, failures: 0, wasSignalled: true })
})

it('T7: an exporter that hangs is bounded in forceFlush and close, and closed', async () => {
  const hanging = notingExporter((call) => (call === 'start a' ? new Promise<void>(() => {}) : undefined))
  const healthy = notingExporter()
  const { recorder, clock } = recorderBed({ exporters: [hanging, healthy], flushTimeoutMs: 1_000 })
  recorder.start('a')
  let flushed = false
  const flushing = recorder.forceFlush().then(() => {
    flushed = true
  })
  await clock.advance(999)
  expect([flushed, healthy.calls.at(-1)]).toEqual([false, 'flush'])
  await clock.advance(1)
  await flushing
  const closing = recorder.close()
  await clock.advance(1_000)
  await closing
  expect(hanging.calls).toEqual(['start a', 'close'])
  expect(healthy.calls).toEqual(['start a', 'flush', 'stop a', 'flush', 'close'])
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 2, lost: 1 })
  expect(clock.pending()).toBe(0)
})

it.each([
  ['throws', fail, 'boom'],
  ['rejects', async () => fail(), 'boom'],
  ['hangs', () => new Promise<void>(() => {}), 'it took more than 1000 ms'],
])('T7: an exporter whose close %s is said, and the others are closed', async (_, close, why) => {
  const bad = { ...notingExporter(undefined, 'bad'), close }
  const healthy = notingExporter()
  const { recorder, clock, lines } = recorderBed({ exporters: [bad, healthy], flushTimeoutMs: 1_000 })
  const closing = recorder.close()
  await clock.advance(1_000)
  await closing
  expect(healthy.calls).toEqual(['flush', 'close'])
  expect(lines).toEqual([`taskbeat recorder: the exporter bad did not close: ${why}`])
})

it('T7: a flush that fails counts', async () => {
  const bad = notingExporter((call) => (call === 'flush' ? Promise.reject(new Error('boom')) : undefined))
  const { recorder } = recorderBed({ exporters: [bad] })
  await recorder.forceFlush()
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 1, wasSignalled: true })
})
