/** Whether all that `kafka-load.ts` recorded was read from Kafka, in order: TOLD READ, a file each. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const [told = '', read = ''] = process.argv.slice(2)
const { events, failures, lost } = JSON.parse(readFileSync(told, 'utf8'))
assert.deepEqual({ failures, lost }, { failures: 0, lost: 0 })

/** A line is the key, a tab, the value. */
const messages = readFileSync(read, 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [key, value = ''] = line.split('\t')
    return { key, record: JSON.parse(value) }
  })
const first = new Map(messages.map(({ record }) => [record.count, record] as const).toReversed())
const counts = [...first.keys()].toReversed()
assert.deepEqual(
  counts,
  Array.from({ length: events + 2 }, (_, index) => index + 1),
  'all, in order',
)
assert.equal(first.get(1)?.type, 'start')
assert.equal(first.get(events + 2)?.type, 'stop')
assert.deepEqual(
  [...first.values()].toReversed().flatMap(({ event }) => (event ? [event.attributes.n] : [])),
  Array.from({ length: events }, (_, n) => n),
)
for (const { key, record } of messages) assert.equal(key, record.trace_id)
process.stdout.write(`${events} events, ${messages.length - first.size} messages came twice\n`)
