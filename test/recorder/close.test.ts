import { expect, it } from 'vitest'
import { notingExporter, recorderBed } from './recorder-bed.ts'

it('T13: close stops what is open, newest first, then flushes, then closes', async () => {
  const noting = notingExporter()
  const { recorder } = recorderBed({ exporters: [noting] })
  const [, b] = ['a', 'b', 'c', 'd'].map((name) => recorder.start(name))
  if (b) recorder.stop(b)
  noting.calls.length = 0
  await recorder.close()
  expect(noting.calls).toEqual(['stop d', 'stop c', 'stop a', 'flush', 'close'])
})

it('T13: close is idempotent, also while it goes on', async () => {
  const noting = notingExporter(async () => {})
  const { recorder } = recorderBed({ exporters: [noting] })
  recorder.start('a')
  await Promise.all([recorder.close(), recorder.close()])
  await recorder.close()
  expect(noting.calls).toEqual(['start a', 'stop a', 'flush', 'close'])
})

it('T13: an exporter may close the recorder in the middle of its close', async () => {
  const noting = notingExporter((call) => (call === 'stop a' ? recorder.close() : undefined))
  const { recorder } = recorderBed({ exporters: [noting] })
  recorder.start('a')
  await recorder.close()
  expect(noting.calls).toEqual(['start a', 'stop a', 'flush', 'close'])
})

it('T13: `await using` closes', async () => {
  const noting = notingExporter()
  {
    await using recorder = recorderBed({ exporters: [noting] }).recorder
    recorder.start('a')
  }
  expect(noting.calls).toEqual(['start a', 'stop a', 'flush', 'close'])
})

it('T13: exporters that hang cost the time of one', async () => {
  const hangs = () => notingExporter((call) => (call === 'flush' ? new Promise<void>(() => {}) : undefined))
  const exporters = [hangs(), hangs(), hangs()]
  const { recorder, clock } = recorderBed({ exporters, flushTimeoutMs: 1_000 })
  const closing = recorder.close()
  await clock.advance(1_000)
  await closing
  expect(exporters.map(({ calls }) => calls.at(-1))).toEqual(['close', 'close', 'close'])
})

it('T13: nothing waits after a flush, or a close, that was in time', async () => {
  const { recorder, clock } = recorderBed({ exporters: [notingExporter(async () => {})] })
  await recorder.forceFlush()
  await recorder.close()
  expect(clock.pending()).toBe(0)
})

it('T13: without exporters all of it works', async () => {
  const { recorder } = recorderBed({ exporters: [] })
  expect(recorder.timedSpan('a', {}, (span) => span.name)).toBe('a')
  await recorder.forceFlush()
  await recorder.close()
})
