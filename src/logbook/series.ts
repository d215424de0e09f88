import { seriesKey } from '../otlp/points/point.ts'
import type { LogbookEntry, SeriesEntry } from './entry.ts'

/** Different curves of one attempt: more could not be looked at. */
export const mostSeries = 1_000

export type SeriesFacts = Pick<SeriesEntry, 'name' | 'unit' | 'kind' | 'attributes'>

export interface SeriesOptions {
  /** Of the logbook. */
  readonly serial: number
  readonly add: (entry: LogbookEntry) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Numbers curves. The id of one is found by its name and its attributes, and told of in the logbook when it is new;
 * undefined: there are too many.
 */
export const createSeries = ({
  serial,
  add,
  now,
}: SeriesOptions): ((series: SeriesFacts) => number | undefined) => {
  const ids = new Map<string, number>()
  let isTold = false
  return ({ name, unit, kind, attributes }) => {
    const key = seriesKey({ name, attributes })
    const known = ids.get(key)
    if (known !== undefined) return known
    if (ids.size >= mostSeries) {
      if (!isTold) {
        const text = `not in the logbook: curves beyond the first ${mostSeries}, such as ${name.slice(0, 100)}`
        add({ k: 'moment', t: now(), severity: 'WARN', text })
      }
      isTold = true
      return undefined
    }
    const id = serial * mostSeries + ids.size
    ids.set(key, id)
    add({ k: 'series', t: now(), id, name, unit, kind, attributes })
    return id
  }
}
