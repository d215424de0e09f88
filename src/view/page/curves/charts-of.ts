import type { LoggedAttributes } from '../../../logbook/entry.ts'
import type { ShownSeries } from '../../api.ts'

/** A metric on the page: all its curves in one picture. */
export interface Chart {
  readonly key: string
  /** As it is exported. */
  readonly name: string
  /** For people. */
  readonly title: string
  readonly unit: string
  readonly kind: ShownSeries['kind']
  readonly group: ShownSeries['group']
  readonly lines: readonly { readonly id: number; readonly label: string }[]
}

export const groups = ['training', 'gpu', 'machine', 'other'] as const
export const groupTitles: Readonly<Record<ShownSeries['group'], string>> = {
  training: 'Training',
  gpu: 'GPU',
  machine: 'Machine',
  other: 'Other',
}

/** What most people look at comes first. */
const ranks: readonly RegExp[] = [
  /^taskbeat\.training\.loss$/,
  /(^|[._/])loss$/,
  /loss/,
  /(^|[._/])(learning_rate|lr)$/,
  /(^|[._])(throughput|[a-z]+_per_second)$/,
]
const rankOf = (name: string): number => {
  const rank = ranks.findIndex((pattern) => pattern.test(name))
  return rank < 0 ? ranks.length : rank
}

/** `taskbeat.training.learning_rate` is `learning rate`, `hw.gpu.memory.usage` is `gpu memory usage`. */
export const titleOf = (name: string): string =>
  name
    .replace(/^(taskbeat\.training|taskbeat|hw)\./, '')
    .replace(/[._]+/g, ' ')
    .trim() || name

/** Keys that name a thing better than any other. */
const preferred = ['taskbeat.gpu.index', 'hw.id', 'taskbeat.rank', 'rank']

const shortKey = (key: string): string => {
  if (key === 'taskbeat.gpu.index') return 'GPU'
  return (key.split('.').at(-1) ?? key).replaceAll('_', ' ')
}

/** What tells curves of one metric apart, as briefly as it can be said; empty for one that is alone. */
export const labelsOf = (all: readonly LoggedAttributes[]): readonly string[] => {
  if (all.length < 2) return all.map(() => '')
  const keys = [...new Set(all.flatMap((attributes) => Object.keys(attributes)))]
  const valuesOf = (key: string) => new Set(all.map((attributes) => String(attributes[key] ?? '')))
  const different = keys.filter((key) => valuesOf(key).size > 1)
  const telling = [...preferred, ...different].find(
    (key) => different.includes(key) && valuesOf(key).size === all.length,
  )
  const shown = telling === undefined ? different : [telling]
  return all.map((attributes, index) => {
    const parts = shown
      .filter((key) => attributes[key] !== undefined)
      .map((key) => `${shortKey(key)} ${attributes[key]}`)
    return parts.join(', ') || `curve ${index + 1}`
  })
}

const byText = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true })

const chartOf = (series: readonly ShownSeries[]): Chart | undefined => {
  const [first] = series
  if (first === undefined) return undefined
  const labels = labelsOf(series.map(({ attributes }) => attributes))
  return {
    key: keyOf(first),
    name: first.name,
    title: titleOf(first.name),
    unit: first.unit,
    kind: first.kind,
    group: first.group,
    lines: series
      .map(({ id }, index) => ({ id, label: labels[index] ?? '' }))
      .toSorted((one, other) => byText(one.label, other.label)),
  }
}

/** Values of different units or kinds cannot share a scale. */
const keyOf = ({ group, name, unit, kind }: ShownSeries): string => [group, name, unit, kind].join('\n')

/** The charts of a run, in the order in which they are shown: group by group, the most looked at first. */
export const chartsOf = (series: readonly ShownSeries[]): readonly Chart[] =>
  [...Map.groupBy(series, keyOf).values()]
    .flatMap((members) => chartOf(members) ?? [])
    .toSorted(
      (one, other) =>
        groups.indexOf(one.group) - groups.indexOf(other.group) ||
        rankOf(one.name) - rankOf(other.name) ||
        byText(one.name, other.name),
    )

/** Those in whose name every word of the filter is. */
export const filterCharts = <C extends Pick<Chart, 'name' | 'title'>>(
  charts: readonly C[],
  filter: string,
): readonly C[] => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return charts.filter(({ name, title }) => {
    const text = `${name} ${title}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
