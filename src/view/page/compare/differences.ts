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
  /** What differs only as each run has its own: its ids, directories, ports. */
  readonly own: readonly Difference[]
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

/** Directories that every run has for itself. */
const ownDirectories: ReadonlySet<string> = new Set(['--results-dir', '--keep'])

/** A port of this machine is any that was free. */
const localPort = /(?<=\b(?:127\.0\.0\.1|localhost)|\[::1\]):\d+/g

/** Leaves out of a value what only that run has, so that what is left is the same where nothing else differs. */
const ownLeftOut = ({ begin, settings }: Told): ((value: string) => string) => {
  const { taskId, runId, traceId } = begin ?? {}
  const directories = settings.filter(({ name }) => ownDirectories.has(name)).map(({ value }) => value)
  // an instance is named by the begin of its task's id
  const names = [taskId, taskId?.split('-')[0], runId, traceId, ...directories].filter(
    (name) => name !== undefined && name.length > 1,
  )
  // the longest first, as some begin as others do
  const inTurn = names.toSorted((one = '', other = '') => other.length - one.length)
  return (value) =>
    inTurn.reduce<string>((left, name = '') => left.replaceAll(name, '…'), value).replaceAll(localPort, '')
}

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
  const differing = told.filter(({ values }) => new Set(values).size > 1)
  const withoutOwn = runs.map(ownLeftOut)
  const isOwn = ({ values }: Difference) =>
    new Set(values.map((value, run) => value && withoutOwn[run]?.(value))).size === 1
  return {
    different: differing.filter((row) => !isOwn(row)),
    own: differing.filter(isOwn),
    same: told.length - differing.length,
  }
}
