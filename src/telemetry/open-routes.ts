import type { Clock } from '../clock.ts'
import { createCounter } from '../delivery/tally.ts'
import { createTroubleReport, type TroubleReport } from '../delivery/trouble.ts'
import { type Signal, signals } from '../otlp/signals.ts'
import type { CountedRoute } from './route.ts'
import { collectorText, type Destination, type Destinations } from './signals.ts'

export interface RoutesOptions {
  readonly destinations: Destinations
  readonly clock: Clock
  /** Writes one line for people. */
  readonly print: (line: string) => void
  /** Is told of each change of a count. */
  readonly onChange: () => void
  readonly onDropped: (signal: Signal, items: number, reason: string) => void
}

export interface Routes {
  readonly routes: readonly CountedRoute[]
  /** Says what has not been said yet of collectors in trouble. */
  readonly endReports: () => void
}

/** A route for each signal and each of its destinations; what people hear of a collector they hear once. */
export const openRoutes = (options: RoutesOptions): Routes => {
  const { destinations, clock, print, onChange, onDropped } = options
  const reports = new Map<string, TroubleReport>()
  const reportOf = (destination: Destination, signal: Signal) => {
    const place = collectorText(destination, signal)
    const report = reports.get(place) ?? createTroubleReport(place, clock, print)
    reports.set(place, report)
    return report
  }
  const routes = signals.flatMap((signal) =>
    destinations[signal].map((destination): CountedRoute => {
      const report = reportOf(destination, signal)
      const counter = createCounter(onChange, (items, reason) => {
        report.dropped(signal, items, reason)
        onDropped(signal, items, reason)
      })
      return { signal, destination, counter, report, tally: counter.tally, reasons: counter.reasons }
    }),
  )
  return {
    routes,
    endReports: () => {
      for (const report of reports.values()) report.end()
    },
  }
}
