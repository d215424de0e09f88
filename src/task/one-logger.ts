import { hostname } from 'node:os'
import type { Clock } from '../clock.ts'
import { createRecorder } from '../recorder/index.ts'
import { otelExporter } from '../recorder/otel/index.ts'
import { trainingFilter } from '../recorder/training/index.ts'
import { recordWorkloadTraining, type TellWorkload } from '../recorder/training/workload-training.ts'

export interface OneLoggerOptions {
  readonly runId: string
  /** When the task started. @default now */
  readonly startedAt: Date | undefined
  readonly rank: number | undefined
  /** Of the task's span, which all of it is part of. */
  readonly traceparent: string | undefined
  /** Whether every step is told in the moment that it is done. */
  readonly isExact: boolean
  readonly clock: Clock
  /** Writes one line for people. */
  readonly print: (line: string) => void
}

/** Records a task in OneLogger's words too, through the recorder and the SDK that is running. */
export const startOneLogger = (options: OneLoggerOptions): TellWorkload => {
  const { runId, startedAt, rank, traceparent, isExact, clock, print } = options
  const recorder = createRecorder({
    exporters: [otelExporter({ clock })],
    filter: trainingFilter,
    errorStrategy: 'quiet',
    ...(traceparent !== undefined && { traceparent }),
    log: print,
    clock,
  })
  const tell = recordWorkloadTraining({
    recorder,
    isExact,
    known: { sessionTag: runId, rank, nodeName: hostname() },
    clock,
  })
  // nothing closes the recorder: its spans end with the task, and what it gave to the SDK is flushed with all else
  tell({ type: 'task-started', at: startedAt })
  return tell
}
