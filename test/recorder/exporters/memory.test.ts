import { expect, it } from 'vitest'
import { memoryExporter } from '../../../src/recorder/exporters/memory.ts'
import { recorderBed } from '../recorder-bed.ts'

it('keeps the newest records, and counts the others', () => {
  const memory = memoryExporter({ mostRecords: 3 })
  const { recorder } = recorderBed({ exporters: [memory] })
  const span = recorder.start('a')
  const names = () =>
    memory.records.map((record) => (record.type === 'event' ? record.event.name : record.type))
  recorder.event(span, 'e0')
  recorder.event(span, 'e1')
  expect([names(), memory.droppedRecords]).toEqual([['start', 'e0', 'e1'], 0])
  for (let index = 2; index < 100; index += 1) {
    recorder.event(span, `e${index}`)
    expect([names().at(-1), names().length, memory.droppedRecords]).toEqual([`e${index}`, 3, index - 1])
  }
  memory.clear()
  expect([memory.records, memory.droppedRecords]).toEqual([[], 0])
})

it('keeps a record as it was', () => {
  const memory = memoryExporter()
  const { recorder } = recorderBed({ exporters: [memory] })
  const span = recorder.start('a', { attributes: { x: 1 } })
  span.setAttributes({ x: 2 })
  recorder.stop(span)
  expect(memory.records).toMatchObject([{ attributes: { x: 1 } }, { attributes: { x: 2, duration_msec: 0 } }])
})
