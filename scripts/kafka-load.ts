/** Records events for some seconds, or until SIGTERM, brings them to Kafka, and tells what became of them. BROKER SECONDS A_SECOND */
import { setTimeout } from 'node:timers/promises'
import { createRecorder } from '../src/recorder/index.ts'
import { kafkaExporter } from '../src/recorder/kafka/index.ts'

const [broker = '', seconds, rate] = process.argv.slice(2)
const tickMs = 50
const eventsATick = Math.ceil((Number(rate) * tickMs) / 1000)

await using recorder = createRecorder({
  exporters: [kafkaExporter({ brokers: [broker], client: { autocreateTopics: true } })],
  log: (line) => process.stderr.write(`${line}\n`),
})
let events = 0
let isOver = false
// timeout(1) sends it twice: to its child, and to its group
process.on('SIGTERM', () => {
  isOver = true
})
await recorder.timedSpan('job', {}, async (span) => {
  const endMs = performance.now() + Number(seconds) * 1000
  while (!isOver && performance.now() < endMs) {
    for (let index = 0; index < eventsATick; index += 1) {
      recorder.event(span, 'tick', { attributes: { n: events } })
      events += 1
    }
    await setTimeout(tickMs)
  }
})
const startedMs = performance.now()
await recorder.close()
const [exporter] = recorder.stats().exporters
process.stdout.write(`${JSON.stringify({ ...exporter, events, closeMs: performance.now() - startedMs })}\n`)
