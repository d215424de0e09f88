import type { Settings } from '../settings.ts'
import type { OtlpDestination } from '../telemetry/signals.ts'
import type { Reader } from './trace-config.ts'

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ')

const unreadable: Readonly<Record<Reader, string>> = {
  pytriton: "PyTriton does not start with a comma or '=' in an attribute",
  tritonserver: 'an argument on one line has room for one line',
}

/** What Triton takes where its configuration leaves it open. */
const defaults = { queueSize: 2_048, batchSize: 512 }

/**
 * What of our settings Triton does not do, or not by its trace configuration; a line each. Seen with Triton 2.51.0, whose
 * exporter of OpenTelemetry C++ 1.13.0 reads variables for what it is not told.
 *
 * @see https://github.com/triton-inference-server/server/blob/main/docs/user_guide/trace.md#limitations
 */
export const tritonRemarks = (
  settings: Settings,
  { url, headers, compression, certificate, clientKey, timeoutMs }: OtlpDestination,
  leftOut: readonly string[],
  reader: Reader,
): readonly string[] => {
  const {
    spanQueueSize = defaults.queueSize,
    spanBatchSize = defaults.batchSize,
    tracesExporter,
    debug,
  } = settings
  const remarks: readonly (readonly [boolean, string])[] = [
    [
      leftOut.length > 0,
      `${unreadable[reader]}, so that these resource attributes are left out: ${list(leftOut)}`,
    ],
    [
      Object.keys(headers).length > 0,
      'a trace configuration has no headers: Triton needs OTEL_EXPORTER_OTLP_TRACES_HEADERS in its own environment, and takes the values as they are, without decoding %20',
    ],
    [
      /^https:/i.test(url) && (certificate ?? clientKey) !== undefined,
      'a trace configuration has no certificates: Triton needs OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE, and for mTLS the two of CLIENT_KEY and CLIENT_CERTIFICATE, in its own environment',
    ],
    [
      /^[^/]*\/\/[^/]*@/.test(url),
      "user and password of the URL will show in tritonserver's command line and log: use OTEL_EXPORTER_OTLP_TRACES_HEADERS instead",
    ],
    [compression === 'gzip', 'Triton does not compress; only the Python side of PyTriton does'],
    [timeoutMs !== 10_000, 'a trace configuration has no timeout: Triton waits for 10 seconds'],
    [
      debug || tracesExporter?.includes('console') === true,
      "Triton's spans do not go to the console: it has one place only",
    ],
    [
      spanBatchSize > spanQueueSize,
      `Triton loses spans where OTEL_BSP_MAX_EXPORT_BATCH_SIZE (${spanBatchSize}) is more than OTEL_BSP_MAX_QUEUE_SIZE (${spanQueueSize})`,
    ],
  ]
  return remarks.filter(([applies]) => applies).map(([, remark]) => remark)
}
