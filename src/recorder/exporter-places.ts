import type { Attributes } from './attributes.ts'
import type { ExportedSpan } from './exporter.ts'
import type { Sieve } from './filter.ts'
import type { GuardedExporter } from './guarded-exporter.ts'
import { nearest, nowhere, type RecordedSpan, ShownSpan, type Views } from './recorded-span.ts'
import type { Event } from './span.ts'
import type { ItemKind } from './waiting-calls.ts'

/** An exporter and what it is to see. Its place in the list is its place in a span's views. */
export interface ExporterPlace {
  readonly guard: GuardedExporter
  /** Of the recorder and of the exporter together; undefined: it sees all. */
  readonly sieve: Sieve | undefined
}

export interface ExporterPlaces {
  /** Whether some exporter might see such a span, going by all but its attributes. */
  readonly mayShow: (name: string, verbosity: number) => boolean
  /** Who sees the span. */
  readonly viewsOf: (span: RecordedSpan, attributes: Attributes) => Views
  /** Hands an item to those who see its span, and, if it is an event, the event. */
  readonly hand: (kind: ItemKind, span: RecordedSpan, event: Event | undefined) => void
  /** Tells those who see the span that their data is not complete. */
  readonly signal: (span: RecordedSpan, message: string) => void
  readonly signalAll: (message: string, attributes?: Attributes) => void
}

export const exporterPlaces = (places: readonly ExporterPlace[]): ExporterPlaces => {
  const admits = ({ sieve }: ExporterPlace, { name, verbosity }: RecordedSpan, attributes: Attributes) =>
    sieve === undefined || (sieve.admitsSpan(name, verbosity) && sieve.admitsAttributes(attributes, name))

  const viewIn = (span: RecordedSpan, place: number): ExportedSpan =>
    new ShownSpan(
      span,
      nearest(span.parent, ({ views }) => views[place] !== undefined),
    )

  return {
    mayShow: (name, verbosity) => {
      for (const { sieve } of places) {
        if (sieve === undefined || sieve.admitsSpan(name, verbosity)) return true
      }
      return false
    },
    viewsOf: (span, attributes) => {
      const views = places.map((place, index) =>
        admits(place, span, attributes) ? viewIn(span, index) : undefined,
      )
      return views.some((view) => view !== undefined) ? views : nowhere
    },
    hand: (kind, span, event) => {
      const { views } = span
      for (let index = 0; index < views.length; index += 1) {
        const view = views[index]
        const place = places[index]
        if (view === undefined || place === undefined) continue
        const { guard, sieve } = place
        if (kind !== 'event' || event === undefined || sieve === undefined) guard.hand(kind, view, event)
        else if (sieve.admitsEvent(event.verbosity) && sieve.admitsAttributes(event.attributes, event.name))
          guard.hand(kind, view, event)
      }
    },
    signal: ({ views }, message) => {
      places.forEach(({ guard }, index) => {
        if (views[index]) guard.signal(message)
      })
    },
    signalAll: (message, attributes) => {
      for (const { guard } of places) guard.signal(message, attributes)
    },
  }
}
