import { rowsOf } from '../settings/resolve.ts'
import type { Group, Row } from '../settings/row.ts'
import { path } from '../settings/value.ts'
import type { Operands } from '../settings.ts'

/** A command, as far as completion has to know it. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly groups: readonly Group[]
  /** What it takes beside flags, or the only words that it takes. */
  readonly operands: Operands | readonly string[]
}

/** What follows a flag. */
export type FlagValue =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file' }
  | { readonly kind: 'text' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

export interface CompletedFlag {
  /** With its dashes: two, or one and a letter. */
  readonly flag: string
  readonly doc: string
  readonly value: FlagValue
}

/**
 * The words that a kind accepts, where the sentence that says so is nothing but a list of words: `upload or none`,
 * `grpc, http or http/protobuf`. Empty for all other kinds.
 */
export const acceptedWords = ({ accepts, read }: Row<unknown>['kind']): readonly string[] => {
  const words = accepts.split(/, | or /)
  return words.every((word) => /^[a-z/]+$/.test(word) && read(word) !== undefined) ? words : []
}

const flagValue = ({ kind }: Row<unknown>): FlagValue => {
  if (kind === path) return { kind: 'file' }
  const words = acceptedWords(kind)
  return words.length > 0 ? { kind: 'words', words } : { kind: 'text' }
}

/** The flags of the given groups, in the order of the settings table; a switch is there with and without its `no-`. */
export const completedFlags = (groups: readonly Group[]): readonly CompletedFlag[] => [
  ...rowsOf(groups).flatMap(([, row]): readonly CompletedFlag[] => {
    const { flag, short, kind } = row
    const doc = row.doc.replaceAll('`', '')
    if (flag === undefined) return []
    const value: FlagValue = kind.isSwitch ? { kind: 'nothing' } : flagValue(row)
    const names = short === undefined ? [`--${flag}`] : [`--${flag}`, `-${short}`]
    const named = names.map((name) => ({ flag: name, doc, value }))
    if (!kind.isSwitch) return named
    return [...named, { flag: `--no-${flag}`, doc: `not: ${doc}`, value }]
  }),
  { flag: '--help', doc: 'options, examples, exit statuses', value: { kind: 'nothing' } },
]
