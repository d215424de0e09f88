import type { Clock } from '../clock.ts'
import { MetricIntake } from '../delivery/intake/metric-intake.ts'
import { logIntake, spanIntake } from '../delivery/intake/processors.ts'
import { type Outbox, openOutbox } from '../delivery/outbox.ts'
import { openSpool } from '../delivery/spool/open-spool.ts'
import { createQuiet } from '../delivery/trouble.ts'
import type { Settings } from '../settings.ts'
import type { Parts } from './parts.ts'
import type { CountedRoute } from './route.ts'
import { createSenders, placeOf } from './senders.ts'
import type { OtlpDestination } from './signals.ts'
import { spoolDirOf } from './spool-dir.ts'

export interface OutboxPartsOptions {
  /** One for each signal that goes to a collector. */
  readonly routes: readonly (CountedRoute & { readonly destination: OtlpDestination })[]
  readonly settings: Settings
  readonly version: string
  readonly clock: Clock
  readonly print: (line: string) => void
}

const mib = 2 ** 20
/** Says once a minute at most that the disk does not take what has to wait. */
const spoolFailures = (dir: string, clock: Clock, print: (line: string) => void) => {
  const maySay = createQuiet(clock)
  return (error: unknown) => {
    if (!maySay()) return
    const { code, message } = error as NodeJS.ErrnoException
    print(
      `taskbeat: telemetry cannot be kept in ${dir} (${code ?? message}), only in memory; TASKBEAT_SPOOL_DIR names another directory`,
    )
  }
}

/**
 * Opens the outbox for all signals that go to a collector, and adds what hands their items to it.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const addOutbox = async (parts: Parts, options: OutboxPartsOptions): Promise<Outbox> => {
  const { routes, settings, version, clock, print } = options
  const dir = spoolDirOf(settings)
  const senders = createSenders(version)
  const outbox = openOutbox({
    routes: await Promise.all(
      routes.map(async ({ signal, destination, counter, report }) => ({
        ...{ signal, counter },
        sender: await senders.open(signal, destination),
        place: placeOf(destination, signal),
        timeoutMs: destination.timeoutMs,
        onRetry: (reason: string) => report.retried(signal, reason),
        onDelivered: () => report.delivered(signal),
      })),
    ),
    spool: openSpool({
      dir,
      maxBytes: settings.spoolMb * mib,
      maxAgeMs: settings.spoolAgeMs,
      clock,
      onDropped: (signal, items, reason) =>
        routes.find((route) => route.signal === signal)?.counter.drop(items, reason),
    }),
    memoryBytes: settings.outboxMb * mib,
    onSpoolFailure: spoolFailures(dir, clock, print),
    clock,
  })
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
