import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createRecorder } from '../../src/recorder/create-recorder.ts'
import type { Exporter } from '../../src/recorder/exporter.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const usedBytes = () => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

it('T12: a million events on one span all go out, in order, and nothing of them is kept', () => {
  let events = 0
  let wrong = 0
  const nothing = () => {}
  const exporter: Exporter = {
    name: 'counting',
    exportStart: nothing,
    exportStop: nothing,
    exportError: nothing,
    exportTelemetryDataError: nothing,
    close: nothing,
    exportEvent: (_, { attributes }) => {
      if (attributes.step !== events) wrong += 1
      events += 1
    },
  }
  const rules = [{ source: 'step', attribute: 'step', event: 'stats', every: 1_000_000 }]
  const recorder = createRecorder({
    exporters: [{ exporter, filter: { where: (_, name) => name !== 'stats' } }],
    aggregates: rules,
  })
  const span = recorder.start('train')
  const record = (from: number, to: number) => {
    for (let step = from; step < to; step += 1) recorder.event(span, 'step', { attributes: { step } })
  }
  record(0, 100_000)
  const before = usedBytes()
  record(100_000, 1_000_000)
  const grownBytes = usedBytes() - before
  recorder.stop(span)
  expect([events, wrong]).toEqual([1_000_000, 0])
  expect(recorder.stats()).toMatchObject({
    droppedValues: 0,
    exporters: [{ delivered: 1_000_002, lost: 0, failures: 0 }],
  })
  // one byte an event would be 900,000
  expect(grownBytes).toBeLessThan(500_000)
})

it('T12: spans that have stopped are not kept either', () => {
  const nothing = () => {}
  const exporter: Exporter = {
    name: 'nothing',
    exportStart: nothing,
    exportStop: nothing,
    exportEvent: nothing,
    exportError: nothing,
    exportTelemetryDataError: nothing,
    close: nothing,
  }
  const recorder = createRecorder({ exporters: [exporter] })
  const record = (spans: number) => {
    for (let index = 0; index < spans; index += 1)
      recorder.timedSpan('outer', {}, () => recorder.stop(recorder.start('inner')))
  }
  record(10_000)
  const before = usedBytes()
  record(100_000)
  expect(usedBytes() - before).toBeLessThan(500_000)
})
