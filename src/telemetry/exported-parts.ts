import { BatchLogRecordProcessor, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { countItems, countLogs, countMetrics, countSpans } from '../delivery/counted.ts'
import type { Settings } from '../settings.ts'
import { consoleExporters } from './console.ts'
import { openExporter } from './exporters.ts'
import type { Parts } from './parts.ts'
import type { CountedRoute } from './route.ts'

/*
 * The SDK's simple processors hold back what ends while the resource is still being asked, and their shutdown does not
 * wait for it: a short task would not print it. https://github.com/open-telemetry/opentelemetry-js/issues/5602
 */
class FlushedSpans extends SimpleSpanProcessor {
  override async shutdown() {
    await this.forceFlush().finally(() => super.shutdown())
  }
}

class FlushedLogs extends SimpleLogRecordProcessor {
  override async shutdown() {
    await this.forceFlush().finally(() => super.shutdown())
  }
}

/**
 * Adds what brings one signal to the console, or, with `TASKBEAT_DELIVERY=direct`, to a collector through the official
 * exporters and the SDK's own processors, as they are by default: for comparison.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const addExported = async (
  parts: Parts,
  { signal, destination, counter }: CountedRoute,
  settings: Settings,
  print: (line: string) => void,
): Promise<void> => {
  const exporterOf = async <S extends typeof signal>(which: S) =>
    destination.kind === 'otlp'
      ? openExporter(which, destination)
      : consoleExporters(print, settings.console ?? 'text')[which]
  const isConsole = destination.kind === 'console'
  if (signal === 'traces') {
    const exporter = countItems(await exporterOf(signal), counter)
    const scheduledDelayMillis = settings.spanDelayMs
    parts.spanProcessors.push(
      countSpans(counter),
      isConsole ? new FlushedSpans({ exporter }) : new BatchSpanProcessor({ exporter, scheduledDelayMillis }),
    )
  } else if (signal === 'logs') {
    const exporter = countItems(await exporterOf(signal), counter)
    const scheduledDelayMillis = settings.logDelayMs
    parts.logRecordProcessors.push(
      countLogs(counter),
      isConsole
        ? new FlushedLogs({ exporter })
        : new BatchLogRecordProcessor({ exporter, scheduledDelayMillis }),
    )
  } else {
    const exporter = countMetrics(await exporterOf(signal), counter)
    const exportIntervalMillis = settings.metricIntervalMs
    const exportTimeoutMillis = Math.min(settings.metricTimeoutMs, exportIntervalMillis)
    parts.metricReaders.push(
      new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis }),
    )
  }
}
