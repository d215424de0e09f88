import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { begin, end, log, startMs, storeOf } from '../tiny-run.ts'

const state = (atMs: number, percent: number, name = ''): LogbookEntry => ({
  k: 'state',
  t: startMs + atMs,
  percent,
  name,
})
const beat = (atMs: number): LogbookEntry => ({ k: 'beat', t: startMs + atMs })
const overviewOf = (entries: readonly LogbookEntry[], nowMs = 60_000) =>
  storeOf(entries, startMs + nowMs).data.overview()

describe('the overview', () => {
  it('of nothing waits', async () => {
    expect(await overviewOf([])).toMatchObject({ state: 'waiting', isLive: false, begin: undefined })
  })

  it('of a run says where it is, and until when the platform waits', async () => {
    const limits = { ...begin().limits, maxRunTimeMs: 3_600_000 }
    const entries = [
      begin({ limits }),
      state(1_000, 0),
      state(20_000, 40, 'c-1'),
      { k: 'go', t: startMs + 20_000, seconds: 90 } as const,
      beat(50_000),
    ]
    expect(await overviewOf(entries)).toMatchObject({
      label: 'tiny',
      state: 'running',
      sentence: 'running, 40 %, about 1 min 30 s to go, last sign of life 10 s ago',
      isLive: true,
      range: { fromMs: startMs, toMs: startMs + 60_000 },
      percent: 40,
      timeToGoSeconds: 90,
      staleAtMs: startMs + 350_000,
      maxRunEndsAtMs: startMs + 3_601_000,
      states: [
        { t: startMs + 1_000, percent: 0, name: '' },
        { t: startMs + 20_000, percent: 40, name: 'c-1' },
      ],
      beats: [startMs + 1_000, startMs + 20_000, startMs + 50_000],
      beatCount: 3,
      gaps: [],
    })
  })

  it('of a training that is further than its progress file says so', async () => {
    const percents = [0, 43.9, 100].map(
      (value, index): LogbookEntry => ({ k: 'p', t: startMs + 2_000 + index, v: { 1: value } }),
    )
    const series: LogbookEntry = {
      k: 'series',
      ...{ t: startMs, id: 1, name: 'taskbeat.progress.percent', unit: '%', attributes: {} },
      kind: 'gauge',
    }
    const file = state(1_000, 25, 'c-1')
    expect(await overviewOf([begin(), file, series, ...percents.slice(0, 2)])).toMatchObject({ percent: 43 })
    expect(await overviewOf([begin(), file, series, ...percents])).toMatchObject({ percent: 99 })
  })

  it('of a run that has ended has no limits left, and its range ends with it', async () => {
    const overview = await overviewOf([begin(), state(1_000, 100), end({ errorLines: ['Lost'] })], 9e9)
    expect(overview).toMatchObject({
      state: 'completed',
      isLive: false,
      range: { fromMs: startMs, toMs: startMs + 60_000 },
      staleAtMs: undefined,
      maxRunEndsAtMs: undefined,
      errorLines: ['Lost'],
    })
  })

  it('shows times without a sign of life, also one that lasts', async () => {
    const entries = [begin(), state(0, 0), beat(200_000), beat(600_000)]
    expect((await overviewOf(entries, 800_000)).gaps).toEqual([
      { fromMs: startMs, toMs: startMs + 200_000, isFatal: false },
      { fromMs: startMs + 200_000, toMs: startMs + 600_000, isFatal: true },
      { fromMs: startMs + 600_000, toMs: startMs + 800_000, isFatal: false },
    ])
    expect(
      (await overviewOf([begin(), state(0, 0), beat(170_000), end({ t: startMs + 180_000 })], 9e9)).gaps,
    ).toEqual([])
  })

  it('of several attempts is about the newest, and marks where each began', async () => {
    const entries = [
      begin({ attempt: 1 }),
      state(1_000, 40, 'c-1'),
      end({ outcome: 'failed', text: 'failed' }),
      begin({ t: startMs + 100_000, attempt: 2 }),
      state(101_000, 40, 'c-1'),
    ]
    const overview = await overviewOf(entries, 110_000)
    expect(overview).toMatchObject({ state: 'running', begin: { attempt: 2 }, errorLines: [], gaps: [] })
    expect(overview.moments.map(({ t, text }) => [t - startMs, text])).toEqual([
      [0, 'attempt 1 begins'],
      [100_000, 'attempt 2 begins'],
    ])
  })

  it('merges what the platform tells of the task with what the task tells of itself', async () => {
    const setting = (name: string, value: string) => ({ name, value })
    const entries: readonly LogbookEntry[] = [
      begin({
        by: 'platform',
        command: 'taskbeat',
        taskId: 'id',
        limits: { staleAfterMs: 30_000, documentedStaleAfterMs: 18_000 },
        settings: [setting('--time-scale', '10'), setting('--heartbeat', '60')],
        capturesOutput: false,
      }),
      { k: 'status', t: startMs + 10, status: 'RUNNING' },
      state(2_000, 0),
      state(10_000, 50, 'c-1'),
      { k: 'finding', id: 'late', severity: 'warning', seen: 's', platform: 'p', remedy: 'r' },
      begin({ t: startMs + 900, runId: 'run', settings: [setting('--heartbeat', '1')] }),
      state(1_000, 0),
      state(9_000, 50, 'c-1'),
      beat(9_500),
      { k: 'checkpoint', t: startMs + 9_000, name: 'c-1', sizeBytes: 5 },
    ]
    const overview = await overviewOf(entries, 12_000)
    expect(overview.begin).toMatchObject({
      by: 'platform',
      command: 'python',
      taskId: 'id',
      runId: 'run',
      limits: { staleAfterMs: 30_000 },
      capturesOutput: true,
    })
    expect(overview).toMatchObject({
      settings: [setting('--heartbeat', '1'), setting('--time-scale', '10')],
      states: [{ percent: 0 }, { t: startMs + 10_000, percent: 50 }],
      statuses: [{ t: startMs + 10, status: 'RUNNING' }],
      beatCount: 2,
      checkpoints: [{ name: 'c-1', endMs: startMs + 9_000, sizeBytes: 5 }],
      findings: [{ id: 'late' }],
      staleAtMs: startMs + 40_000,
    })
    const ended = await overviewOf([...entries, end({ text: 'failed with 3', outcome: 'failed' })], 70_000)
    expect(ended).toMatchObject({ state: 'failed', sentence: 'failed with 3' })
  })

  it('tells what is not there', async () => {
    const route = {
      signal: 'traces',
      destination: 'x',
      emitted: 9,
      delivered: 2,
      spooled: 0,
      dropped: 7,
      reasons: {},
    } as const
    const entries: readonly LogbookEntry[] = [
      begin({ capturesOutput: false }),
      { k: 'delivery', t: startMs, routes: [{ ...route, dropped: 1 }] },
      { k: 'delivery', t: startMs + 1, routes: [route] },
    ]
    const overview = await overviewOf(entries)
    expect(overview.delivery).toEqual([route])
    expect(overview.notes).toEqual([
      "The command's output was not captured.",
      '7 items of traces for x were dropped before they were delivered.',
    ])
    expect((await overviewOf([...entries, log(1, 'a line')])).notes).toHaveLength(1)
  })

  it('has lists of 2,000 at most, and says how many there were', async () => {
    const many = Array.from({ length: 30_000 }, (_, index): readonly LogbookEntry[] => [
      beat(index * 10),
      state(index * 10 + 1, 5, `s-${index}`),
      { k: 'checkpoint', t: startMs + index * 10, name: `c-${index}`, sizeBytes: 1 },
      { k: 'moment', t: startMs + index, severity: 'INFO', text: `m-${index}` },
    ])
    const overview = await overviewOf([begin(), ...many.flat()], 300_000)
    const { states, beats, checkpoints, moments } = overview
    expect([states, beats, checkpoints, moments].map(({ length }) => length)).toEqual([
      2_000, 2_000, 2_000, 2_000,
    ])
    expect([overview.beatCount, overview.checkpointCount]).toEqual([60_000, 30_000])
    expect([beats[0], beats.at(-1)]).toEqual([startMs, startMs + 299_991])
    expect([checkpoints[0]?.name, checkpoints.at(-1)?.name]).toEqual(['c-0', 'c-29999'])
  })
})
