import type { Outbox } from '../delivery/outbox.ts'
import { batchOf } from '../delivery/point-batch.ts'
import type { Origin } from '../otlp/points/encode-points.ts'
import type { Point } from '../otlp/points/point.ts'
import type { ConsoleFormat } from './console.ts'
import { printPoints } from './print-points.ts'
import { type CountedRoute, goesToCollector } from './route.ts'

export interface PointSinkOptions {
  /** Those of other signals than metrics are left alone. */
  readonly routes: readonly CountedRoute[]
  /** Undefined where nothing goes to a collector, or not through us. */
  readonly outbox: Pick<Outbox, 'accept'> | undefined
  /** Asked at each export: what is known of the host may still come. */
  readonly origin: () => Origin
  readonly print: (line: string) => void
  readonly format: ConsoleFormat
}

/** Takes metric points that are no SDK's, and brings them to all places where metrics go. */
export const pointSink = ({ routes, outbox, origin, print, format }: PointSinkOptions) => {
  const places = routes.filter(({ signal }) => signal === 'metrics')
  return (points: readonly Point[], nowMs: number): void => {
    const from = origin()
    const batch = batchOf(points, from, nowMs)
    if (!batch) return
    for (const route of places) {
      const isCollected = goesToCollector(route)
      if (isCollected && !outbox) continue
      route.counter.add('emitted', batch.items)
      if (isCollected) continue
      printPoints(points, from.scope.name, print, format)
      route.counter.add('delivered', batch.items)
    }
    if (places.some(goesToCollector)) outbox?.accept(batch)
  }
}
