import type { Tally } from '../delivery/tally.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Destination } from './signals.ts'

/** One signal on its way to one destination. */
export interface Route {
  readonly signal: Signal
  readonly destination: Destination
  readonly tally: Readonly<Tally>
}
