import type { Clock } from '../../clock.ts'
import type { Answer } from '../../delivery/sender.ts'
import type { Settings } from '../../settings.ts'
import { taskResource } from '../../telemetry/resource.ts'
import { createSenders } from '../../telemetry/senders.ts'
import { type Destinations, destinationText } from '../../telemetry/signals.ts'
import { newTaskTrace } from '../../trace-context.ts'
import { placeOf, sentOf } from '../endpoints.ts'
import type { Canary } from '../facts.ts'
import { canaryBytes } from './items.ts'

export interface CanarySending {
  readonly settings: Settings
  readonly destinations: Destinations
  readonly version: string
  readonly clock: Clock
  /** Of each; a shorter timeout of the settings counts. */
  readonly limitMs: number
}

const outcomeOf = (answer: Answer): Pick<Canary, 'outcome' | 'reason'> => {
  const { kind, reason } = answer
  if (kind !== 'delivered') return { outcome: kind, reason }
  return { outcome: answer.rejected > 0 ? 'rejected' : 'delivered', reason }
}

/**
 * Loads what sends, which takes a while and lets nothing else happen. What it resolves to sends an item of each signal
 * that goes to a collector, through our own senders, all at once, and never rejects.
 */
export const loadCanaries = async (sending: CanarySending): Promise<() => Promise<readonly Canary[]>> => {
  const { settings, destinations, version, clock, limitMs } = sending
  const senders = createSenders(version)
  const opened = await Promise.all(
    sentOf(destinations).map(async (sent) => {
      try {
        return { ...sent, sender: await senders.open(sent.signal, sent.destination) }
      } catch (error) {
        // files for TLS that cannot be used
        return { ...sent, fault: (error as Error).message }
      }
    }),
  )
  const resource = taskResource(settings, version)
  const trace = newTaskTrace(settings.outerTraceparent)

  const send = async (one: (typeof opened)[number]): Promise<Canary> => {
    const { signal, destination } = one
    const about = { signal, place: placeOf(destination), destination: destinationText(destination) }
    if ('fault' in one) return { ...about, outcome: 'not sent', reason: one.fault, durationMs: 0 }
    const bytes = canaryBytes(signal, { resource, trace, nowMs: clock.now().getTime() })
    const timeoutMs = Math.min(limitMs, destination.timeoutMs)
    const startMs = clock.monotonicMs()
    const answer = await one.sender.send({ signal, timeoutMs, bytes })
    return { ...about, ...outcomeOf(answer), durationMs: clock.monotonicMs() - startMs }
  }

  return async () => {
    const canaries = await Promise.all(opened.map(send))
    // signals may share one
    for (const one of opened) if ('sender' in one) one.sender.close()
    return canaries
  }
}
