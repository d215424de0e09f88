/** What exporters of spans and of log records have in common. */
export interface BatchExporter<T> {
  readonly export: (items: T[], done: (result: { code: number; error?: Error }) => void) => void
  readonly forceFlush?: () => Promise<void>
  readonly shutdown: () => Promise<void>
}

/** Is told what became of batches. */
export interface ExportListener {
  readonly failed: (cause: unknown) => void
  readonly delivered: () => void
}

/** Sees what becomes of the batches of OpenTelemetry's exporters, which their processors tell nobody of. */
export interface ExportWatch {
  /** The same exporter, watched. */
  readonly watch: <T>(exporter: BatchExporter<T>) => Required<BatchExporter<T>>
  /** Tells `listener` from now on; the returned function takes that back. */
  readonly listen: (listener: ExportListener) => () => void
}

const succeeded = 0

/**
 * Makes the failures of OpenTelemetry's exporters failures of the recorder's exporter, so that they are counted and the
 * backend is told that data is missing:
 *
 * ```ts
 * const exports = watchExports()
 * const processor = new BatchSpanProcessor({ exporter: exports.watch(new OTLPTraceExporter()) })
 * const exporter = otelExporter({ exports })
 * ```
 */
export const watchExports = (): ExportWatch => {
  const listeners = new Set<ExportListener>()
  return {
    watch: <T>(exporter: BatchExporter<T>) => ({
      export: (items: T[], done: (result: { code: number; error?: Error }) => void) => {
        exporter.export(items, (result) => {
          for (const listener of listeners)
            if (result.code === succeeded) listener.delivered()
            else listener.failed(result.error ?? new Error('a batch was not exported'))
          done(result)
        })
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    }),
    listen: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
