/** What a dashboard of ours says; how Grafana wants it said is in grafana.ts. */

export interface Query {
  /** PromQL, with variables of the dashboard. */
  readonly expr: string
  /** What its series are called, with labels as `{{label}}`. */
  readonly legend?: string
  /** Why it may answer with nothing although all is well. */
  readonly emptyWhen?: string
}

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text'
/** From which value on which colour; the first one is that of all below. */
export type Thresholds = readonly [Colour, ...(readonly [number, Colour])[]]

interface Shown {
  readonly title: string
  /** What it says, and what to make of it. */
  readonly description: string
  /** Of 24 columns. @default 8 */
  readonly width?: number
  /** In Grafana's units of 30 pixels. @default 7 */
  readonly height?: number
}

interface Measured extends Shown {
  readonly unit: string
  readonly queries: readonly Query[]
  readonly min?: number
  readonly max?: number
  readonly decimals?: number
  readonly thresholds?: Thresholds
}

/** Lines over time. */
export interface Graph extends Measured {
  readonly kind: 'graph'
  /** One above the other, as parts of a whole. */
  readonly isStacked?: boolean
  readonly isLogarithmic?: boolean
}

/** The newest value, large. */
export interface Figure extends Measured {
  readonly kind: 'figure'
  /** What values are called. */
  readonly names?: Readonly<Record<number, readonly [string, Colour]>>
}

/** One query a column, one task a row. */
export interface Table extends Shown {
  readonly kind: 'table'
  readonly columns: readonly (Query & {
    readonly title: string
    readonly unit: string
    readonly decimals?: number
    readonly thresholds?: Thresholds
    readonly names?: Figure['names']
    /** As a bar, from 0 to this. */
    readonly barTo?: number
  })[]
  /** Labels that are columns, by their titles; the others are not shown. */
  readonly labels: Readonly<Record<string, string>>
  /** Has those of them that the columns' series lack; its values are not shown. */
  readonly labelled: Query
  /** Title of the column that is sorted by. */
  readonly sortedBy: string
  /** Where the first label leads. */
  readonly link: { readonly title: string; readonly url: string }
}

/** Of Loki. */
export interface Logs extends Shown {
  readonly kind: 'logs'
  readonly logql: string
}

/** Of Tempo. */
export interface Traces extends Shown {
  readonly kind: 'traces'
  readonly traceql: string
}

export type Panel = Graph | Figure | Table | Logs | Traces

export interface Section {
  readonly title: string
  /** Opened by a click. @default false */
  readonly isClosed?: boolean
  readonly panels: readonly Panel[]
}

/** What can be chosen above the panels. */
export interface Variable {
  readonly name: string
  readonly title: string
  readonly description?: string
  /** Whose values it has; `values` are fixed. */
  readonly from:
    | { readonly prometheus: string; readonly regex?: string }
    | { readonly tempo: string }
    | { readonly values: readonly string[] }
  /** Whether several can be chosen, and all of them; as a regular expression, if that is not the choice of each. */
  readonly all?: 'each' | '.*'
  readonly isHidden?: boolean
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  /** Of the time that is shown first, up to now. */
  readonly from: string
  readonly refresh: string
  readonly variables: readonly Variable[]
  readonly links: readonly { readonly title: string; readonly uid: string }[]
  readonly sections: readonly Section[]
}

/** All that Prometheus is asked by a panel. */
export const queriesOf = (panel: Panel): readonly Query[] => {
  if (panel.kind === 'table') return [...panel.columns, panel.labelled]
  return 'queries' in panel ? panel.queries : []
}
