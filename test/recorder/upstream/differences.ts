import type { Line } from './notes.ts'

/** What came of one action there and not here, or here and not there. */
export type Difference = readonly [action: string, what: string, there: unknown, here: unknown]

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const caller = 'caller'

/** By which a line there and one here are of the same thing: all of their fields are compared. */
const keyOf = ({ exporter, call, line, span, name }: Line): string => {
  if (call === 'event') return `${exporter}.event(${span}: ${name})`
  if (exporter !== undefined) return `${exporter}.${call}(${span ?? ''})`
  return line === undefined ? caller : `file.${line}(${span ?? ''})`
}

const grouped = (lines: readonly Line[], keyOfLine: (line: Line) => string): Map<string, Line[]> => {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const key = keyOfLine(line)
    groups.set(key, [...(groups.get(key) ?? []), line])
  }
  return groups
}

/** The leaves that differ. */
const leavesOf = (action: string, what: string, there: unknown, here: unknown): readonly Difference[] => {
  if (isFields(there) && isFields(here)) {
    const names = new Set([...Object.keys(there), ...Object.keys(here)])
    return [...names].flatMap((name) => leavesOf(action, `${what}.${name}`, there[name], here[name]))
  }
  return JSON.stringify(there) === JSON.stringify(here) ? [] : [[action, what, there, here]]
}

const differencesOfLines = (
  [action, key]: readonly [string, string],
  there: Line | undefined,
  here: Line | undefined,
): readonly Difference[] => {
  // what only one caller saw is told in full; of a call of an exporter, that it is there
  if (key === caller || (there && here)) return leavesOf(action, key, there ?? { action }, here ?? { action })
  return [[action, key, there && 'is there', here && 'is here']]
}

const differencesOfAction = (
  action: string,
  there: readonly Line[],
  here: readonly Line[],
): readonly Difference[] => {
  const [linesThere, linesHere] = [grouped(there, keyOf), grouped(here, keyOf)]
  const keys = [...new Set([...linesThere.keys(), ...linesHere.keys()])]
  const order = (lines: readonly Line[]) =>
    lines.map(keyOf).filter((key) => linesThere.has(key) && linesHere.has(key) && key !== caller)
  return [
    ...keys.flatMap((key) => {
      const [some, others] = [linesThere.get(key) ?? [], linesHere.get(key) ?? []]
      return Array.from({ length: Math.max(some.length, others.length) }).flatMap((_, index) =>
        differencesOfLines([action, key], some[index], others[index]),
      )
    }),
    ...leavesOf(action, 'order', order(there), order(here)),
  ]
}

/** The order in which the lines of each action began. */
const orderOf = (lines: readonly Line[], common: ReadonlySet<string>) => [
  ...new Set(lines.map(({ action }) => action).filter((action) => common.has(action))),
]

/** All differences between two recordings of one script. */
export const differencesOf = (there: readonly Line[], here: readonly Line[]): readonly Difference[] => {
  const [linesThere, linesHere] = [there, here].map((lines) => grouped(lines, ({ action }) => action)) as [
    Map<string, Line[]>,
    Map<string, Line[]>,
  ]
  const actions = [...new Set([...linesThere.keys(), ...linesHere.keys()])]
  const common = new Set(actions.filter((action) => linesThere.has(action) && linesHere.has(action)))
  return [
    ...actions.flatMap((action) =>
      differencesOfAction(action, linesThere.get(action) ?? [], linesHere.get(action) ?? []),
    ),
    ...leavesOf('all', 'order', orderOf(there, common), orderOf(here, common)),
  ]
}
