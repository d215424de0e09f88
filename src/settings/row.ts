import type { ValueKind } from './value.ts'

export type Group =
  | 'general'
  | 'progress'
  | 'supervision'
  | 'simulation'
  | 'telemetry'
  | 'machine'
  | 'platform'
  | 'worker'
  | 'replay'
  | 'emulator'
  | 'bridge'
  | 'naming'
  | 'trace-config'
  | 'doctor'
  | 'ui'
  | 'view'
  | 'logbook'
  | 'report'

/** What later defaults may depend on. */
export interface Basics {
  readonly resultsDir: string
  readonly taskId: string | undefined
}

/**
 * One setting: a row of the table in README.md and of `--help`.
 *
 * A row without a flag is read from the environment and the file only: it comes from the platform, or it
 * holds secrets, which do not belong on a command line.
 */
export interface Row<T, D = T> {
  readonly kind: ValueKind<T>
  readonly group: Group
  /** Other groups that have it too; the README lists it once. */
  readonly alsoIn?: readonly Group[]
  readonly flag?: string
  /** The flag as one letter too: `o` of `-o`. `h` is taken, by help. */
  readonly short?: string
  readonly env?: string
  readonly default: D | ((basics: Basics) => D)
  /** The default in words, where the value itself does not say it. */
  readonly defaultText?: string
  readonly example?: string
  readonly doc: string
  /** Where it may stand in the file as well: under this key of a section. */
  readonly section?: {
    readonly name: string
    readonly key: string
    /** How it is read there. @default as everywhere */
    readonly kind?: ValueKind<T>
  }
  /** A child's OpenTelemetry SDK is told of it too, by `env`, where only a flag or the file has it. */
  readonly passesOn?: boolean
  /** The value never appears in a message. */
  readonly isSecret?: boolean
}

/** A setting that may stay unset. */
export const optional = <T>(row: Omit<Row<T>, 'default'>): Row<T, T | undefined> => ({
  ...row,
  default: undefined,
})

export const setting = <T>(row: Row<NoInfer<T>> & { readonly kind: ValueKind<T> }): Row<T> => row
