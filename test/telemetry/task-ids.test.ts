import { expect, it } from 'vitest'
import { taskIds } from '../../src/telemetry/task-ids.ts'
import { newTaskTrace } from '../../src/trace-context.ts'

const random = { generateTraceId: () => 'random trace', generateSpanId: () => 'random span' }

it('gives the first span the ids of the task, and the others random ones', () => {
  const trace = newTaskTrace(undefined)
  const ids = taskIds(trace, random)
  expect([ids.generateSpanId(), ids.generateSpanId(), ids.generateSpanId()]).toEqual([
    trace.spanId,
    'random span',
    'random span',
  ])
  expect([ids.generateTraceId(), ids.generateTraceId()]).toEqual([trace.traceId, 'random trace'])
})

it('gives no other root the trace that the task is part of', () => {
  const trace = newTaskTrace('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
  const ids = taskIds(trace, random)
  expect(ids.generateSpanId()).toBe(trace.spanId)
  expect(ids.generateTraceId()).toBe('random trace')
})

it('makes real ids of its own', () => {
  const ids = taskIds(newTaskTrace(undefined))
  ids.generateSpanId()
  ids.generateTraceId()
  expect(ids.generateSpanId()).toMatch(/^[\da-f]{16}$/)
  expect(ids.generateTraceId()).toMatch(/^[\da-f]{32}$/)
})
