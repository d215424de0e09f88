import { MetricIntake } from '../delivery/intake/metric-intake.ts'
import { logIntake, spanIntake } from '../delivery/intake/processors.ts'
import type { Outbox } from '../delivery/outbox.ts'
import type { Settings } from '../settings.ts'
import { type CollectorOutboxOptions, openCollectorOutbox } from './open-outbox.ts'
import type { Parts } from './parts.ts'

export interface OutboxPartsOptions extends CollectorOutboxOptions {
  readonly settings: Settings
}

/**
 * Opens the outbox for all signals that go to a collector, and adds what hands their items to it.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const addOutbox = async (parts: Parts, options: OutboxPartsOptions): Promise<Outbox> => {
  const { routes, settings, clock } = options
  const outbox = await openCollectorOutbox(options)
  for (const { signal, counter } of routes) {
    const { accept } = outbox
    const shared = { accept, counter, clock }
    if (signal === 'traces')
      parts.spanProcessors.push(spanIntake({ ...shared, delayMs: settings.spanDelayMs }))
    else if (signal === 'logs')
      parts.logRecordProcessors.push(logIntake({ ...shared, delayMs: settings.logDelayMs }))
    else
      parts.metricReaders.push(
        new MetricIntake({
          ...shared,
          intervalMs: settings.metricIntervalMs,
          preference: settings.metricsTemporality,
          random: Math.random,
        }),
      )
  }
  return outbox
}
