import { describe, expect, it } from 'vitest'
import type { CheckpointFacts, TaskRecord } from '../../src/task-record/record.ts'
import { newTaskTrace } from '../../src/trace-context.ts'
import { errorEvent, logEvent, metricEvent, spanEnded, spanStarted, state } from './events.ts'
import { only, recorded } from './recording.ts'

const startedAt = new Date('2026-11-20T10:00:00.000Z')
const endedAt = new Date('2026-11-20T10:00:02.500Z')

const checkpoint = (known: Partial<CheckpointFacts> = {}): CheckpointFacts => ({
  ...{ type: 'checkpoint', name: 'checkpoint-1', percentComplete: 40, metadata: {} },
  ...{ startedAt, endedAt, sizeBytes: 123 },
  ...known,
})

const outer = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'

const everything = (record: TaskRecord) => {
  record.progress(state({ step: 1, metrics: { loss: 2 } }))
  record.log(logEvent('hello'))
  record.spanStarted(spanStarted('a'))
  record.spanEnded(spanEnded('a'))
  record.metric(metricEvent('m', 1))
  record.error(errorEvent('oh'))
  record.checkpointSaved(checkpoint())
  record.phase({ name: 'grace', startedAt, endedAt, attributes: {} })
}

describe.each(['grpc', 'http'] as const)('over %s', (way) => {
  it('everything arrives in the one trace that the workload was told of', async () => {
    const trace = newTaskTrace(outer)
    const { spans, points, logs } = await recorded(everything, { way, trace, startedAt })
    expect(new Set([...spans, ...logs].map(({ traceId }) => traceId))).toEqual(new Set([trace.traceId]))
    expect(only(spans, 'taskbeat.task')).toMatchObject({
      spanId: trace.spanId,
      parentSpanId: '00f067aa0ba902b7',
      startMs: startedAt.getTime(),
    })
    for (const name of ['taskbeat.segment', 'taskbeat.phase', 'a'])
      expect(only(spans, name).parentSpanId).toBe(trace.spanId)
    const segment = only(spans, 'taskbeat.segment')
    expect(only(spans, 'taskbeat.checkpoint').parentSpanId).toBe(segment.spanId)
    expect(
      Object.fromEntries(logs.map(({ eventName, body, spanId }) => [eventName || body, spanId])),
    ).toEqual({
      'taskbeat.task.started': trace.spanId,
      hello: segment.spanId,
      exception: segment.spanId,
      'taskbeat.checkpoint.saved': only(spans, 'taskbeat.checkpoint').spanId,
      'taskbeat.task.ended': trace.spanId,
    })
    expect(logs[0]?.timeMs).toBe(startedAt.getTime())
    expect(only(points, 'm').value).toBe(1)
  })
})

describe('the task’s span', () => {
  it('is the root of a new trace if nobody gave one', async () => {
    const trace = newTaskTrace(undefined)
    const { spans } = await recorded(() => {}, { trace })
    expect(only(spans, 'taskbeat.task')).toMatchObject({
      traceId: trace.traceId,
      spanId: trace.spanId,
      parentSpanId: '',
    })
  })

  it('is linked to the one of the previous attempt', async () => {
    const { spans } = await recorded(() => {}, { previous: outer })
    expect(only(spans, 'taskbeat.task').json.links).toMatchObject([
      { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
    ])
  })

  it.each([undefined, 'nonsense'])('has no link if the previous one is %s', async (previous) => {
    const { spans } = await recorded(() => {}, { previous })
    expect(only(spans, 'taskbeat.task').json.links ?? []).toEqual([])
  })

  it('says what is known of the task, and its first record too', async () => {
    const { spans, logs } = await recorded(() => {}, { attributes: { 'process.command': 'python' } })
    const known = { 'process.command': 'python', 'taskbeat.run_id': 'r-1', 'taskbeat.attempt': 2 }
    expect(only(spans, 'taskbeat.task').attributes).toMatchObject({ ...known, 'taskbeat.workload': 'a test' })
    expect(logs[0]).toMatchObject({ eventName: 'taskbeat.task.started', attributes: known })
  })

  it('ends with the verdict, on the span, in an event of it and in a record', async () => {
    const verdict = { 'process.exit.code': 137, 'taskbeat.step.last': 7 }
    const { spans, logs } = await recorded((record) => record.ended('ERROR', 'it was killed', verdict), {
      isEnded: false,
    })
    const task = only(spans, 'taskbeat.task')
    expect(task).toMatchObject({
      attributes: verdict,
      statusCode: 2,
      json: { status: { message: 'it was killed' } },
    })
    expect(task.events).toMatchObject([
      { name: 'taskbeat.task.ended', attributes: { 'taskbeat.verdict': 'it was killed' } },
    ])
    expect(logs.at(-1)).toMatchObject({
      eventName: 'taskbeat.task.ended',
      severity: 'ERROR',
      body: 'it was killed',
      attributes: verdict,
      spanId: task.spanId,
    })
  })

  it('is no error if the task was only stopped', async () => {
    const { spans } = await recorded((record) => record.ended('WARN', 'stopped by SIGTERM', {}), {
      isEnded: false,
    })
    expect(only(spans, 'taskbeat.task').statusCode).toBe(0)
  })
})

it('log records name the trace of the workload even where no spans are sent', async () => {
  const trace = newTaskTrace(outer)
  const { spans, logs } = await recorded(everything, { trace, env: { OTEL_TRACES_EXPORTER: 'none' } })
  expect(spans).toEqual([])
  expect(new Set(logs.map(({ traceId, spanId }) => `${traceId} ${spanId}`))).toEqual(
    new Set([`${trace.traceId} ${trace.spanId}`]),
  )
})

it('a sampler that drops the task’s span drops all spans in it', async () => {
  const before = process.env.OTEL_TRACES_SAMPLER
  process.env.OTEL_TRACES_SAMPLER = 'parentbased_always_off'
  try {
    const { spans } = await recorded(everything, { trace: newTaskTrace(undefined) })
    expect(spans).toEqual([])
  } finally {
    if (before === undefined) delete process.env.OTEL_TRACES_SAMPLER
    else process.env.OTEL_TRACES_SAMPLER = before
  }
})

describe('a checkpoint', () => {
  it('has the step and the epoch of the progress so far, unless it says its own', async () => {
    const { spans } = await recorded((record) => {
      record.progress(state({ step: 12, epoch: 1.5 }))
      record.checkpointSaved(checkpoint({ name: 'a' }))
      record.checkpointSaved(checkpoint({ name: 'b', step: 10, epoch: 1 }))
    })
    const found = spans.filter(({ name }) => name === 'taskbeat.checkpoint')
    expect(found.map(({ attributes }) => attributes)).toMatchObject([
      { 'taskbeat.checkpoint': 'a', 'taskbeat.step': 12, 'taskbeat.epoch': 1.5 },
      { 'taskbeat.checkpoint': 'b', 'taskbeat.step': 10, 'taskbeat.epoch': 1 },
    ])
  })

  it('of which little is known has its times, its size and its name', async () => {
    const { spans, points, logs } = await recorded((record) => record.checkpointSaved(checkpoint()))
    const span = only(spans, 'taskbeat.checkpoint')
    expect(span).toMatchObject({ startMs: startedAt.getTime(), endMs: endedAt.getTime() })
    expect(Object.keys(span.attributes)).not.toContain('taskbeat.step')
    expect(span.parentSpanId).toBe(only(spans, 'taskbeat.task').spanId)
    expect(only(points, 'taskbeat.checkpoint.size')).toMatchObject({ unit: 'By', value: 123 })
    expect(only(points, 'taskbeat.checkpoint.duration').json).toMatchObject({ sum: 2.5 })
    expect(only(points, 'task_results_count').value).toBe(1)
    expect(only(points, 'task_progress_gauge').value).toBe(40)
    expect(logs[1]).toMatchObject({
      body: 'Output result: checkpoint-1, task progress: 40%',
      attributes: { 'taskbeat.checkpoint.size': 123 },
    })
  })
})

it('a phase of the end is a span and a duration', async () => {
  const { spans, points } = await recorded((record) =>
    record.phase({ name: 'last checkpoint', startedAt, endedAt, attributes: { signal: 'SIGTERM' } }),
  )
  expect(only(spans, 'taskbeat.phase')).toMatchObject({
    startMs: startedAt.getTime(),
    endMs: endedAt.getTime(),
    attributes: { 'taskbeat.phase': 'last checkpoint', signal: 'SIGTERM' },
  })
  expect(only(points, 'taskbeat.phase.duration')).toMatchObject({
    unit: 's',
    attributes: { 'taskbeat.phase': 'last checkpoint' },
    json: { sum: 2.5 },
  })
})

it('no metric has a correlation key', async () => {
  const { points } = await recorded((record) => {
    everything(record)
    const attributes = { 'taskbeat.run_id': 'x', 'taskbeat.request_id': 'y', shard: 1 }
    record.metric(metricEvent('keyed', 1, { attributes }))
  })
  const keys = points.flatMap(({ attributes }) => Object.keys(attributes))
  expect(new Set(keys)).toEqual(new Set(['error.type', 'taskbeat.phase', 'taskbeat.reason', 'shard']))
})

describe('readings', () => {
  it('are taken when metrics are collected', async () => {
    const readings = { progressAgeSeconds: () => 4.5, timeToGoSeconds: () => 60 }
    const { points } = await recorded(() => {}, { readings })
    expect(only(points, 'taskbeat.progress.age')).toMatchObject({ kind: 'gauge', unit: 's', value: 4.5 })
    expect(only(points, 'taskbeat.progress.time_to_go')).toMatchObject({ unit: 's', value: 60 })
  })

  it('that nobody can tell have no point', async () => {
    const readings = { progressAgeSeconds: () => undefined, timeToGoSeconds: () => Number.POSITIVE_INFINITY }
    const { points } = await recorded(() => {}, { readings })
    expect(points.filter(({ name }) => name.startsWith('taskbeat.progress'))).toEqual([])
  })
})
