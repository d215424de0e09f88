import { expect, it } from 'vitest'
import { redactEvent } from '../../../src/workload/supervised/redact-event.ts'
import type { WorkloadEvent } from '../../../src/workload-events.ts'

const at = new Date(0)
const attributes = { where: 'at SECRET', step: 5, isLast: true }
const redact = (text: string) => text.replaceAll('SECRET', '[redacted]')

const events: readonly WorkloadEvent[] = [
  { type: 'error', at, message: 'bad SECRET', stack: 'in SECRET', attributes },
  { type: 'event', at, name: 'resumed', attributes },
  { type: 'span-started', at, id: '1', name: 'evaluate', attributes },
  { type: 'span-ended', at, id: '1', error: 'no SECRET', attributes },
  { type: 'metric', name: 'tokens', value: 5, kind: 'gauge', attributes },
]

it.each(events)('texts of $type lose what is secret, and nothing else', (event) => {
  const redacted = redactEvent(event, redact)
  expect(JSON.stringify(redacted)).toBe(JSON.stringify(event).replaceAll('SECRET', '[redacted]'))
  expect(JSON.stringify(redacted)).toContain('[redacted]')
})

it('an event without texts stays the same', () => {
  const event: WorkloadEvent = { type: 'progress', step: 1, metrics: {} }
  expect(redactEvent(event, redact)).toBe(event)
})
