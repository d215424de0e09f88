/**
 * How questions and answers travel between the page and the server: paths, parameters, JSON. Both sides are of the same
 * build, so that there is one version of it.
 *
 * @module
 */
import { type JsonNumber, jsonNumber } from '../json.ts'
import type { Overview, ShownSeries } from './api.ts'

/** What the page asks first. */
export interface Greeting {
  /** How many runs there are to look at. */
  readonly runs: number
}

/** The data of an event `overview`. */
export interface OverviewEvent {
  readonly run: number
  readonly overview: WireOverview
}

/** The data of an event `ended`: the server goes, and hands over all that it knows at `bundle`. */
export interface EndedEvent {
  readonly sentence: string
}

export type WireOverview = Omit<Overview, 'series'> & {
  readonly series: readonly (Omit<ShownSeries, 'last'> & { readonly last: JsonNumber })[]
}

/** JSON has no NaN. */
export const toWire = (overview: Overview): WireOverview => ({
  ...overview,
  series: overview.series.map((series) => ({ ...series, last: jsonNumber(series.last) })),
})

export const fromWire = (overview: WireOverview): Overview => ({
  ...overview,
  series: overview.series.map((series) => ({ ...series, last: Number(series.last) })),
})

const shortNames: Readonly<Record<string, string>> = { fromMs: 'from', toMs: 'to', timeMs: 'time' }

/** The fields of a query as parameters of an address; those that are undefined are left out. */
export const parametersOf = (query: object): string => {
  const fields = Object.entries(query).filter(([, value]) => value !== undefined)
  return new URLSearchParams(
    fields.map(([name, value]): [string, string] => [shortNames[name] ?? name, String(value)]),
  ).toString()
}
