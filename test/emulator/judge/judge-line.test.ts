import { describe, expect, test } from 'vitest'
import { judgeLine } from '../../../src/emulator/judge/judge-line.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 10)
const document = JSON.stringify({ name: 'a', percentComplete: 10, lastUpdatedAt: '{{now}}' })
const sequence = { id: 'x', mode: 'watch', strategy: 'UPLOAD', taskId: 't', documents: [document] }
const { documents: _, ...setup } = sequence
const sent = { name: 'a', percentComplete: 10, status: 'IN_PROGRESS', metadata: {} }
const verdict = { outcome: 'running', atDocument: null, error: null, sent: [sent] }
const timeline = { ...setup, timeline: [{ at: '0s', document }], until: '4m' }
const timelineVerdict = { ...verdict, sent: [{ at: '0s', ...sent }] }

const judge = (value: unknown) =>
  judgeLine({ number: 7, text: typeof value === 'string' ? value : JSON.stringify(value) }, NOW_MS)

describe('a line that cannot be judged', () => {
  test.each([
    { line: '{', error: /^the line is no JSON: / },
    { line: '[1]', error: /^a line must be a JSON object, got an array$/ },
    { line: 'null', error: /got null$/ },
    { line: '{}', error: /^a line must have documents, or timeline and until$/ },
    { line: document, error: /is a progress document, not a case/ },
    { line: { ...sequence, ...timeline }, error: /either documents or a timeline/ },
    { line: { ...sequence, mode: 'Watch' }, error: /^mode must be "watch" or "poll", got "Watch"$/ },
    {
      line: { ...sequence, strategy: 'upload' },
      error: /^strategy must be "UPLOAD" or "NONE", got "upload"$/,
    },
    { line: { ...sequence, strategy: undefined }, error: /^strategy must be .* got nothing$/ },
    { line: { ...sequence, taskId: 5 }, error: /^taskId must be a string, got 5$/ },
    { line: { ...sequence, documents: {} }, error: /^documents must be an array, got an object$/ },
    { line: { ...sequence, documents: ['', 5] }, error: /^documents\[1\] must be a string or null, got 5$/ },
    { line: { ...sequence, readAt: ['x'] }, error: /^readAt\[0\] must be a time such as/ },
    { line: { ...sequence, readAt: [] }, error: /one time for each document/ },
    { line: { ...timeline, until: undefined }, error: /^until must be a duration .*, got nothing$/ },
    { line: { ...timeline, until: 5 }, error: /^until must be a duration .*, got 5$/ },
    { line: { ...timeline, timeline: [5] }, error: /^timeline\[0\] must be an object, got 5$/ },
    { line: { ...timeline, timeline: [{ at: '5 min', document }] }, error: /^timeline\[0\].at must be/ },
    { line: { ...timeline, timeline: [{ at: '5s' }] }, error: /^timeline\[0\].document must be/ },
    {
      line: {
        ...timeline,
        timeline: [
          { at: '5s', document },
          { at: '4s', document },
        ],
      },
      error: /^timeline\[1\].at must not be before/,
    },
  ])('$error', ({ line, error }) => {
    const judged = judge(line)
    expect(judged).toMatchObject({ kind: 'refused', number: 7, error: expect.stringMatching(error) })
    expect(JSON.parse(judged.text)).toMatchObject({ line: 7, error: expect.stringMatching(error) })
  })

  test('is named by its id if it has one', () => {
    expect(JSON.parse(judge({ ...sequence, mode: 'x' }).text)).toMatchObject({ line: 7, id: 'x' })
  })
})

describe('a line with a verdict', () => {
  const late = (at: string) => ({ ...timelineVerdict, sent: [{ at, ...sent }] })

  test.each([
    { line: sequence, verdict: undefined, agrees: undefined },
    { line: sequence, verdict: null, agrees: undefined },
    { line: sequence, verdict, agrees: true },
    { line: sequence, verdict: { outcome: 'running', sent: [sent], note: 1 }, agrees: true },
    { line: sequence, verdict: 'running', agrees: false },
    { line: sequence, verdict: { ...verdict, outcome: 'completed' }, agrees: false },
    { line: sequence, verdict: { ...verdict, atDocument: 0 }, agrees: false },
    { line: sequence, verdict: { ...verdict, error: 'x' }, agrees: false },
    { line: sequence, verdict: { ...verdict, sent: [] }, agrees: false },
    { line: sequence, verdict: { ...verdict, sent: [sent, sent] }, agrees: false },
    { line: sequence, verdict: { ...verdict, sent: [{ ...sent, metadata: { k: 1 } }] }, agrees: false },
    { line: timeline, verdict: timelineVerdict, agrees: true },
    { line: timeline, verdict: late('1s'), agrees: true },
    { line: timeline, verdict: late('1001ms'), agrees: false },
    { line: timeline, verdict: late('soon'), agrees: false },
    { line: timeline, verdict, agrees: false },
    { line: { ...timeline, mode: 'poll' }, verdict: late('10s'), agrees: true },
    { line: { ...timeline, mode: 'poll' }, verdict: late('10.001s'), agrees: false },
  ])('$verdict: $agrees', ({ line, verdict, agrees }) => {
    expect(judge({ ...line, verdict })).toMatchObject({ kind: 'judged', agrees })
  })
})

describe('a judged line', () => {
  test('keeps every member as it was, and their order', () => {
    const text = `{"zz": 12345678901234567890, "verdict": {"old": 1}, ${JSON.stringify(sequence).slice(1)}`
    expect(judge(text).text).toBe(text.replace('{"old": 1}', JSON.stringify(verdict)))
  })

  test('judged again, it stays the same', () => {
    for (const line of [sequence, timeline]) {
      const once = judge(line).text
      expect(judge(once).text).toBe(once)
    }
  })

  test.each([
    { nest: 9_998, outcome: 'running', what: 'as deep as the worker accepts' },
    { nest: 9_999, outcome: 'errored', what: 'one level deeper' },
    { nest: 1_000_000, outcome: 'errored', what: 'a million levels deep' },
  ])('metadata $what', ({ nest, outcome }) => {
    const deep = `${document.slice(0, -1)},"metadata":{"k":${'['.repeat(nest)}${']'.repeat(nest)}}}`
    const judged = judge({ ...sequence, documents: [deep] })
    expect(judged).toMatchObject({ kind: 'judged', outcome })
    expect(judge(judged.text)).toMatchObject({ text: judged.text, agrees: true })
  })

  test('documents are read at their own times, where the line says them', () => {
    const old = document.replace('{{now}}', '2026-01-01T00:00:00Z')
    const polled = { ...sequence, mode: 'poll', documents: [old] }
    expect(judge(polled)).toMatchObject({ outcome: 'errored' })
    expect(judge({ ...polled, readAt: ['2026-01-01T00:04:00Z'] })).toMatchObject({ outcome: 'running' })
  })

  test('a result that the control plane refuses as too large is not among the sent', () => {
    const big = (name: string, percentComplete: number) =>
      JSON.stringify({
        name,
        percentComplete,
        lastUpdatedAt: '{{now}}',
        metadata: { k: 'x'.repeat(11_000_000) },
      })
    const verdictOf = (documents: string[]) => JSON.parse(judge({ ...sequence, documents }).text).verdict
    expect(verdictOf([big('big', 5)])).toEqual({ ...verdict, sent: [] })
    expect(verdictOf([big('big', 5), document])).toEqual({
      outcome: 'errored',
      atDocument: 1,
      error: 'EOF',
      sent: [],
    })
    expect(verdictOf([big('big', 100)])).toMatchObject({ outcome: 'errored', atDocument: 0 })
  })
})
