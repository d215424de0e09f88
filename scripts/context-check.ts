/** `context-check.ts TRACES joined|apart`: whether the spans of a child of `taskbeat run` are what they should be. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { spansOf } from '../src/emulator/receiver/received.ts'

const [file = '', expected] = process.argv.slice(2)
const spans = readFileSync(file, 'utf8')
  .split('\n')
  .filter(Boolean)
  .flatMap((line) => spansOf(JSON.parse(line)))
const named = (name: string) => spans.filter((span) => span.name === name)
const [task, others] = [named('taskbeat.task')[0], named('train')]
const [train] = others
assert(
  task && train && others.length === 1,
  `there is a task with one training: ${spans.map(({ name }) => name)}`,
)

assert.equal(train.traceId === task.traceId, expected === 'joined', 'the trace')
assert.equal(train.parentSpanId, expected === 'joined' ? task.spanId : '', 'the parent')
assert.deepEqual(
  named('step').map(({ parentSpanId, traceId }) => [parentSpanId, traceId]),
  [1, 2, 3].map(() => [train.spanId, train.traceId]),
  'its steps are within it',
)
for (const key of ['taskbeat.run_id', 'taskbeat.attempt', 'taskbeat.task_id', 'taskbeat.session_id']) {
  assert(task.attributes[key], `the task's span has ${key}`)
  assert.equal(train.resource[key], String(task.attributes[key]), `${key} of the child's resource`)
}
assert.equal(train.resource['service.name'], task.resource['service.name'], 'the name of the service')
