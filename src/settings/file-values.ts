import { nearestOf } from './nearest-of.ts'
import type { Row } from './row.ts'
import type { Field } from './table.ts'
import type { ValueKind } from './value.ts'

/** What the file says of a setting. */
export interface InFile {
  readonly value: unknown
  /** How messages call its place: `serviceName`, or `telemetry.serviceName`. */
  readonly name: string
  /** How it is read in that place. */
  readonly kind: ValueKind<unknown>
}

interface Key {
  readonly field: Field
  readonly kind: ValueKind<unknown>
}

type Rows = readonly (readonly [Field, Row<unknown>])[]

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The keys of each section, and under '' those beside the sections. */
const keysOf = (rows: Rows) => {
  const keys = new Map<string, Map<string, Key>>([['', new Map()]])
  const add = (section: string, key: string, found: Key) =>
    keys.set(section, (keys.get(section) ?? new Map()).set(key, found))
  for (const [field, { kind, section }] of rows) {
    add('', field, { field, kind })
    if (section) add(section.name, section.key, { field, kind: section.kind ?? kind })
  }
  return keys
}

/**
 * Looks up what a file says of each setting, beside its sections or in one of them.
 *
 * Problems: a key that is not known, a section that is none, and a setting that is given in both places.
 */
export const settingsInFile = async (
  file: { readonly name: string; readonly values: Readonly<Record<string, unknown>> },
  rows: Rows,
): Promise<{ readonly found: ReadonlyMap<Field, InFile>; readonly problems: readonly string[] }> => {
  const keys = keysOf(rows)
  const found = new Map<Field, InFile>()
  const problems: string[] = []

  const unknown = async (section: string, key: string) => {
    const sections = section === '' ? [...keys.keys()] : []
    const words = [...(keys.get(section)?.keys() ?? []), ...sections].filter(Boolean)
    const prefix = section && `${section}.`
    const near = await nearestOf(key, words)
    const few = section ? `; known are ${words.join(', ')}` : ''
    problems.push(
      `${file.name}: unknown setting '${prefix}${key}'${near ? `; did you mean ${prefix}${near}?` : few}`,
    )
  }

  const take = async (section: string, values: Readonly<Record<string, unknown>>) => {
    for (const [key, value] of Object.entries(values)) {
      const name = section ? `${section}.${key}` : key
      const known = keys.get(section)?.get(key)
      if (section === '' && keys.has(key) && key !== '') {
        if (isMapping(value)) await take(key, value)
        else if (value !== null)
          problems.push(`${file.name}: ${key} is no mapping, such as '${key}: {debug: true}'`)
      } else if (!known) {
        await unknown(section, key)
      } else if (value !== null && value !== undefined) {
        const other = found.get(known.field)
        if (other)
          problems.push(`${file.name}: ${other.name} and ${name} are the same setting; keep one of them`)
        found.set(known.field, { value, name, kind: known.kind })
      }
    }
  }
  await take('', file.values)
  return { found, problems }
}
