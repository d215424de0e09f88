import { describe, expect, it } from 'vitest'
import type { LogbookEntry, PointsEntry } from '../../../src/logbook/entry.ts'
import { groupOf } from '../../../src/view/store/groups.ts'
import { begin, startMs, storeOf } from '../tiny-run.ts'

const series = (
  id: number,
  name: string,
  kind: 'gauge' | 'counter' = 'gauge',
  attributes = {},
): LogbookEntry => ({
  k: 'series',
  t: startMs,
  id,
  name,
  unit: '1',
  kind,
  attributes,
})

const point = (atMs: number, v: PointsEntry['v'], step?: number): LogbookEntry => ({
  k: 'p',
  t: startMs + atMs,
  v,
  ...(step !== undefined && { step }),
})

const curvesOf = async (entries: readonly LogbookEntry[], over: 'time' | 'step' = 'time') => {
  const { data } = storeOf(entries)
  const shown = (await data.overview()).series
  const curves = await data.curves({ series: shown.map(({ id }) => id), width: 1_000, over })
  return curves.map(({ x, y }) =>
    x.map((value, index) => [over === 'time' ? value - startMs : value, y[index]]),
  )
}

describe('curves', () => {
  it('have their points in time, and null for what is no finite number', async () => {
    const entries = [series(1, 'loss'), point(0, { 1: 3 }), point(2, { 1: 'NaN' }), point(1, { 1: 2 })]
    expect(await curvesOf(entries)).toEqual([
      [
        [0, 3],
        [1, 2],
        [2, null],
      ],
    ])
  })

  it('show all that several values of one span of time say', async () => {
    expect(
      await curvesOf([series(1, 'loss'), point(0, { 1: [1, 9, 4] }), point(5, { 1: [2, 2, 2] })]),
    ).toEqual([
      [
        [0, 1],
        [0, 9],
        [0, 4],
        [5, 2],
      ],
    ])
    expect(await curvesOf([series(1, 'steps', 'counter'), point(0, { 1: [1, 9, 9] })])).toEqual([[[0, 9]]])
  })

  it('are one where name and attributes are the same, whatever their ids', async () => {
    const again = [
      series(7, 'loss'),
      point(5, { 7: 1 }),
      series(8, 'loss', 'gauge', { rank: 1 }),
      point(6, { 8: 4 }),
    ]
    expect(await curvesOf([series(1, 'loss'), point(0, { 1: 3 }), ...again])).toEqual([
      [
        [0, 3],
        [5, 1],
      ],
      [[6, 4]],
    ])
  })

  it('wait for their names', async () => {
    expect(await curvesOf([point(0, { 1: 3 })])).toEqual([])
    expect(await curvesOf([point(0, { 1: 3 }), series(1, 'loss')])).toEqual([[[0, 3]]])
    const late = [
      series(1, 'loss'),
      point(0, { 1: 3 }),
      point(1, { 2: 4 }),
      series(2, 'loss'),
      point(2, { 2: 5 }),
    ]
    expect(await curvesOf(late)).toEqual([
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ])
  })

  it('lie over steps too: in their order, with their times, without points that have none', async () => {
    const entries = [
      series(1, 'loss'),
      point(0, { 1: 5 }),
      point(1, { 1: 4 }, 10),
      point(2, { 1: 3 }, 20),
      // a second attempt goes back
      point(3, { 1: 3.5 }, 15),
    ]
    expect(await curvesOf(entries, 'step')).toEqual([
      [
        [10, 4],
        [15, 3.5],
        [20, 3],
      ],
    ])
    const { data } = storeOf(entries)
    const [curve] = await data.curves({ series: [0], width: 100, over: 'step' })
    expect(curve?.t?.map((t) => t - startMs)).toEqual([1, 3, 2])
  })

  it('of a span of time have a neighbour on either side', async () => {
    const points = Array.from({ length: 100 }, (_, at) => point(at, { 1: at }))
    const { data } = storeOf([series(1, 'loss'), ...points])
    const curve = async (from: number, to: number) =>
      (await data.curves({ series: [0], width: 1_000, fromMs: startMs + from, toMs: startMs + to }))[0]?.y
    expect(await curve(10, 12)).toEqual([9, 10, 11, 12, 13])
    expect(await curve(10.4, 10.6)).toEqual([10, 11])
    expect(await curve(-10, -5)).toEqual([0])
    expect(await curve(200, 300)).toEqual([99])
  })

  it('are listed with their newest value, and unknown ones are not answered', async () => {
    const { data } = storeOf([
      begin(),
      series(1, 'taskbeat.training.loss'),
      point(0, { 1: 3 }, 4),
      point(1, { 1: 'NaN' }),
    ])
    const overview = await data.overview()
    expect(overview.series).toEqual([
      {
        id: 0,
        name: 'taskbeat.training.loss',
        unit: '1',
        kind: 'gauge',
        attributes: {},
        group: 'training',
        points: 2,
        last: Number.NaN,
      },
    ])
    expect(overview.step).toBe(4)
    expect(await data.curves({ series: [99, -1, 0.5], width: 100 })).toEqual([])
  })
})

it('a great many points get coarser where they are old, and lose no extreme', async () => {
  const { data, store } = storeOf([series(1, 'loss')])
  for (let at = 0; at < 1_700_000; at += 1) {
    store.add({ k: 'p', t: startMs + at, v: { 1: at === 123_456 ? 1e6 : at % 10 } }, 'task', 0)
  }
  const [shown] = (await data.overview()).series
  expect(shown?.points).toBeLessThan(1_600_000)
  const [curve] = await data.curves({ series: [0], width: 500 })
  expect(Math.max(...(curve?.y ?? []).map(Number))).toBe(1e6)
})

it.each([
  ['taskbeat.training.loss', 'training'],
  ['hw.gpu.utilization', 'gpu'],
  ['taskbeat.gpu.idle.time', 'gpu'],
  ['DCGM_FI_DEV_GPU_UTIL', 'gpu'],
  ['system.memory.usage', 'machine'],
  ['taskbeat.cgroup.memory.limit', 'machine'],
  ['process.cpu.time', 'machine'],
  ['taskbeat.progress.percent', 'other'],
  ['taskbeat.telemetry.items', 'other'],
  ['train/accuracy', 'training'],
  ['val_loss', 'training'],
  ['node_cpu_seconds', 'machine'],
  ['queue', 'other'],
])('%s stands with %s', (name, group) => {
  expect(groupOf(name)).toBe(group)
})
