import type { Clock } from '../clock.ts'
import { type Outbox, openOutbox } from '../delivery/outbox.ts'
import { openSpool } from '../delivery/spool/open-spool.ts'
import { createQuiet } from '../delivery/trouble.ts'
import type { Settings } from '../settings.ts'
import type { CollectedRoute } from './route.ts'
import { createSenders, placeOf } from './senders.ts'

export interface CollectorOutboxOptions {
  /** One for each signal that goes to a collector. */
  readonly routes: readonly CollectedRoute[]
  /** Where what cannot be delivered waits. */
  readonly dir: string
  readonly settings: Pick<Settings, 'spoolMb' | 'spoolAgeMs' | 'outboxMb'>
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
 * Opens the outbox for all signals that go to a collector.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const openCollectorOutbox = async (options: CollectorOutboxOptions): Promise<Outbox> => {
  const { routes, dir, settings, version, clock, print } = options
  const senders = createSenders(version)
  return openOutbox({
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
}
