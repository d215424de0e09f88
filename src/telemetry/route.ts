import type { Counter, Tally } from '../delivery/tally.ts'
import type { TroubleReport } from '../delivery/trouble.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Destination, OtlpDestination } from './signals.ts'

/** One signal on its way to one destination. */
export interface Route {
  readonly signal: Signal
  readonly destination: Destination
  readonly tally: Readonly<Tally>
  /** Why items were dropped, and how many. */
  readonly reasons: ReadonlyMap<string, number>
}

/** A route whose items are counted as they pass. */
export interface CountedRoute extends Route {
  readonly counter: Counter
  readonly report: TroubleReport
}

/** A route to a collector. */
export interface CollectedRoute extends CountedRoute {
  readonly destination: OtlpDestination
}

export const goesToCollector = (route: CountedRoute): route is CollectedRoute =>
  route.destination.kind === 'otlp'
