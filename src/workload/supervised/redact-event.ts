import type { Attributes, WorkloadEvent } from '../../workload-events.ts'

type Redact = (text: string) => string

const redactAttributes = (attributes: Attributes, redact: Redact): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? redact(value) : value,
    ]),
  )

/** The event without what looks like a secret in its texts: a message of an exception may quote a token. */
export const redactEvent = (event: WorkloadEvent, redact: Redact): WorkloadEvent => {
  switch (event.type) {
    case 'error':
      return {
        ...event,
        message: redact(event.message),
        ...(event.stack !== undefined && { stack: redact(event.stack) }),
        attributes: redactAttributes(event.attributes, redact),
      }
    case 'span-ended':
      return {
        ...event,
        ...(event.error !== undefined && { error: redact(event.error) }),
        attributes: redactAttributes(event.attributes, redact),
      }
    case 'event':
    case 'span-started':
    case 'metric':
      return { ...event, attributes: redactAttributes(event.attributes, redact) }
    default:
      return event
  }
}
