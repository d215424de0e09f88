import { expect, it } from 'vitest'
import { memoryExporter } from '../../src/recorder/exporters/memory.ts'
import type { AggregateRule, RecorderOptions } from '../../src/recorder/recorder.ts'
import { recorderBed } from './recorder-bed.ts'

const bedOf = (aggregates: readonly AggregateRule[], options: Partial<RecorderOptions> = {}) => {
  const memory = memoryExporter()
  const bed = recorderBed({ exporters: [memory], aggregates, ...options })
  const told = () =>
    memory.records.flatMap((record) => {
      if (record.type !== 'event' || !record.event.name.startsWith('stats')) return []
      const { timestamp_msec: _, ...attributes } = record.event.attributes
      return [{ on: record.name, ...attributes }]
    })
  const order = () =>
    memory.records.map((record) =>
      record.type === 'event' ? record.event.name : `${record.type} ${'name' in record ? record.name : ''}`,
    )
  return { ...bed, told, order }
}

const saves: AggregateRule = { source: 'save', attribute: 'duration_msec', event: 'stats' }

it('T9: durations of 20 and 40 make count 2, min 20, max 40, avg 30, total 60, on the parent', async () => {
  const { recorder, clock, told, order } = bedOf([saves])
  const train = recorder.start('train')
  for (const durationMs of [20, 40]) {
    const save = recorder.start('save', { parent: train })
    await clock.advance(durationMs)
    recorder.stop(save)
  }
  recorder.stop(train)
  const last = {
    duration_msec_count: 2,
    duration_msec_last: 40,
    duration_msec_min: 20,
    duration_msec_max: 40,
    duration_msec_avg: 30,
    duration_msec_total: 60,
  }
  expect(told()).toHaveLength(2)
  expect(told()[0]).toMatchObject({ on: 'train', duration_msec_count: 1, duration_msec_avg: 20 })
  expect(told()[1]).toEqual({ on: 'train', ...last })
  expect(order()).toEqual([
    'start train',
    ...['start save', 'stop save', 'stats'],
    ...['start save', 'stop save', 'stats'],
    'stop train',
  ])
})

it('T9: events are counted on their own span; told after so many, and the rest at its end', () => {
  const { recorder, told, order } = bedOf([{ source: 'step', attribute: 'loss', event: 'stats', every: 3 }])
  recorder.timedSpan('train', {}, (span) => {
    for (const loss of [4, 2, 3, 5]) recorder.event(span, 'step', { attributes: { loss } })
  })
  expect(told()).toMatchObject([
    { on: 'train', loss_count: 3, loss_last: 3, loss_min: 2, loss_max: 4, loss_avg: 3, loss_total: 9 },
    { on: 'train', loss_count: 4, loss_last: 5, loss_min: 2, loss_max: 5, loss_avg: 3.5, loss_total: 14 },
  ])
  expect(order().slice(-3)).toEqual(['step', 'stats', 'stop train'])
})

it('T9: nothing is told before the first value, nor of what is no number', () => {
  const { recorder, told } = bedOf([{ source: 'step', attribute: 'loss', event: 'stats' }])
  recorder.timedSpan('train', {}, (span) => {
    recorder.event(span, 'step')
    for (const loss of ['4', Number.NaN, Number.POSITIVE_INFINITY, true])
      recorder.event(span, 'step', { attributes: { loss } })
    recorder.event(span, 'other', { attributes: { loss: 1 } })
  })
  expect(told()).toEqual([])
})

it('T9: spans that failed do not count', async () => {
  const { recorder, clock, told } = bedOf([saves])
  recorder.timedSpan('train', {}, () => {
    expect(() =>
      recorder.timedSpan('save', {}, () => {
        throw new Error('boom')
      }),
    ).toThrow('boom')
  })
  expect(told()).toEqual([])
  await clock.advance(1)
})

it('T9: each parent has numbers of its own; a first span tells of itself; attributes of spans count too', () => {
  const { recorder, told } = bedOf([{ source: 'save', attribute: 'bytes', event: 'stats' }])
  const epochs = ['one', 'two'].map((name) => recorder.start(name))
  for (const parent of [...epochs, null]) {
    const span = recorder.start('save', { parent: parent ?? null, attributes: { bytes: 1 } })
    span.setAttributes({ bytes: 5 })
    recorder.stop(span)
  }
  expect(told()).toMatchObject([
    { on: 'one', bytes_count: 1, bytes_total: 5 },
    { on: 'two', bytes_count: 1, bytes_total: 5 },
    { on: 'save', bytes_count: 1, bytes_total: 5 },
  ])
})

it('T9: after a stop out of order the numbers belong to the nearest span that goes on', () => {
  const { recorder, told } = bedOf([{ source: 'save', attribute: 'bytes', event: 'stats' }])
  recorder.timedSpan('run', {}, () => {
    const train = recorder.start('train')
    const save = recorder.start('save', { parent: train, attributes: { bytes: 5 } })
    recorder.stop(train)
    recorder.stop(save)
  })
  expect(told()).toMatchObject([{ on: 'run', bytes_total: 5 }])
})

it('T9: what a filter hides counts all the same', async () => {
  const rules = [saves, { source: 'step', attribute: 'loss', event: 'stats loss' }]
  const filter = { deny: ['save'], where: (_: unknown, name: string) => name !== 'step' }
  const { recorder, clock, order, told } = bedOf(rules, { filter })
  await recorder.timedSpan('train', {}, async (span) => {
    recorder.event(span, 'step', { attributes: { loss: 3 } })
    await recorder.timedSpan('save', {}, () => clock.advance(20))
  })
  expect(order()).toEqual(['start train', 'stats loss', 'stats', 'stop train'])
  expect(told()[1]).toMatchObject({ on: 'train', duration_msec_total: 20 })
})
