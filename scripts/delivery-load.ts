/** `node scripts/delivery-load.ts SECONDS`: 50 lines and 10 spans a second, as a command of `taskbeat run` says them. */
import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const seconds = Number(process.argv[2])
const events = process.env.TASKBEAT_EVENTS ?? ''
for (let tick = 0; tick < seconds * 10; tick += 1) {
  for (let line = 0; line < 5; line += 1) process.stdout.write(`line ${tick * 5 + line}\n`)
  const id = `s${tick}`
  const lines = [{ type: 'span_start', name: 'work', id }, { type: 'span_end', id }, { step: tick + 1 }]
  appendFileSync(events, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await setTimeout(100)
}
