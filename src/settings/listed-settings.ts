import { hideSecretMembers, hideSecrets, isSecretName } from './hide-secrets.ts'
import { type Origins, rowsOf } from './resolve.ts'
import type { Group, Row } from './row.ts'
import { type Field, type Settings, table } from './table.ts'

/** A setting as it may be shown. */
export interface ListedSetting {
  readonly field: Field
  /** Without secrets. */
  readonly value: string
  /** Where it comes from; undefined: it is the default. */
  readonly from: string | undefined
  /** Places that give a value too, and are not heard. */
  readonly beats: readonly string[]
}

const plain = (value: unknown): string => {
  if (value === undefined) return '(unset)'
  if (value instanceof RegExp) return String(value)
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(String).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  const pairs = Object.entries(value).map(
    ([key, member]) => `${key}=${isSecretName(key) ? '[redacted]' : member}`,
  )
  return pairs.length === 0 ? '(none)' : pairs.join(', ')
}

const shown = (field: Field, value: unknown, { isSecret }: Row<unknown>): string => {
  if (isSecret && value !== undefined) return '(hidden)'
  const whole = plain(value)
  const text = field === 'outerBaggage' ? hideSecretMembers(whole) : whole
  // what is a URL may have a password in it, whatever the setting
  return text.includes('@') || text.includes('://') ? hideSecrets(text) : text
}

export interface ListOptions {
  readonly settings: Settings
  readonly origins: Origins
  readonly groups: readonly Group[]
  /** Hides what else must not be seen. */
  readonly redact: (text: string) => string
}

/** The settings of some groups, those at their defaults too, as they may be shown. */
export const listSettings = ({ settings, origins, groups, redact }: ListOptions): readonly ListedSetting[] =>
  rowsOf(groups).map(([field, row]) => {
    const places = (origins.get(field) ?? []).map(({ name }) => name)
    const isMerged = row.kind.merge !== undefined
    const heard = isMerged ? places : places.slice(0, 1)
    return {
      field,
      value: redact(shown(field, settings[field], row)),
      from: heard.length > 0 ? heard.join(', ') : undefined,
      beats: isMerged ? [] : places.slice(1),
    }
  })

/** A setting that somebody has chosen, by its flag, else its variable. */
export interface ChosenSetting {
  readonly name: string
  /** Without secrets. */
  readonly value: string
  readonly from: string
}

/** The settings of some groups that are not at their defaults, as they may be shown. */
export const chosenSettings = (options: ListOptions): readonly ChosenSetting[] =>
  listSettings(options).flatMap(({ field, value, from }) => {
    if (from === undefined) return []
    const { flag, env }: Pick<Row<unknown>, 'flag' | 'env'> = table[field]
    return [{ name: flag === undefined ? (env ?? field) : `--${flag}`, value, from }]
  })
