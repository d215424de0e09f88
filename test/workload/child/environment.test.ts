import { expect, it } from 'vitest'
import { childEnvironment } from '../../../src/workload/child/environment.ts'

const own = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  eventsFile: '/results/.taskbeat/events-2.jsonl',
  runId: 'run',
  attempt: 2,
  capturesOutput: false,
}

it('the command gets our environment unchanged, and what ties it to the task', () => {
  expect(childEnvironment({ NVCT_TASK_ID: 't-1', OTEL_SERVICE_NAME: 'x', EMPTY: '' }, own)).toEqual({
    NVCT_TASK_ID: 't-1',
    OTEL_SERVICE_NAME: 'x',
    EMPTY: '',
    TRACEPARENT: own.traceparent,
    TASKBEAT_EVENTS: '/results/.taskbeat/events-2.jsonl',
    TASKBEAT_RUN_ID: 'run',
    TASKBEAT_ATTEMPT: '2',
  })
})

it.each([
  { what: 'in a pipe Python does not keep lines back', capturesOutput: true, ours: {}, expected: '1' },
  { what: 'its owner may want it to', capturesOutput: true, ours: { PYTHONUNBUFFERED: '' }, expected: '' },
  { what: 'on a terminal it does not anyway', capturesOutput: false, ours: {}, expected: undefined },
])('$what', ({ capturesOutput, ours, expected }) => {
  expect(childEnvironment(ours, { ...own, capturesOutput }).PYTHONUNBUFFERED).toBe(expected)
})

it('a span that nobody will see is not named; one from outside stays', () => {
  expect(childEnvironment({}, { ...own, traceparent: undefined })).not.toHaveProperty('TRACEPARENT')
  expect(childEnvironment({ TRACEPARENT: 'outer' }, { ...own, traceparent: undefined }).TRACEPARENT).toBe(
    'outer',
  )
})
