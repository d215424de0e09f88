import { describe, expect, it } from 'vitest'
import { mostOpenSpans } from '../../src/task-record/workload-spans.ts'
import { spanEnded, spanStarted } from './events.ts'
import { only, recorded } from './recording.ts'

const later = new Date('2026-11-20T10:00:05.000Z')
const scopeOf = { scope: 'taskbeat.workload' }

it('a span has its times, its name, its rank and what was said at its start and its end', async () => {
  const { spans } = await recorded((record) => {
    record.spanStarted(spanStarted('17', { name: 'load data', rank: 2, attributes: { shard: 1 } }))
    record.spanEnded(spanEnded('17', { at: later, attributes: { rows: 5 } }))
  })
  expect(only(spans, 'load data')).toMatchObject({
    ...scopeOf,
    startMs: Date.parse('2026-11-20T10:00:00.123Z'),
    endMs: later.getTime(),
    statusCode: 0,
    attributes: { shard: 1, rows: 5, 'taskbeat.rank': 2, 'taskbeat.run_id': 'r-1' },
  })
})

describe('a span is part of', () => {
  it('the span that it names', async () => {
    const { spans } = await recorded((record) => {
      record.spanStarted(spanStarted('outer'))
      record.spanStarted(spanStarted('inner', { parentId: 'outer' }))
      record.spanEnded(spanEnded('outer'))
      record.spanEnded(spanEnded('inner'))
    })
    expect(only(spans, 'inner').parentSpanId).toBe(only(spans, 'outer').spanId)
  })

  it.each([undefined, 'nobody knows'])('the task if it names %s', async (parentId) => {
    const { spans } = await recorded((record) => {
      record.spanStarted(spanStarted('a', parentId === undefined ? {} : { parentId }))
      record.spanEnded(spanEnded('a'))
    })
    expect(only(spans, 'a').parentSpanId).toBe(only(spans, 'taskbeat.task').spanId)
  })
})

it('a span that failed says why', async () => {
  const { spans } = await recorded((record) => {
    record.spanStarted(spanStarted('a'))
    record.spanEnded(spanEnded('a', { error: 'no space left' }))
  })
  expect(only(spans, 'a')).toMatchObject({ statusCode: 2, json: { status: { message: 'no space left' } } })
})

it('a span that nobody ended ends with the task, as an error', async () => {
  const { spans } = await recorded((record) => record.spanStarted(spanStarted('a')))
  expect(only(spans, 'a')).toMatchObject({
    statusCode: 2,
    json: { status: { message: 'the process ended before the span did' } },
  })
})

it('an id that is used again ends the span that had it', async () => {
  const { spans } = await recorded((record) => {
    record.spanStarted(spanStarted('step', { name: 'first' }))
    record.spanStarted(spanStarted('step', { name: 'second', at: later }))
    record.spanEnded(spanEnded('step', { at: later }))
  })
  expect(only(spans, 'first')).toMatchObject({ statusCode: 2, endMs: later.getTime() })
  expect(only(spans, 'second').statusCode).toBe(0)
})

it('ends of spans that are not open are counted, and told once', async () => {
  const { points, logs } = await recorded((record) => {
    for (const id of ['a', 'b', 'c']) record.spanEnded(spanEnded(id))
  })
  expect(points).toMatchObject([
    {
      name: 'taskbeat.workload.ignored',
      unit: '{item}',
      value: 3,
      attributes: { 'taskbeat.reason': 'span.end' },
    },
  ])
  expect(logs.filter(({ eventName }) => eventName === 'taskbeat.workload.ignored')).toMatchObject([
    { severity: 'WARN', body: "the span 'a' ended, but none of that id is open" },
  ])
})

it('spans beyond the most that may be open are counted, not kept', async () => {
  const { spans, points } = await recorded((record) => {
    for (let n = 0; n < mostOpenSpans + 5; n += 1) record.spanStarted(spanStarted(`${n}`))
    record.spanEnded(spanEnded('0'))
    record.spanStarted(spanStarted('room again'))
  })
  expect(spans.filter(({ scope }) => scope === 'taskbeat.workload')).toHaveLength(mostOpenSpans + 1)
  expect(only(points, 'taskbeat.workload.ignored')).toMatchObject({
    value: 5,
    attributes: { 'taskbeat.reason': 'span.count' },
  })
})
