import { logs, SeverityNumber } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'
import { itemNames, type Signal } from '../otlp/signals.ts'
import { taskbeatScope } from './scopes.ts'

/** Tells the backend that telemetry is incomplete, so that those who analyse it can leave it out. */
export interface DataErrors {
  readonly add: (signal: Signal, items: number, reason: string) => void
  /** Tells what has not been told yet. */
  readonly tell: () => void
}

/** What is dropped in so long is told as one. */
const gatherMs = 60_000
const mostReasons = 20

/** As log records `taskbeat.telemetry_data_error`, one for each signal and reason. */
export const createDataErrors = (clock: Clock): DataErrors => {
  const untold = new Map<string, { signal: Signal; reason: string; items: number }>()
  let isArmed = false

  const tell = () => {
    const logger = logs.getLogger(taskbeatScope)
    for (const { signal, reason, items } of untold.values())
      logger.emit({
        severityNumber: SeverityNumber.WARN,
        severityText: 'WARN',
        eventName: 'taskbeat.telemetry_data_error',
        body: `${items} ${itemNames[signal]} are missing: ${reason}`,
        attributes: {
          'taskbeat.signal': signal,
          'taskbeat.items.dropped': items,
          'taskbeat.reason': reason,
        },
      })
    untold.clear()
  }

  return {
    add: (signal, items, reason) => {
      const key = untold.size < mostReasons ? `${signal} ${reason}` : signal
      const before = untold.get(key)
      untold.set(key, { signal, reason, items: items + (before?.items ?? 0) })
      if (isArmed) return
      isArmed = true
      clock.after(gatherMs, () => {
        isArmed = false
        tell()
      })
    },
    tell,
  }
}
