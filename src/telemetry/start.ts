import {
  BatchLogRecordProcessor,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Clock } from '../clock.ts'
import { drain } from '../delivery/drain.ts'
import {
  type Counter,
  countItems,
  countLogs,
  countMetrics,
  countSpans,
  createCounter,
  type OnFailure,
} from '../delivery/tally.ts'
import { openTallyFile } from '../delivery/tally-file.ts'
import { type Signal, signals } from '../otlp/signals.ts'
import type { Settings } from '../settings.ts'
import type { TaskTrace } from '../trace-context.ts'
import { consoleExporters } from './console.ts'
import { type CorrelationKeys, correlateLogs, correlateSpans } from './correlation.ts'
import { openExporter } from './exporters.ts'
import { taskResource } from './resource.ts'
import type { Route } from './route.ts'
import { workloadScope } from './scopes.ts'
import { type Destination, type Destinations, destinationText } from './signals.ts'
import { taskIds } from './task-ids.ts'

/** The running SDK. What it records it records through `@opentelemetry/api`. */
export interface Telemetry {
  readonly routes: readonly Route[]
  /** Flushes and ends all signals at once, within the limit; resolves to whether all were through in time. */
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
}

/**
 * What a workload names itself may have labels of any number: each metric gets so many series, and one more for the
 * rest. @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
 */
const workloadSeries = { meterName: workloadScope, aggregationCardinalityLimit: 100 }

/** A burst may be this large before anything is dropped: 16 MB of spans. */
const maxQueueSize = 65_536

const quietMs = 60_000

/** Says at once that something was not delivered, then at most once a minute how much more. */
const failureReport = (
  { clock, print }: TelemetryOptions,
  signal: Signal,
  destination: Destination,
): OnFailure => {
  let quietUntilMs = Number.NEGATIVE_INFINITY
  let lost = 0
  return (reason, items) => {
    lost += items
    if (clock.monotonicMs() < quietUntilMs) return
    quietUntilMs = clock.monotonicMs() + quietMs
    print(
      `taskbeat: ${lost} ${signal} not delivered to ${destinationText(destination)}: ${reason.slice(0, 200)}`,
    )
    lost = 0
  }
}

interface Parts {
  readonly spanProcessors: SpanProcessor[]
  readonly metricReaders: MetricReader[]
  readonly logRecordProcessors: LogRecordProcessor[]
}

/** Adds to the SDK's parts what one route needs. */
const addRoute = async (parts: Parts, route: Route & { counter: Counter }, options: TelemetryOptions) => {
  const { settings, print } = options
  const { signal, destination, counter } = route
  const onFailure = failureReport(options, signal, destination)
  const exporterOf = async <S extends Signal>(which: S) =>
    destination.kind === 'otlp'
      ? openExporter(which, destination)
      : consoleExporters(print, settings.console ?? 'text')[which]
  const isConsole = destination.kind === 'console'
  if (signal === 'traces') {
    const exporter = countItems(await exporterOf(signal), counter, onFailure)
    const scheduledDelayMillis = settings.spanDelayMs
    parts.spanProcessors.push(
      countSpans(counter),
      isConsole
        ? new SimpleSpanProcessor({ exporter })
        : new BatchSpanProcessor({ exporter, maxQueueSize, scheduledDelayMillis }),
    )
  } else if (signal === 'logs') {
    const exporter = countItems(await exporterOf(signal), counter, onFailure)
    const scheduledDelayMillis = settings.logDelayMs
    parts.logRecordProcessors.push(
      countLogs(counter),
      isConsole
        ? new SimpleLogRecordProcessor({ exporter })
        : new BatchLogRecordProcessor({ exporter, maxQueueSize, scheduledDelayMillis }),
    )
  } else {
    const exporter = countMetrics(await exporterOf(signal), counter, onFailure)
    const exportIntervalMillis = settings.metricIntervalMs
    const exportTimeoutMillis = Math.min(settings.metricTimeoutMs, exportIntervalMillis)
    parts.metricReaders.push(
      new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis }),
    )
  }
}

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

/**
 * Starts the OpenTelemetry SDK with one processor or reader for each destination, never with those that it would
 * choose from the environment itself: for unset variables and for `http` its choice is another one than ours.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const startTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { settings, destinations, keys, version, clock, trace, rank } = options
  let onChange = () => {}
  const routes = signals.flatMap((signal) =>
    destinations[signal].map((destination) => {
      const counter = createCounter(() => onChange())
      return { signal, destination, counter, tally: counter.tally }
    }),
  )
  if (settings.tallyDir !== undefined) onChange = countInto(settings.tallyDir, routes, options.print)
  const parts: Parts = {
    spanProcessors: destinations.traces.length > 0 ? [correlateSpans(keys)] : [],
    metricReaders: [],
    logRecordProcessors: destinations.logs.length > 0 ? [correlateLogs(keys)] : [],
  }
  for (const route of routes) await addRoute(parts, route, options)
  new NodeSDK({
    ...parts,
    ...(trace && { idGenerator: taskIds(trace) }),
    views: [workloadSeries],
    resource: taskResource(settings, version, rank),
    autoDetectResources: false,
  }).start()
  return {
    routes,
    // not NodeSDK.shutdown(): it returns at the first signal that fails, and the others are lost
    shutdown: (limitMs) => drain(Object.values(parts).flat(), limitMs, clock),
  }
}
