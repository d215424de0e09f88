import { expect, it } from 'vitest'
import {
  incrementsOf,
  tickSpace,
  ticksInWords,
  xInWords,
} from '../../../../src/view/page/curves/axis-words.ts'
import { notesOf } from '../../../../src/view/page/curves/chart-notes.ts'
import { drawableIds, parted } from '../../../../src/view/page/curves/drawable.ts'
import { dotsAt } from '../../../../src/view/page/curves/markers.ts'
import { summaryOf, tableOf } from '../../../../src/view/page/curves/summary.ts'
import { measureOf, numberInWords } from '../../../../src/view/page/curves/units.ts'

it.each([
  [0, '0'],
  [0.21342, '0.2134'],
  [-12.3456, '-12.35'],
  [12_345.6, '12,346'],
  [0.0003, '3e-4'],
  [1.234e-7, '1.23e-7'],
  [5e12, '5e12'],
])('%f is %s', (value, text) => {
  expect(numberInWords(value)).toBe(text)
})

it.each([
  ['hw.gpu.memory.usage', 'By', undefined, 80e9, '80 GB', ''],
  ['system.network.io', 'By', 's', 1_500, '1.5 kB/s', ''],
  ['hw.gpu.utilization', '1', undefined, 0.4312, '43.1 %', ''],
  ['taskbeat.progress.percent', '%', undefined, 43, '43 %', ''],
  ['step.duration', 's', undefined, 0.0123, '12.3 ms', ''],
  ['step.duration', 's', undefined, -300, '-5 min', ''],
  ['step.duration', 'ms', undefined, 2_500, '2.5 s', ''],
  ['cpu.time', 's', 's', 3.5, '3.5', 's/s'],
  ['tokens', '{token}/s', undefined, 1_200, '1,200', 'token/s'],
  ['steps', '{step}', 's', 1.85, '1.85', 'step/s'],
  ['loss', '1', undefined, 0.2, '0.2', ''],
  ['hw.temperature', 'Cel', undefined, 71, '71', '°C'],
  ['loss', '1', undefined, null, 'NaN', ''],
  ['loss', '1', undefined, undefined, '–', ''],
] as const)('%s in %s per %s: %d is %s', (name, unit, per, value, text, shownUnit) => {
  const measure = measureOf({ name, unit, ...(per && { per }) })
  expect(measure.inWords(value)).toBe(text)
  expect(measure.unit).toBe(shownUnit)
})

const loss = measureOf({ name: 'loss', unit: '1' })
const line = (label: string, y: readonly (number | null)[]) => ({
  key: label,
  label,
  style: 0,
  x: y.map((_, index) => index * 10),
  y,
})

it.each([
  ['one line', [line('', [2.31, 2.4, 0.2, 0.21])], 'loss: from 2.31 to 0.21, least 0.2, greatest 2.4'],
  [
    'NaN is told',
    [line('', [2, null])],
    'loss: from 2 to 2, least 2, greatest 2, 1 value is NaN or infinite',
  ],
  [
    'several lines',
    [line('val', [3, 1]), line('test', [null, 2])],
    'loss, 2 lines: val from 3 to 1, test from 2 to 2, least 1, greatest 3, 1 value is NaN or infinite',
  ],
  [
    'many lines',
    ['a', 'b', 'c', 'd', 'e'].map((name) => line(name, [1, 2])),
    'loss, 5 lines: least 1, greatest 2',
  ],
  ['nothing', [line('', [])], 'loss: no points here'],
  ['only NaN', [line('', [null, null])], 'loss: no points here, 2 values are NaN or infinite'],
])('a chart in a sentence: %s', (_, lines, text) => {
  expect(summaryOf('loss', lines, loss)).toBe(text)
})

it('a table has first and last point, evenly chosen ones between, and the others at these', () => {
  const long = line(
    'a',
    Array.from({ length: 101 }, (_, index) => index),
  )
  const { labels, rows, of } = tableOf([line('b', [7, null]), long], 5)
  expect({ labels, of }).toEqual({ labels: ['b', 'a'], of: 101 })
  expect(rows).toEqual([
    { x: 0, values: [7, 0] },
    { x: 250, values: [null, 25] },
    { x: 500, values: [null, 50] },
    { x: 750, values: [null, 75] },
    { x: 1_000, values: [null, 100] },
  ])
  expect(tableOf([line('', [4])], 50).rows).toEqual([{ x: 0, values: [4] }])
  expect(tableOf([], 50)).toEqual({ labels: [], rows: [], of: 0 })
})

const at = (hour: number, minute = 0, second = 0, ms = 0) =>
  new Date(2026, 10, 21, hour, minute, second, ms).getTime()

it.each([
  [
    'hours, with the day at the first and where a new one begins',
    [at(22), at(23), at(24)],
    3_600_000,
    ['22:00\n21 Nov', '23:00', '00:00\n22 Nov'],
  ],
  ['seconds', [at(9, 0, 5), at(9, 0, 10)], 5_000, ['09:00:05\n21 Nov', '09:00:10']],
  ['parts of a second', [at(9, 0, 5, 250)], 250, ['09:00:05.250\n21 Nov']],
  ['days', [at(0), at(24)], 86_400_000, ['21 Nov', '22 Nov']],
])('ticks of time: %s', (_, ticks, distance, texts) => {
  expect(ticksInWords('time', ticks, distance)).toEqual(texts)
})

it.each([
  ['step', 12_000, '12,000'],
  ['elapsed', 0, '0 s'],
  ['elapsed', 90_000, '1 min 30 s'],
  ['elapsed', -5_000, '-5 s'],
] as const)('%s %d is %s', (kind, x, text) => {
  expect(xInWords(kind, x, 1)).toBe(text)
})

it('ticks of steps are whole, those of durations are such as people count by', () => {
  expect(incrementsOf('time')).toBeUndefined()
  expect(incrementsOf('step')?.every(Number.isInteger)).toBe(true)
  const elapsed = incrementsOf('elapsed') ?? []
  expect(elapsed.filter((value, index) => index > 0 && value <= (elapsed[index - 1] ?? 0))).toEqual([])
  expect(elapsed).toContain(15 * 60_000)
})

it.each([
  ['time', 2_600, 104],
  ['time', 60_000, 76],
  ['step', 10, 76],
  ['elapsed', 10, 76],
] as const)('ticks over %s of %d have %d pixels at least, as their words need', (kind, span, space) => {
  expect(tickSpace(kind, span, 530)).toBe(space)
})

const shown = { over: 'time', isLog: false, isNarrowed: false, isLive: false } as const
it.each([
  ['a run that lasts', [], { ...shown, isLive: true }, 'No points yet.'],
  ['a run that has ended', [], shown, 'No points.'],
  ['no steps', [], { ...shown, over: 'step' }, 'This metric has no steps: choose time.'],
  [
    'no steps yet',
    [],
    { ...shown, over: 'step', isLive: true },
    'This metric has no steps yet: choose time.',
  ],
  ['a span of time', [], { ...shown, isNarrowed: true }, 'No points in what is selected.'],
  [
    'a span of steps',
    [],
    { ...shown, over: 'step', isNarrowed: true },
    'No points in what is selected that have a step.',
  ],
  ['all is well', [line('', [1, 2])], shown, ''],
  [
    'what cannot be seen',
    [line('', [null, 0, 2])],
    { ...shown, isLog: true },
    'NaN or infinite: 1 of the points shown. Not on a logarithmic scale: 1 of the points shown are 0 or less.',
  ],
] as const)('the note of a chart: %s', (_, lines, choices, note) => {
  expect(notesOf(lines, lines, choices)).toBe(note)
})

it('the note of a chart says nothing of lines that are only hidden', () => {
  expect(notesOf([line('', [1, 2])], [], shown)).toBe('')
})

it('a single value is nothing to draw', () => {
  const drawable = drawableIds([
    { id: 1, points: 1 },
    { id: 2, points: 2 },
  ])
  expect(parted([1, 2, 3], (id) => drawable.has(id))).toEqual({ drawn: [2], single: [1, 3] })
})

it('at the cursor each line has a dot, but where it has no number or has ended', () => {
  const lines = [line('a', [1, 2, 3]), line('b', [1, null, 3]), line('c', [5])]
  expect(dotsAt(lines, 11, { min: 0, max: 20 })).toEqual([{ x: 10, y: 2, style: 0 }])
})
