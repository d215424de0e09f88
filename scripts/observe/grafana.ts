/**
 * A dashboard as Grafana reads it, in its JSON model of version 1, which is that of files.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
import type { Dashboard, Panel, Section, Variable } from './dashboard.ts'
import { type Json, panelJson, source } from './panel-json.ts'

const columns = 24

/** From left to right and from the top down, as words on a page. */
const layOut = (panels: readonly Panel[], top: number) => {
  const placed: { readonly panel: Panel; readonly gridPos: Json }[] = []
  let [x, y, tallest] = [0, top, 0]
  for (const panel of panels) {
    const { width = 8, height = 7 } = panel
    if (x + width > columns) [x, y, tallest] = [0, y + tallest, 0]
    placed.push({ panel, gridPos: { x, y, w: width, h: height } })
    x += width
    tallest = Math.max(tallest, height)
  }
  return { placed, bottom: y + tallest }
}

/** A panel keeps its number when another section gets one more. */
const sectionJson = ({ title, isClosed = false, panels }: Section, index: number, top: number) => {
  const firstId = (index + 1) * 100
  const { placed, bottom } = layOut(panels, top + 1)
  const inner = placed.map(({ panel, gridPos }, place) => panelJson(panel, firstId + place + 1, gridPos))
  const row = {
    id: firstId,
    type: 'row',
    title,
    collapsed: isClosed,
    gridPos: { x: 0, y: top, w: columns, h: 1 },
    panels: isClosed ? inner : [],
  }
  return { panels: [row, ...(isClosed ? [] : inner)], bottom: isClosed ? top + 1 : bottom }
}

const sectionsJson = (sections: readonly Section[]) =>
  sections.reduce<{ readonly panels: readonly Json[]; readonly bottom: number }>(
    ({ panels, bottom }, section, index) => {
      const next = sectionJson(section, index, bottom)
      return { panels: [...panels, ...next.panels], bottom: next.bottom }
    },
    { panels: [], bottom: 0 },
  ).panels

const everything = { text: 'All', value: '$__all' }

/** `refresh` 2: read again when the time that is shown changes; `qryType` and `type` 1: the values of a label. */
const variableSource = ({ from }: Variable): Json => {
  if ('values' in from) {
    const options = from.values.map((value) => ({ text: value, value, selected: false }))
    return { type: 'custom', query: from.values.join(','), options }
  }
  if ('tempo' in from)
    return {
      type: 'query',
      datasource: source('tempo'),
      query: { refId: 'run', type: 1, label: from.tempo },
      refresh: 2,
      sort: 0,
    }
  return {
    type: 'query',
    datasource: source('prometheus'),
    definition: from.prometheus,
    query: { refId: 'values', qryType: 1, query: from.prometheus },
    refresh: 2,
    sort: 1,
    regex: from.regex ?? '',
  }
}

const variableJson = (variable: Variable): Json => {
  const { name, title, description, all, isHidden = false } = variable
  return {
    name,
    label: title,
    ...(description !== undefined && { description }),
    ...variableSource(variable),
    hide: isHidden ? 2 : 0,
    includeAll: all !== undefined,
    multi: all !== undefined,
    ...(all === '.*' && { allValue: '.*' }),
    current: all === undefined ? {} : everything,
  }
}

/** Which data sources are asked: where there are several of a kind, `?var-prometheus=UID` in the address chooses. */
const sourceVariables = (['prometheus', 'loki', 'tempo'] as const).map((type) => ({
  name: type,
  label: type,
  type: 'datasource',
  query: type,
  current: { text: type, value: type },
  hide: 2,
  includeAll: false,
  multi: false,
}))

export const grafanaJson = (dashboard: Dashboard): Json => {
  const { uid, title, description, from, refresh, variables, links, sections } = dashboard
  return {
    uid,
    title,
    description,
    tags: ['taskbeat'],
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from, to: 'now' },
    refresh,
    templating: { list: [...sourceVariables, ...variables.map(variableJson)] },
    annotations: { list: [] },
    links: links.map((link) => ({
      type: 'link',
      icon: 'dashboard',
      title: link.title,
      url: `/d/${link.uid}`,
      keepTime: true,
    })),
    panels: sectionsJson(sections),
  }
}
