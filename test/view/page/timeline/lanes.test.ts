import { describe, expect, it } from 'vitest'
import type { Overview } from '../../../../src/view/api.ts'
import { describeMoment } from '../../../../src/view/page/timeline/describe.ts'
import {
  beatPath,
  checkpointBars,
  gapBars,
  happeningsOf,
  marksOf,
  stateBars,
  statusBars,
} from '../../../../src/view/page/timeline/lanes.ts'
import { rowsOf } from '../../../../src/view/page/timeline/rows.ts'

const scale = { fromMs: 0, toMs: 1_000, width: 1_000 }

describe('states', () => {
  const states = [
    { t: 0, percent: 0, name: '' },
    { t: 200, percent: 10, name: 'ckpt-100' },
    { t: 230, percent: 20, name: 'ckpt-200' },
    { t: 400, percent: 30, name: 'a-name-that-is-longer-than-there-is-room-for-it' },
  ]

  it('last until the next one, with as much of a label as fits', () => {
    expect(stateBars(states, 600, scale)).toEqual([
      { x: 0, width: 200, percent: 0, name: '', label: '0 %' },
      { x: 200, width: 30, percent: 10, name: 'ckpt-100', label: '' },
      { x: 230, width: 170, percent: 20, name: 'ckpt-200', label: '20 % ckpt-200' },
      {
        x: 400,
        width: 200,
        percent: 30,
        name: states[3]?.name,
        label: expect.stringMatching(/^30 % a-name.*…$/),
      },
    ])
  })

  it('are never more than there are pixels', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ t: index / 2, percent: 1, name: `${index}` }))
    const bars = stateBars(many, 1_000, { ...scale, width: 100 })
    expect(bars.length).toBeLessThanOrEqual(101)
    expect(bars.at(-1)?.name).toBe('1999')
  })

  it('that lie outside are not drawn, and that began before is cut', () => {
    const bars = stateBars(states, 600, { fromMs: 210, toMs: 220, width: 100 })
    expect(bars).toEqual([{ x: 0, width: 100, percent: 10, name: 'ckpt-100', label: '10 % ckpt-100' }])
  })
})

it('a status that failed is told by its error or its name', () => {
  const statuses = [
    { t: 0, status: 'RUNNING' },
    { t: 500, status: 'EXCEEDED_MAX_RUNTIME_DURATION' },
    { t: 700, status: 'STOPPED', error: 'because' },
  ]
  expect(statusBars(statuses, 1_000, scale).map(({ isError }) => isError)).toEqual([false, true, true])
})

it('beats of one pixel are one line', () => {
  expect(beatPath([-5, 10, 10.2, 12, 1_500], scale, 8)).toBe('M10.5 0v8M12.5 0v8')
})

it('a gap says how long it was, where there is room', () => {
  const gaps = [
    { fromMs: 0, toMs: 300, isFatal: true },
    { fromMs: 500, toMs: 510, isFatal: false },
  ]
  expect(gapBars(gaps, scale)).toEqual([
    { x: 0, width: 300, isFatal: true, label: '300 ms' },
    { x: 500, width: 10, isFatal: false, label: '' },
  ])
})

describe('checkpoints', () => {
  const checkpoint = (startMs: number, endMs: number, fault?: string) => ({
    name: `c${startMs}`,
    startMs,
    endMs,
    sizeBytes: 1_000_000,
    ...(fault === undefined ? {} : { fault }),
  })

  it('are as long as they took, with their size beside them', () => {
    expect(checkpointBars([checkpoint(100, 150)], scale)).toEqual([
      { x: 100, width: 50, count: 1, isFaulty: false, label: '1 MB' },
    ])
  })

  it('that lie on each other are one, faulty if one of them is', () => {
    expect(checkpointBars([checkpoint(120, 170, 'empty'), checkpoint(100, 150)], scale)).toEqual([
      { x: 100, width: 70, count: 2, isFaulty: true, label: '2 ×, 2 MB' },
    ])
  })

  it('are never more than fit', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => checkpoint(index / 2, index / 2))
    expect(checkpointBars(many, { ...scale, width: 100 }).length).toBeLessThanOrEqual(25)
  })
})

const nothing = { states: [], statuses: [], gaps: [], checkpoints: [], findings: [], moments: [] }
const overview: Pick<Overview, keyof typeof nothing> = {
  ...nothing,
  states: [{ t: 100, percent: 10, name: 'ckpt-1' }],
  statuses: [{ t: 50, status: 'RUNNING' }],
  gaps: [{ fromMs: 300, toMs: 400, isFatal: true }],
  checkpoints: [{ name: 'ckpt-1', startMs: 80, endMs: 100, sizeBytes: 2_000, fault: 'it is empty' }],
  findings: [
    { k: 'finding', t: 310, id: 'stale', severity: 'error', seen: 'nothing came', platform: '', remedy: '' },
    { k: 'finding', id: 'timeless', severity: 'note', seen: 'x', platform: '', remedy: '' },
  ],
  moments: [{ t: 305, severity: 'WARN', text: 'loss is NaN' }],
}

it('marks near each other are one, as severe as the worst of them', () => {
  expect(marksOf(happeningsOf(overview), scale)).toEqual([{ x: 305, severity: 'error', count: 2 }])
  expect(marksOf(happeningsOf(overview), { ...scale, toMs: 200 })).toEqual([])
})

const notes = (...times: readonly number[]) => times.map((t) => ({ t, severity: 'note' as const, text: '' }))

it.each([
  { what: 'apart', times: [100, 115], marks: ['100: 1', '115: 1'] },
  { what: 'over each other', times: [100, 113], marks: ['100: 2'] },
  { what: 'the third would cover the number of the first two', times: [100, 101, 122], marks: ['100: 3'] },
  { what: 'the third is beyond the number', times: [100, 101, 124], marks: ['100: 2', '124: 1'] },
  {
    what: 'a long number needs more room',
    times: [...Array.from({ length: 10 }, () => 100), 126],
    marks: ['100: 11'],
  },
  { what: 'the number stays within the width', times: [998, 999], marks: ['984: 2'] },
  { what: 'what moves for its number may cover the one before', times: [975, 990, 991], marks: ['975: 3'] },
])('marks: $what', ({ times, marks }) => {
  expect(marksOf(notes(...times), scale).map(({ x, count }) => `${x}: ${count}`)).toEqual(marks)
})

it.each([
  { t: 10, phrases: ['no state yet'] },
  { t: 120, phrases: ['RUNNING', '10 %, ckpt-1'] },
  {
    t: 98,
    phrases: ['RUNNING', 'no state yet', 'checkpoint ckpt-1, 2 kB, took 20 ms, not accepted: it is empty'],
  },
  {
    t: 306,
    phrases: ['RUNNING', '10 %, ckpt-1', 'no sign of life for 100 ms', 'loss is NaN', '1 other event here'],
  },
])('at $t it was: $phrases', ({ t, phrases }) => {
  expect(describeMoment(overview, t, 5)).toEqual(phrases)
})

it('the table has all that is drawn in a span of time, in order', () => {
  const rows = rowsOf(overview, { fromMs: 60, toMs: 1_000 })
  expect(rows.map(({ t, what }) => `${t} ${what}`)).toEqual([
    '100 Progress',
    '100 Checkpoint, not accepted',
    '300 Gap over the platform’s limit',
    '305 Warning',
    '310 Error',
  ])
})
