import { NodeSDK } from '@opentelemetry/sdk-node'
import type { Clock } from '../clock.ts'
import { drain } from '../delivery/drain.ts'
import type { Outbox } from '../delivery/outbox.ts'
import { openTallyFile } from '../delivery/tally-file.ts'
import { itemNames, type Signal } from '../otlp/signals.ts'
import type { Settings } from '../settings.ts'
import type { TaskTrace } from '../trace-context.ts'
import { type CorrelationKeys, correlateLogs, correlateSpans } from './correlation.ts'
import { createDataErrors } from './data-errors.ts'
import { addExported } from './exported-parts.ts'
import { type MachineSource, startMachineExport } from './machine-export.ts'
import { openRoutes } from './open-routes.ts'
import type { Parts } from './parts.ts'
import { pointSink } from './point-sink.ts'
import { taskResource } from './resource.ts'
import { goesToCollector, type Route } from './route.ts'
import { taskbeatScope, workloadScope } from './scopes.ts'
import { observeDelivery } from './self-metrics.ts'
import type { Destinations } from './signals.ts'
import { spoolDirOf } from './spool-dir.ts'
import { taskIds } from './task-ids.ts'
import { boundYoungGeneration } from './young-generation.ts'

/** The running SDK. What it records it records through `@opentelemetry/api`. */
export interface Telemetry {
  readonly routes: readonly Route[]
  /**
   * Flushes and ends all signals at once, within the limit, and puts on disk what could not be delivered; resolves to
   * whether all were through in time.
   */
  readonly shutdown: (limitMs: number) => Promise<boolean>
}

export interface TelemetryOptions {
  readonly settings: Settings
  readonly destinations: Destinations
  readonly keys: CorrelationKeys
  readonly version: string
  readonly clock: Clock
  /** Writes one line for people. */
  readonly print: (line: string) => void
  /** The ids of the first span that is started. @default random ones */
  readonly trace?: TaskTrace | undefined
  /** Of this process among those of one training: it tells their metrics apart. */
  readonly rank?: number | undefined
  /** Exported in an interval of its own. */
  readonly machine?: MachineSource | undefined
}

/**
 * What a workload names itself may have labels of any number: each metric gets so many series, and one more for the
 * rest. @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
 */
const workloadSeries = { meterName: workloadScope, aggregationCardinalityLimit: 100 }

/** Keeps the tallies of all routes in a file; a disk that refuses costs the file, nothing else. */
const countInto = (dir: string, routes: readonly Route[], print: (line: string) => void) => {
  try {
    return openTallyFile(dir, () =>
      routes.map(({ signal, destination, tally }) => ({ signal, destination: destination.kind, ...tally })),
    )
  } catch (error) {
    print(`taskbeat: telemetry is not counted in ${dir}: ${(error as Error).message}`)
    return () => {}
  }
}

/** Says where what was not delivered is, and how it can be; what earlier processes have left is among it. */
const tellWaiting = (
  routes: readonly Route[],
  earlierItems: (signal: Signal) => number,
  dir: string,
  print: (line: string) => void,
) => {
  const counts = routes
    .map(({ signal, tally }) => ({ signal, items: tally.waiting + earlierItems(signal) }))
    .filter(({ items }) => items > 0)
    .map(({ signal, items }) => `${items} ${itemNames[signal]}`)
  if (counts.length === 0) return
  print(
    `taskbeat: ${counts.join(', ')} wait in ${dir}; taskbeat replay ${dir} delivers them, or the next attempt does`,
  )
}

/**
 * Starts the OpenTelemetry SDK with one processor or reader for each destination, never with those that it would
 * choose from the environment itself: for unset variables and for `http` its choice is another one than ours.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const startTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { settings, destinations, keys, version, clock, trace, rank, machine, print } = options
  let onChange = () => {}
  const dataErrors = createDataErrors(clock)
  const { routes, endReports } = openRoutes({
    ...{ destinations, clock, print },
    onChange: () => onChange(),
    onDropped: dataErrors.add,
  })
  if (settings.tallyDir !== undefined) onChange = countInto(settings.tallyDir, routes, print)
  const parts: Parts = {
    spanProcessors: destinations.traces.length > 0 ? [correlateSpans(keys)] : [],
    metricReaders: [],
    logRecordProcessors: destinations.logs.length > 0 ? [correlateLogs(keys)] : [],
  }
  const collected = settings.delivery === 'outbox' ? routes.filter(goesToCollector) : []
  let outbox: Outbox | undefined
  if (collected.length > 0) {
    // what only prints needs none of it
    const { addOutbox } = await import('./outbox-parts.ts')
    const dir = spoolDirOf(settings)
    outbox = await addOutbox(parts, { routes: collected, dir, settings, version, clock, print })
  }
  for (const route of routes)
    if (!outbox || route.destination.kind === 'console') await addExported(parts, route, settings, print)
  const resource = taskResource(settings, version, rank)
  new NodeSDK({
    ...parts,
    ...(trace && { idGenerator: taskIds(trace) }),
    views: [workloadSeries],
    resource,
    autoDetectResources: false,
  }).start()
  if (outbox) {
    observeDelivery(outbox, collected, clock)
    boundYoungGeneration(clock)
    void outbox.replay()
  }
  const endMachineExport =
    machine &&
    startMachineExport({
      ...machine,
      accept: pointSink({
        ...{ routes, outbox, print, format: settings.console ?? 'text' },
        origin: () => ({
          resource: resource.attributes,
          scope: { name: taskbeatScope },
          since: machine.since,
        }),
      }),
      ...{ clock, print },
    })
  return {
    routes,
    shutdown: async (limitMs) => {
      const endMs = clock.monotonicMs() + limitMs
      dataErrors.tell()
      endMachineExport?.()
      // not NodeSDK.shutdown(): it returns at the first signal that fails, and the others are lost
      const isFlushed = await drain(Object.values(parts).flat(), limitMs, clock)
      const isDelivered = await (outbox?.drain(Math.max(0, endMs - clock.monotonicMs())) ?? true)
      endReports()
      if (outbox) tellWaiting(collected, outbox.earlierItems, spoolDirOf(settings), print)
      return isFlushed && isDelivered
    },
  }
}
