import type { BeginEntry } from '../../../logbook/entry.ts'
import type { Overview } from '../../api.ts'
import { durationInWords } from '../words.ts'

/** One setting in all runs. */
export interface Difference {
  readonly name: string
  /** A run each; undefined: that run does not have it. */
  readonly values: readonly (string | undefined)[]
}

export interface Differences {
  /** What is not the same in all runs. */
  readonly different: readonly Difference[]
  /** How many are the same. */
  readonly same: number
}

type Told = Pick<Overview, 'begin' | 'settings'>

/** What is known of a run apart from its settings; its ids are not: they always differ. */
const factsOf = (begin: BeginEntry | undefined): readonly (readonly [string, string | undefined])[] => [
  ['Command', begin?.command],
  ['Attempt', begin?.attempt?.toString()],
  ['Task name', begin?.taskName],
  ['Told by', begin && (begin.by === 'task' ? 'the task' : 'the platform')],
  ['Logbook version', begin?.version.toString()],
  ['Stale after', begin && durationInWords(begin.limits.staleAfterMs)],
  [
    'Maximum run time',
    begin?.limits.maxRunTimeMs === undefined ? undefined : durationInWords(begin.limits.maxRunTimeMs),
  ],
]

/** How the runs were set up, compared: a row a setting, in the order in which the runs have them. */
export const differencesOf = (runs: readonly Told[]): Differences => {
  const tables = runs.map(
    ({ begin, settings }) =>
      new Map<string, string | undefined>([
        ...factsOf(begin),
        ...settings.map(({ name, value }) => [name, value] as const),
      ]),
  )
  const names = [...new Set(tables.flatMap((table) => [...table.keys()]))]
  const all = names.map((name) => ({ name, values: tables.map((table) => table.get(name)) }))
  const told = all.filter(({ values }) => values.some((value) => value !== undefined))
  const different = told.filter(({ values }) => new Set(values).size > 1)
  return { different, same: told.length - different.length }
}
