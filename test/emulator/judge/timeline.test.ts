import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TimelineCase } from '../../../src/emulator/judge/case.ts'
import { formatGoDuration } from '../../../src/emulator/judge/go-duration.ts'
import { fillInTimes } from '../../../src/emulator/judge/placeholders.ts'
import { judgeTimeline } from '../../../src/emulator/judge/timeline.ts'
import { look, nextLookMs, startWorker } from '../../../src/emulator/worker.ts'

const START_MS = Date.UTC(2026, 10, 20, 10)
const YEAR_MS = 365 * 24 * 3_600_000

const write = (name: string, percentComplete: number, lastUpdatedAt = '{{now}}') =>
  JSON.stringify({ name, percentComplete, lastUpdatedAt })

const timelineOf = (
  changes: readonly (readonly [number, string | null])[],
  rest: Partial<TimelineCase> = {},
) => ({
  kind: 'timeline' as const,
  taskId: 't',
  strategy: 'UPLOAD' as const,
  mode: 'watch' as const,
  timeline: changes.map(([atMs, document]) => ({ atMs, document })),
  untilMs: 600_000,
  ...rest,
})

/** The same by a worker that is given every single look: slow, and plainly right. */
const judgeSlowly = ({ timeline, untilMs, ...options }: TimelineCase): readonly string[] => {
  let worker = startWorker(options, START_MS)
  let nowMs = START_MS
  let text: string | undefined
  const told: string[] = []
  const rest = [...timeline]
  for (;;) {
    const nextMs = nextLookMs(worker)
    if (nextMs === undefined) return told
    const changeMs = START_MS + (rest[0]?.atMs ?? Infinity)
    const isChange = changeMs <= Math.max(nextMs, nowMs)
    nowMs = isChange ? changeMs : Math.max(nextMs, nowMs)
    if (nowMs > START_MS + untilMs) return told
    if (isChange) {
      const document = rest.shift()?.document ?? null
      text = document === null ? undefined : fillInTimes(document, nowMs)
    }
    const step = look(worker, { cause: isChange ? 'event' : 'tick', atMs: nowMs, text })
    worker = step.worker
    const at = formatGoDuration(nowMs - START_MS)
    for (const event of step.happened) {
      if (event.type === 'sent') told.push(`${at} ${event.result.name}`)
      if (event.type === 'completed') told.push(`${at} completed`)
      if (event.type === 'errored') told.push(`${at} ${event.error}`)
    }
  }
}

const judgeQuickly = (timeline: TimelineCase): readonly string[] => {
  const { sent, outcome, atTime, error } = judgeTimeline(timeline, START_MS)
  const end = outcome === 'running' ? [] : [`${atTime} ${error ?? outcome}`]
  return [...sent.map(({ at, name }) => `${at} ${name}`), ...end]
}

const document = fc.oneof(
  fc.constantFrom(null, '{', '', '{"percentComplete":1.5,"name":"left"}'),
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c', 'd', ''),
      percent: fc.integer({ min: 0, max: 30 }),
      time: fc.constantFrom('{{now}}', '{{now}}', '{{now-4m50s}}', '{{now-6m}}', '{{now+20m}}', 'bad'),
    })
    .map(({ name, percent, time }) => write(name, percent, time)),
)
const gapMs = fc.oneof(
  fc.integer({ min: 1, max: 700 }),
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 250_000, max: 350_000 }),
  fc.integer({ min: 1, max: 400_000 }),
)
const timeline = fc
  .record({
    mode: fc.constantFrom('watch' as const, 'poll' as const),
    strategy: fc.constantFrom('UPLOAD' as const, 'NONE' as const),
    steps: fc.array(fc.tuple(gapMs, document), { maxLength: 12 }),
    first: document,
  })
  .map(({ mode, strategy, steps, first }) => {
    let atMs = 0
    const changes = steps.map(([gap, text]): [number, string | null] => {
      atMs += gap
      return [atMs, text]
    })
    return timelineOf([[0, first], ...changes], { mode, strategy, untilMs: atMs + 2_000_000 })
  })

describe('judgeTimeline', () => {
  test('finds what a worker finds that makes every look', () => {
    fc.assert(
      fc.property(timeline, (timeline) => {
        expect(judgeQuickly(timeline)).toEqual(judgeSlowly(timeline))
      }),
      { numRuns: 1_500 },
    )
  })

  test('a timer that found nothing is not made up for by a later, older document', () => {
    const timeline = timelineOf([
      [0, write('a', 1)],
      [2_000, write('a', 1)],
      [310_000, write('b', 2, '{{now-6m}}')],
      [311_000, write('b', 2)],
    ])
    expect(judgeQuickly({ ...timeline, untilMs: 400_000 })).toEqual(['0s a', '5m10s b'])
  })

  test('a hundred years of polls take no time', () => {
    const before = performance.now()
    const timeline = timelineOf([[0, write('a', 10, '{{now+876000h}}')]], {
      mode: 'poll',
      untilMs: 102 * YEAR_MS,
    })
    expect(judgeTimeline(timeline, START_MS)).toMatchObject({ outcome: 'errored', atTime: '876000h5m5s' })
    expect(performance.now() - before).toBeLessThan(1_000)
  })

  test('a timeline without a file ends when the file should be there', () => {
    expect(judgeTimeline(timelineOf([], { untilMs: 8_000_000 }), START_MS)).toEqual({
      outcome: 'errored',
      atDocument: null,
      atTime: '2h0m0s',
      error: 'task container is not ready as progress file is not created',
      sent: [],
    })
  })

  test('times may be fractions, and before the start', () => {
    const changes: [number, string][] = [
      [-3_000, write('a', 1)],
      [1.5, write('b', 2)],
      [2_000.25, write('c', 3)],
    ]
    expect(judgeQuickly(timelineOf(changes, { untilMs: 5_000 }))).toEqual(['0s a', '1.5ms b', '2.00025s c'])
  })

  test('what happens at the very end of the time counts', () => {
    const timeline = timelineOf([[0, write('a', 1, '{{now-1s}}')]], { untilMs: 300_000 })
    expect(judgeTimeline(timeline, START_MS).outcome).toBe('errored')
    expect(judgeTimeline({ ...timeline, untilMs: 299_999 }, START_MS).outcome).toBe('running')
  })
})
