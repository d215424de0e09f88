import type { Attributes } from './attributes.ts'
import type { Filter } from './recorder.ts'
import { RecorderError } from './recorder-error.ts'

/** Filters, all of which have to let something through. */
export interface Sieve {
  /** Before its attributes are looked at. */
  readonly admitsSpan: (name: string, verbosity: number) => boolean
  readonly admitsEvent: (verbosity: number) => boolean
  /** @throws {RecorderError} `FILTER_FAILED` if a predicate throws */
  readonly admitsAttributes: (attributes: Attributes, name: string) => boolean
}

const named =
  (where: NonNullable<Filter['where']>): NonNullable<Filter['where']> =>
  (attributes, name) => {
    try {
      return where(attributes, name)
    } catch (cause) {
      throw new RecorderError('FILTER_FAILED', `the filter's predicate threw for ${name}`, { cause })
    }
  }

/** The filters as one sieve; undefined if they let everything through. */
export const sieveOf = (filters: readonly (Filter | undefined)[]): Sieve | undefined => {
  const given = filters.filter((filter) => filter !== undefined)
  const allowed = given.flatMap(({ allow }) => (allow ? [new Set(allow)] : []))
  const denied = new Set(given.flatMap(({ deny }) => deny ?? []))
  const maxVerbosity = Math.min(...given.map((filter) => filter.maxVerbosity ?? Number.POSITIVE_INFINITY))
  const predicates = given.flatMap(({ where }) => (where ? [named(where)] : []))
  const isOpen = maxVerbosity === Number.POSITIVE_INFINITY
  if (allowed.length + denied.size + predicates.length === 0 && isOpen) return undefined
  return {
    admitsSpan: (name, verbosity) =>
      verbosity <= maxVerbosity && !denied.has(name) && allowed.every((names) => names.has(name)),
    admitsEvent: (verbosity) => verbosity <= maxVerbosity,
    admitsAttributes: (attributes, name) => predicates.every((where) => where(attributes, name)),
  }
}
