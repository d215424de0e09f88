/** What Triton's tracer is told, beside the level and the mode. */
export interface TraceOptions {
  /** With scheme and path: PyTriton gives it to a Python exporter, which needs both. */
  readonly url: string
  /** One of so many requests is traced; 0: only those that come with a trace, which are traced at any rate. */
  readonly rate: number
  readonly resource: Readonly<Record<string, string>>
  readonly scheduleDelayMs: number
  /** Triton's own where undefined. */
  readonly queueSize: number | undefined
  readonly batchSize: number | undefined
}

/** Who reads the list. */
export type Reader = 'pytriton' | 'tritonserver'

export interface TraceConfig {
  /** `level=TIMESTAMPS`, `opentelemetry,url=…`: what follows `--trace-config`, and what `TritonConfig` takes. */
  readonly settings: readonly string[]
  /** Keys of resource attributes that the reader could not read. */
  readonly leftOut: readonly string[]
}

/**
 * Whether a reader takes an attribute as it is meant. Triton takes all that follows the first `=`, commas too. PyTriton
 * splits at every comma and every `=`, and does not start where that yields no pairs; and it passes the list on to Triton.
 * As arguments stand one a line, none may have two.
 *
 * @see triton-inference-server/server `src/command_line_parser.cc`, `ParseTraceConfigOption`; `src/tracer.cc`
 * @see triton-inference-server/pytriton `pytriton/proxy/telemetry.py`, `parse_trace_config`
 */
const isReadable = (reader: Reader, [key, value]: readonly [string, string]) => {
  if (key === '' || key.includes('=')) return false
  return reader === 'pytriton' ? !/[,=]/.test(key + value) : !/[\r\n]/.test(key + value)
}

/** The settings of Triton's tracer, for OTLP over HTTP. */
export const tritonTraceConfig = (options: TraceOptions, reader: Reader): TraceConfig => {
  const { url, rate, resource, scheduleDelayMs, queueSize, batchSize } = options
  const attributes = Object.entries(resource)
  const readable = attributes.filter((attribute) => isReadable(reader, attribute))
  return {
    settings: [
      'level=TIMESTAMPS',
      `rate=${rate}`,
      'mode=opentelemetry',
      `opentelemetry,url=${url}`,
      ...readable.map(([key, value]) => `opentelemetry,resource=${key}=${value}`),
      `opentelemetry,bsp_schedule_delay=${scheduleDelayMs}`,
      ...(queueSize === undefined ? [] : [`opentelemetry,bsp_max_queue_size=${queueSize}`]),
      ...(batchSize === undefined ? [] : [`opentelemetry,bsp_max_export_batch_size=${batchSize}`]),
    ],
    leftOut: attributes.filter((attribute) => !readable.includes(attribute)).map(([key]) => key),
  }
}
