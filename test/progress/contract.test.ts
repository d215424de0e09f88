import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/json.ts'
import {
  checkMetadata,
  checkName,
  checkPercent,
  judgeDocument,
  judgeEvent,
  judgeFirstSight,
  judgePoll,
  judgeTimer,
  MAX_METADATA_BYTES,
  type ProgressDocument,
  type ResultStrategy,
  type SentResult,
  STALE_AFTER_MS,
  startView,
  type WatchMode,
  WORKER_ERRORS,
} from '../../src/progress/contract.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 10)
const UNIT_MS = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
])

interface Vector {
  id: string
  mode: WatchMode
  strategy: ResultStrategy
  taskId: string
  documents: (string | null)[]
  verdict: { outcome: string; atDocument: number | null; error: string | null; sent: SentResult[] }
}

const vectors: Vector[] = readFileSync(
  join(import.meta.dirname, 'conformance', 'progress-vectors.jsonl'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

const fillInTimes = (document: string) =>
  document.replace(/\{\{now(?:([+-])((?:\d+[hms])+))?\}\}/g, (_, sign: string, duration = '') => {
    const parts = [...duration.matchAll(/(\d+)([hms])/g)]
    const offsetMs = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS.get(unit) ?? 0), 0)
    return new Date(NOW_MS + (sign === '-' ? -offsetMs : offsetMs)).toISOString()
  })

const judgeSequence = ({ mode, strategy, taskId, documents }: Vector): Vector['verdict'] => {
  let view = startView({ taskId, strategy })
  const sent: SentResult[] = []
  for (const [index, document] of documents.entries()) {
    const text = document === null ? undefined : fillInTimes(document)
    const judgement = mode === 'poll' ? judgePoll({ view, text, nowMs: NOW_MS }) : judgeEvent({ view, text })
    if (judgement.outcome === 'errored') {
      return { outcome: 'errored', atDocument: index, error: judgement.error, sent }
    }
    if (judgement.outcome === 'ignored') continue
    sent.push(judgement.result)
    if (judgement.outcome === 'completed')
      return { outcome: 'completed', atDocument: index, error: null, sent }
    view = judgement.view
  }
  return { outcome: 'running', atDocument: null, error: null, sent }
}

describe("the verdicts of NVIDIA's own worker", () => {
  test('there are 518', () => {
    expect(vectors).toHaveLength(518)
  })

  test.each(vectors)('$id is judged alike', (vector) => {
    expect(judgeSequence(vector)).toStrictEqual(vector.verdict)
  })
})

const describeDocument = (document: Partial<ProgressDocument>): ProgressDocument => ({
  taskId: 'task-1',
  percentComplete: 10,
  name: 'a',
  metadata: {},
  lastUpdatedAt: new Date(NOW_MS).toISOString(),
  ...document,
})

const writeDocument = (document: Partial<ProgressDocument> = {}) => JSON.stringify(describeDocument(document))

const view = startView({ taskId: 'task-1', strategy: 'UPLOAD' })

describe('judgeDocument', () => {
  test.each([
    {
      rule: 'task-id',
      fault: { taskId: 'x', lastUpdatedAt: '' },
      error: `taskId 'x' is invalid: ${WORKER_ERRORS.taskId}`,
    },
    { rule: 'timestamp', fault: { lastUpdatedAt: '', percentComplete: 0 }, error: WORKER_ERRORS.timestamp },
    {
      rule: 'percent-range',
      fault: { percentComplete: 101, name: '' },
      error: `percentComplete '101' is invalid: ${WORKER_ERRORS.percentRange}`,
    },
    {
      rule: 'percent-decreased',
      fault: { percentComplete: 19, name: '' },
      error: `percentComplete '19' is invalid: ${WORKER_ERRORS.percentDecrease}`,
    },
    {
      rule: 'name-length',
      fault: { percentComplete: 20, name: `./${'é'.repeat(95)}` },
      error: `result name: './${'é'.repeat(95)}' is invalid: ${WORKER_ERRORS.nameLength}`,
    },
    {
      rule: 'name-prefix',
      fault: { percentComplete: 20, name: '../é' },
      error: `result name: '../é' is invalid: ${WORKER_ERRORS.namePrefix}`,
    },
    {
      rule: 'name-characters',
      fault: { percentComplete: 20, name: 'é' },
      error: `result name: 'é' is invalid: ${WORKER_ERRORS.nameCharacters}`,
    },
    {
      rule: 'name-repeated',
      fault: { percentComplete: 21, name: 'last' },
      error: `result name: 'last' is invalid: ${WORKER_ERRORS.nameRepeated}`,
    },
  ])('of several faults the first in the worker’s order is named: $error', ({ rule, fault, error }) => {
    const laterView = { ...view, lastName: 'last', lastPercentComplete: 20 }
    expect(judgeDocument({ view: laterView, document: describeDocument(fault) })).toEqual({
      outcome: 'errored',
      rule,
      error,
    })
  })

  test('metadata are sent with keys in the order of their UTF-8 bytes, at every level', () => {
    const metadata = { b: [{ z: 1, y: 2 }], '😀': 1, '\uffff': 2, B: 3, é: 4 }
    const judgement = judgeDocument({ view, document: describeDocument({ metadata }) })
    expect(JSON.stringify('result' in judgement && judgement.result.metadata)).toBe(
      '{"B":3,"b":[{"y":2,"z":1}],"é":4,"\uffff":2,"😀":1}',
    )
  })

  test('metadata as deep as the decoder lets through are sent', () => {
    const text = writeDocument({ metadata: { k: 1 } }).replace(
      '1}',
      `${'['.repeat(9_998)}${']'.repeat(9_998)}}`,
    )
    expect(judgeEvent({ view, text }).outcome).toBe('sent')
  })
})

describe('age', () => {
  test.each([
    { ageMs: STALE_AFTER_MS, percentComplete: 10, outcome: 'sent' },
    { ageMs: STALE_AFTER_MS + 1, percentComplete: 10, outcome: 'errored' },
    { ageMs: STALE_AFTER_MS + 1, percentComplete: 100, outcome: 'completed' },
    { ageMs: -STALE_AFTER_MS, percentComplete: 10, outcome: 'sent' },
  ])('a poll finds $percentComplete %, $ageMs ms old: $outcome', ({ ageMs, percentComplete, outcome }) => {
    const text = writeDocument({ percentComplete, lastUpdatedAt: new Date(NOW_MS - ageMs).toISOString() })
    expect(judgePoll({ view, text, nowMs: NOW_MS }).outcome).toBe(outcome)
  })

  test('a poll looks at the age before the task id', () => {
    const text = writeDocument({ taskId: 'x', lastUpdatedAt: '2026-01-01T00:00:00Z' })
    expect(judgePoll({ view, text, nowMs: NOW_MS })).toEqual({
      outcome: 'errored',
      rule: 'stale',
      error: WORKER_ERRORS.stale,
    })
  })

  test.each([
    { at: 'the limit', nowMs: NOW_MS + STALE_AFTER_MS, outcome: 'ignored' },
    { at: 'a millisecond later', nowMs: NOW_MS + STALE_AFTER_MS + 1, outcome: 'errored' },
  ])('the timer of watch mode at $at: $outcome', ({ nowMs, outcome }) => {
    // Only age counts here: the foreign task id is left to the next event.
    const text = writeDocument({ taskId: 'x' })
    expect(judgeTimer({ text, nowMs, watchedMs: 0 }).outcome).toBe(outcome)
  })
})

describe('an absent or malformed file', () => {
  const hoursMs = (hours: number) => hours * 3_600_000
  test.each([
    { look: 'the first look', text: undefined, judge: judgeFirstSight, outcome: 'ignored' },
    { look: 'the first look', text: '{', judge: judgeFirstSight, outcome: 'ignored' },
    { look: 'an event', text: undefined, judge: judgeEvent, outcome: 'ignored' },
    { look: 'an event', text: '{', judge: judgeEvent, outcome: 'errored' },
  ])('$look at $text: $outcome', ({ text, judge, outcome }) => {
    expect(judge({ view, text }).outcome).toBe(outcome)
  })

  test('the first look takes every other fault seriously', () => {
    expect(judgeFirstSight({ view, text: '{}' })).toEqual({
      outcome: 'errored',
      rule: 'timestamp',
      error: WORKER_ERRORS.timestamp,
    })
  })

  test.each([
    { text: undefined, watchedMs: hoursMs(2), outcome: 'ignored' },
    { text: undefined, watchedMs: hoursMs(2) + 1, outcome: 'errored' },
    { text: '{', watchedMs: 0, outcome: 'errored' },
  ])('the timer after $watchedMs ms at $text: $outcome', ({ text, watchedMs, outcome }) => {
    expect(judgeTimer({ text, nowMs: NOW_MS, watchedMs }).outcome).toBe(outcome)
  })
})

describe('what we write', () => {
  test.each(['a', "!_-.*'()", '...', 'x'.repeat(190), 'output_result_0'])(
    'the name %j may be used',
    (name) => {
      expect(checkName(name)).toBeUndefined()
    },
  )

  test.each([
    { name: '', reason: /empty/ },
    { name: '.', reason: /whole results directory/ },
    { name: '..', reason: /whole results directory/ },
    { name: 'a/b', reason: /may hold only/ },
    { name: 'a b', reason: /may hold only/ },
    { name: 'a\n', reason: /may hold only/ },
    { name: 'é', reason: /may hold only/ },
    { name: 'x'.repeat(191), reason: /has 191 characters; at most 190/ },
  ])('the name $name may not: $reason', ({ name, reason }) => {
    expect(checkName(name)).toMatch(reason)
  })

  test.each([0, 1, 100])('%d percent may be written', (percentComplete) => {
    expect(checkPercent(percentComplete)).toBeUndefined()
  })

  test.each([-1, 0.5, 101, Number.NaN, Number.POSITIVE_INFINITY])('%d percent may not', (percentComplete) => {
    expect(checkPercent(percentComplete)).toBe(
      `percentComplete must be an integer from 0 to 100, got \`${percentComplete}\` (number)`,
    )
  })

  const cycle: Record<string, JsonValue> = {}
  cycle.self = cycle

  test.each([
    { what: 'none', metadata: {}, reason: undefined },
    { what: 'the largest', metadata: { k: 'x'.repeat(MAX_METADATA_BYTES - 8) }, reason: undefined },
    {
      what: 'a byte more',
      metadata: { k: 'x'.repeat(MAX_METADATA_BYTES - 7) },
      reason: /^metadata of 8388609 bytes/,
    },
    {
      what: 'what the worker would swell sixfold',
      metadata: { k: '<'.repeat(MAX_METADATA_BYTES / 6) },
      reason: /as the worker sends them/,
    },
    { what: 'a cycle', metadata: cycle, reason: /cannot be written as JSON: .*circular/ },
    { what: 'an array', metadata: JSON.parse('[]'), reason: /must be an object/ },
  ])('metadata: $what', ({ metadata, reason }) => {
    if (reason === undefined) expect(checkMetadata(metadata)).toBeUndefined()
    else expect(checkMetadata(metadata)).toMatch(reason)
  })
})
