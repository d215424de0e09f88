import levenshtein from 'fastest-levenshtein'
import { nearest } from '../../settings/nearest.ts'
import type { Facts } from '../facts.ts'
import { ignoredVariables, isOfOthers, isOfOurKind, ownNameLike, ownVariables } from '../known-variables.ts'
import type { Found } from './catalogue.ts'

/** A name that differs so little from a known one, by its length, is hardly meant. */
const mostSlips = (name: string) => Math.min(4, Math.max(2, Math.round(name.length / 6)))

const known = [...ownVariables]

/** Names of variables that leave out, or write otherwise, what all of a kind have in common. */
const spellings = (name: string): readonly string[] => {
  const upper = name.toUpperCase()
  return upper.startsWith('OTLP_') ? [`OTEL_EXPORTER_${upper}`, upper] : [upper]
}

const judgeName = (name: string): readonly Found[] => {
  for (const spelling of spellings(name)) {
    const near = nearest(spelling, known)
    if (near !== undefined && levenshtein.distance(spelling, near) <= mostSlips(spelling))
      return [['variable-misspelt', `${name} is set; meant is ${near}, as likely as not`]]
  }
  // the platform may tell its tasks more than we know of
  if (name.startsWith('NVCT_')) return []
  const near = nearest(name.toUpperCase(), known)
  const hint = near === undefined ? '' : `; the nearest that is read is ${near}`
  return [['variable-unknown', `${name} is set, and nothing of taskbeat reads it${hint}`]]
}

/**
 * Whether Kubernetes made a variable for a service of its own, such as one that is called `taskbeat`.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const isOfService = (name: string, environment: Facts['environment']) => {
  const [, service] = /^(.+?)_(SERVICE_HOST|SERVICE_PORT|PORT)(_.+)?$/.exec(name) ?? []
  return service !== undefined && environment[`${service}_SERVICE_HOST`] !== undefined
}

const list = (names: readonly string[]) => names.join(', ')

/** A container has a few hundred variables at most; who has more typing errors than this reads no more of them. */
const mostNames = 20

/** Variables that are nobody's. Values may be secrets, so that only names are told. */
export const findInVariables = ({ environment }: Facts): readonly Found[] => {
  const given = Object.keys(environment)
    .filter((name) => isOfOurKind(name) && !ownVariables.has(name) && !isOfOthers(name))
    .filter((name) => !isOfService(name, environment))
    .toSorted()
  const alike = Object.keys(environment)
    .filter((name) => !isOfOurKind(name) && !ownVariables.has(name) && !isOfService(name, environment))
    .toSorted()
    .flatMap((name) => {
      const near = ownNameLike(name)
      // who sets that one too means another one by this
      return near === undefined || environment[near]?.trim() ? [] : [{ name, near }]
    })
    .slice(0, mostNames)
  const ignored = given.filter((name) => ignoredVariables.has(name))
  const strange = given.filter((name) => !ignoredVariables.has(name)).slice(0, mostNames)
  const blank = Object.keys(environment)
    .filter(
      (name) =>
        /^OTEL_EXPORTER_OTLP_(TRACES|METRICS|LOGS)_ENDPOINT$/.test(name) && environment[name]?.trim() === '',
    )
    .toSorted()
  return [
    ...strange.flatMap(judgeName),
    ...alike.map(
      ({ name, near }): Found => ['variable-like-ours', `${name} is set, which is nearly ${near}`],
    ),
    ...(ignored.length > 0
      ? [['variable-ignored', `${list(ignored)}: of the OpenTelemetry specification`] as const]
      : []),
    ...(blank.length > 0 ? [['variable-blank', `${list(blank)}: set, and blank`] as const] : []),
  ]
}
