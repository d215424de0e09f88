/** A panel as Grafana reads it. */
import { type Figure, type Panel, queriesOf, type Table, type Thresholds } from './dashboard.ts'

export type Json = Readonly<Record<string, unknown>>

/** Which data source is asked: a variable of the dashboard says. */
export const source = (type: 'prometheus' | 'loki' | 'tempo') => ({ type, uid: `\${${type}}` })

const thresholdsJson = ([first, ...rest]: Thresholds) => ({
  mode: 'absolute',
  steps: [{ color: first, value: null }, ...rest.map(([value, color]) => ({ color, value }))],
})

const mappingsJson = (names: NonNullable<Figure['names']>) => [
  {
    type: 'value',
    options: Object.fromEntries(
      Object.entries(names).map(([value, [text, color]], index) => [value, { text, color, index }]),
    ),
  },
]

const refId = (index: number) => String.fromCharCode(65 + index)

const targetsJson = (panel: Panel): readonly Json[] => {
  if (panel.kind === 'logs') return [{ refId: 'A', expr: panel.logql, queryType: 'range' }]
  if (panel.kind === 'traces')
    return [{ refId: 'A', query: panel.traceql, queryType: 'traceql', tableType: 'traces', limit: 20 }]
  const when = panel.kind === 'graph' ? { range: true } : { instant: true, range: false }
  return queriesOf(panel).map(({ expr, legend }, index) => ({
    refId: refId(index),
    expr,
    ...when,
    ...(panel.kind === 'table' && { format: 'table' }),
    ...(legend !== undefined && { legendFormat: legend }),
  }))
}

const fieldOf = ({
  unit,
  min,
  max,
  decimals,
  thresholds,
}: {
  readonly unit: string
  readonly min?: number
  readonly max?: number
  readonly decimals?: number
  readonly thresholds?: Thresholds
}) => ({
  unit,
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
  ...(decimals !== undefined && { decimals }),
  ...(thresholds && { thresholds: thresholdsJson(thresholds) }),
})

const property = (id: string, value: unknown) => ({ id, value })

const columnOverrides = ({ columns, labels, link }: Table) => [
  ...columns.map(({ title, unit, decimals, thresholds, names, barTo }) => ({
    matcher: { id: 'byName', options: title },
    properties: [
      property('unit', unit),
      ...(decimals === undefined ? [] : [property('decimals', decimals)]),
      ...(thresholds ? [property('thresholds', thresholdsJson(thresholds))] : []),
      ...(names ? [property('mappings', mappingsJson(names))] : []),
      ...(barTo === undefined ? [] : [property('min', 0), property('max', barTo)]),
      ...(barTo === undefined
        ? thresholds || names
          ? [property('custom.cellOptions', { type: 'color-background', mode: 'basic' })]
          : []
        : [property('custom.cellOptions', { type: 'gauge', mode: 'basic' })]),
    ],
  })),
  {
    matcher: { id: 'byName', options: Object.values(labels)[0] },
    properties: [property('links', [link])],
  },
]

/** Rows of the same labels become one, with a column for each query. */
const tableJson = (table: Table) => {
  const { columns, labels, sortedBy } = table
  const titles = Object.fromEntries(columns.map(({ title }, index) => [`Value #${refId(index)}`, title]))
  const shown = { ...labels, ...titles }
  return {
    type: 'table',
    fieldConfig: { defaults: {}, overrides: columnOverrides(table) },
    options: { showHeader: true, cellHeight: 'sm', sortBy: [{ displayName: sortedBy, desc: true }] },
    transformations: [
      { id: 'merge', options: {} },
      { id: 'filterFieldsByName', options: { include: { names: Object.keys(shown) } } },
      {
        id: 'organize',
        options: {
          renameByName: shown,
          indexByName: Object.fromEntries(Object.keys(shown).map((name, index) => [name, index])),
        },
      },
    ],
  }
}

const bodyJson = (panel: Panel): Json => {
  switch (panel.kind) {
    case 'graph':
      return {
        type: 'timeseries',
        fieldConfig: {
          defaults: {
            ...fieldOf(panel),
            custom: {
              fillOpacity: panel.isStacked ? 40 : 8,
              showPoints: 'never',
              // a point may come a minute after the last one
              spanNulls: 180_000,
              ...(panel.isStacked && { stacking: { mode: 'normal', group: 'A' } }),
              ...(panel.isLogarithmic && { scaleDistribution: { type: 'log', log: 10 } }),
              ...(panel.thresholds && { thresholdsStyle: { mode: 'dashed' } }),
            },
          },
          overrides: [],
        },
        options: {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
      }
    case 'figure':
      return {
        type: 'stat',
        fieldConfig: {
          defaults: {
            ...fieldOf(panel),
            ...(panel.names && { mappings: mappingsJson(panel.names) }),
          },
          overrides: [],
        },
        options: {
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
          colorMode: panel.thresholds || panel.names ? 'background' : 'none',
          graphMode: 'none',
          justifyMode: 'auto',
          textMode: 'auto',
        },
      }
    case 'table':
      return tableJson(panel)
    case 'logs':
      return {
        type: 'logs',
        options: {
          showTime: true,
          wrapLogMessage: true,
          enableLogDetails: true,
          prettifyLogMessage: false,
          sortOrder: 'Descending',
          dedupStrategy: 'none',
        },
      }
    case 'traces':
      return { type: 'table', fieldConfig: { defaults: {}, overrides: [] }, options: { showHeader: true } }
  }
}

const sources = { logs: source('loki'), traces: source('tempo') } as const

export const panelJson = (panel: Panel, id: number, gridPos: Json): Json => ({
  id,
  title: panel.title,
  description: panel.description,
  datasource: panel.kind === 'logs' || panel.kind === 'traces' ? sources[panel.kind] : source('prometheus'),
  gridPos,
  targets: targetsJson(panel),
  ...bodyJson(panel),
})
