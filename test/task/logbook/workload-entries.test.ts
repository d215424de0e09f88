import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { createWorkloadEntries } from '../../../src/task/logbook/workload-entries.ts'
import { afterProgress, untrained } from '../../../src/task/training.ts'
import type { ProgressEvent, WorkloadEvent } from '../../../src/workload-events.ts'
import { manualClock } from '../../support/manual-clock.ts'

const at = new Date(1_000)
const later = new Date(2_000)

/** What is written down of events, one second apart. */
const entriesOf = async (
  events: readonly WorkloadEvent[],
  {
    redact,
    seconds = () => undefined,
  }: { redact?: (text: string) => string; seconds?: () => number | undefined } = {},
) => {
  const clock = manualClock(new Date(0))
  const entries: LogbookEntry[] = []
  const add = (entry: LogbookEntry) => entries.push(entry)
  const own = createWorkloadEntries({ serial: 2, add, timeToGoSeconds: seconds, redact, clock })
  let state = untrained
  for (const event of events) {
    if (event.type === 'progress') state = afterProgress(state, event)
    own.tell(event, { t: clock.now().getTime(), state })
    await clock.advance(1_000)
  }
  own.end(clock.now().getTime())
  return entries
}
const only = <K extends LogbookEntry['k']>(entries: readonly LogbookEntry[], kind: K) =>
  entries.filter((entry): entry is Extract<LogbookEntry, { k: K }> => entry.k === kind)

describe('a step', () => {
  const step = (number: number, metrics: ProgressEvent['metrics'] = {}): ProgressEvent => ({
    type: 'progress',
    step: number,
    totalSteps: 10,
    metrics,
  })

  it('has its numbers as points, under the names that they are exported by', async () => {
    const numbers = { loss: 0.5, learningRate: 1e-4, samplesPerSecond: 7, 'eval acc': 1, errors: 2 }
    const entries = await entriesOf([step(1, numbers), step(2, { loss: 0.25 })])
    expect(only(entries, 'series').map(({ id, name, unit }) => `${id} ${name} ${unit}`)).toEqual([
      '2000 taskbeat.training.loss 1',
      '2001 taskbeat.training.learning_rate 1',
      '2002 taskbeat.training.throughput {sample}/s',
      '2003 taskbeat.training.eval_acc ',
      '2004 taskbeat.training.errors ',
      '2005 taskbeat.progress.percent %',
    ])
    expect(only(entries, 'p')).toEqual([
      { k: 'p', t: 0, step: 1, v: { 2000: 0.5, 2001: 1e-4, 2002: 7, 2003: 1, 2004: 2, 2005: 10 } },
      { k: 'p', t: 1_000, step: 2, v: { 2000: 0.25, 2005: 20 } },
    ])
  })

  it('is as late as it says', async () => {
    const entries = await entriesOf([{ ...step(1, { loss: 1 }), at }])
    expect(only(entries, 'p')).toMatchObject([{ t: 1_000 }])
  })

  it('that diverges is a moment once, and a point', async () => {
    const entries = await entriesOf([step(1, { loss: Number.NaN }), step(2, { loss: Infinity })])
    expect(only(entries, 'moment')).toEqual([
      { k: 'moment', t: 0, severity: 'WARN', text: 'loss is NaN at step 1' },
    ])
    expect(only(entries, 'p').map(({ v }) => v[2_000])).toEqual(['NaN', 'Infinity'])
  })

  it('tells how long it will take each five seconds', async () => {
    const steps = Array.from({ length: 12 }, (_, index) => step(index, {}))
    const entries = await entriesOf(steps, { seconds: () => 60 })
    expect(only(entries, 'go')).toEqual(
      [0, 5_000, 10_000].map((t) => ({ k: 'go', t, seconds: 60, totalSteps: 10 })),
    )
  })
})

describe('a metric', () => {
  const metric = (
    kind: 'gauge' | 'counter' | 'updowncounter' | 'histogram',
    value: number,
  ): WorkloadEvent => ({
    type: 'metric',
    ...{ name: 'tokens', value, unit: '{token}', kind, attributes: { split: 'train' } },
  })

  it.each([
    ['gauge', 'gauge', [3, 4]],
    ['counter', 'counter', [3, 7]],
    ['updowncounter', 'gauge', [3, 7]],
    ['histogram', 'gauge', [3, 4]],
  ] as const)('that is a %s is a curve', async (kind, shown, values) => {
    const entries = await entriesOf([metric(kind, 3), metric(kind, 4)])
    expect(only(entries, 'series')).toEqual([
      {
        ...{ k: 'series', t: 0, id: 2_000, name: 'tokens', unit: '{token}', kind: shown },
        attributes: { split: 'train' },
      },
    ])
    expect(only(entries, 'p').map(({ v }) => v[2_000])).toEqual(values)
  })
})

it('a checkpoint is a fact, and a span with its files', async () => {
  const entries = await entriesOf([
    { type: 'progress', step: 5, totalSteps: 10, metrics: {} },
    {
      ...{ type: 'checkpoint', name: 'c-5', metadata: {}, startedAt: at, endedAt: later, sizeBytes: 12 },
      files: [{ path: '/r/c-5/w', sizeBytes: 12, blockBytes: 4, startedAt: at, endedAt: later }],
    },
  ])
  expect(only(entries, 'checkpoint')).toEqual([
    {
      ...{ k: 'checkpoint', t: 2_000, name: 'c-5', startMs: 1_000, sizeBytes: 12 },
      ...{ percent: 50, files: 1, step: 5 },
    },
  ])
  expect(only(entries, 'span')).toMatchObject([
    { id: '2-1', name: 'taskbeat.checkpoint', t: 1_000, endMs: 2_000 },
    { id: '2-2', name: 'create_file', parent: '2-1' },
  ])
})

describe('spans', () => {
  const started = (id: string, parentId?: string): WorkloadEvent => ({
    ...{ type: 'span-started', at, id, name: `name of ${id}`, attributes: { a: 1 } },
    ...(parentId !== undefined && { parentId }),
  })
  const ended = (id: string): WorkloadEvent => ({ type: 'span-ended', at: later, id, attributes: { b: 2 } })

  it('are written when they end, in their parents', async () => {
    const entries = await entriesOf([started('x'), started('y', 'x'), ended('y'), ended('x'), ended('z')])
    expect(only(entries, 'span')).toEqual([
      {
        ...{ k: 'span', t: 1_000, endMs: 2_000, id: '2-2', name: 'name of y', attributes: { a: 1, b: 2 } },
        parent: '2-1',
      },
      { k: 'span', t: 1_000, endMs: 2_000, id: '2-1', name: 'name of x', attributes: { a: 1, b: 2 } },
    ])
  })

  it('that are open at the end say so', async () => {
    const entries = await entriesOf([started('x')])
    expect(only(entries, 'span')).toMatchObject([
      { name: 'name of x', error: 'the process ended before the span did' },
    ])
  })

  it('stand for epochs and phases', async () => {
    const entries = await entriesOf([
      { type: 'epoch-started', epoch: 1 },
      { type: 'epoch-started', epoch: 2 },
      { type: 'phase', name: 'grace', startedAt: at, endedAt: later, attributes: {} },
    ])
    expect(
      only(entries, 'span').map(({ name, t, endMs, attributes }) => ({ name, t, endMs, ...attributes })),
    ).toEqual([
      { name: 'taskbeat.segment', t: 0, endMs: 1_000, 'taskbeat.epoch': 1 },
      { name: 'taskbeat.phase', t: 1_000, endMs: 2_000, 'taskbeat.phase': 'grace' },
      { name: 'taskbeat.segment', t: 1_000, endMs: 3_000, 'taskbeat.epoch': 2 },
    ])
  })
})

describe('what it says', () => {
  it('is in the logs, with where it comes from', async () => {
    const line = { type: 'log', at, stream: 'stderr', severity: 'WARN', text: 'hot', attributes: {} } as const
    const entries = await entriesOf([
      line,
      { ...line, rank: 3, attributes: { gpu: 1 } },
      { type: 'event', at, name: 'evaluated', attributes: { split: 'dev' } },
      { type: 'message', severity: 'INFO', text: 'of ours' },
    ])
    expect(only(entries, 'log')).toEqual([
      { k: 'log', t: 1_000, severity: 13, text: 'hot', source: 'stderr' },
      { k: 'log', t: 1_000, severity: 13, text: 'hot', source: 'rank 3', attributes: { gpu: 1 } },
      { k: 'log', t: 1_000, severity: 9, text: 'evaluated', source: 'events', attributes: { split: 'dev' } },
    ])
    expect(only(entries, 'moment')).toEqual([{ k: 'moment', t: 3_000, severity: 'INFO', text: 'of ours' }])
  })

  it('of errors are moments too, as far as people read them', async () => {
    const error: WorkloadEvent = {
      ...{ type: 'error', at, message: 'no luck', errorType: 'ValueError', stack: 'line 1' },
      attributes: {},
    }
    const entries = await entriesOf(Array.from({ length: 60 }, () => error))
    expect(only(entries, 'moment')).toHaveLength(50)
    expect(only(entries, 'moment')[0]).toEqual({
      ...{ k: 'moment', t: 1_000, severity: 'ERROR', text: 'ValueError: no luck' },
    })
    expect(only(entries, 'log')).toHaveLength(60)
    expect(only(entries, 'log')[0]?.attributes).toEqual({
      'exception.type': 'ValueError',
      'exception.stacktrace': 'line 1',
    })
  })

  it('is without what is secret', async () => {
    const redact = (text: string) => text.replaceAll('s3cret', '[redacted]')
    const entries = await entriesOf(
      [
        { type: 'error', at, message: 'key s3cret', stack: 's3cret', attributes: { key: 's3cret' } },
        { type: 'event', at, name: 'login', attributes: { with: 's3cret' } },
        { type: 'span-started', at, id: 'x', name: 'n', attributes: { key: 's3cret' } },
        { type: 'span-ended', at, id: 'x', error: 's3cret', attributes: {} },
      ],
      { redact },
    )
    expect(entries).toHaveLength(4)
    expect(JSON.stringify(entries)).not.toContain('s3cret')
  })
})
