import { parseArgs } from 'node:util'
import { settingsInFile } from './file-values.ts'
import { hideInWrongValue, hideSecrets } from './hide-secrets.ts'
import { nearestOf } from './nearest-of.ts'
import { pairText } from './pair-text.ts'
import type { Basics, Group, Row } from './row.ts'
import { type Field, type Settings, table } from './table.ts'
import { endpoint, exporterNames, headers, keyValues, type ValueKind } from './value.ts'

/**
 * Why settings could not be resolved: wrong use of the command line (exit status 64), or a wrong value in the
 * environment or the file (78).
 */
export interface Problem {
  readonly kind: 'usage' | 'configuration'
  readonly message: string
}

/** What a command takes beside flags: nothing, paths, or a command line of its own after `--`. */
export type Operands = 'none' | 'paths' | 'command'

export interface Sources {
  /** Arguments after the command's name. */
  readonly argv: readonly string[]
  /** @default 'none' */
  readonly operands?: Operands
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the configuration file holds, and how messages call it. */
  readonly file?: { readonly name: string; readonly values: Readonly<Record<string, unknown>> }
}

/** A place that gives a value. */
export interface Origin {
  readonly source: 'flag' | 'variable' | 'file'
  /** As messages call it: `--endpoint`, `OTEL_EXPORTER_OTLP_ENDPOINT`, `telemetry.endpoint in taskbeat.yaml`. */
  readonly name: string
}

/** Where settings are given, the strongest place first; what is not here is at its default. */
export type Origins = ReadonlyMap<Field, readonly Origin[]>

export interface Resolved {
  readonly settings: Settings
  readonly operands: readonly string[]
  readonly origins: Origins
}

export type Resolution =
  | ({ readonly ok: true } & Resolved)
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      /** What there is beside the problems: what is wrong is at its default. Absent where the file cannot be read. */
      readonly rest?: Resolved
    }

type AnyRow = Row<unknown>

const rows = Object.entries(table) as unknown as readonly (readonly [Field, AnyRow])[]

const isIn = ({ group, alsoIn = [] }: AnyRow, groups: readonly Group[]) =>
  [group, ...alsoIn].some((one) => groups.includes(one))

/** Rows of the given groups, in the table's order. */
export const rowsOf = (groups: readonly Group[]) => rows.filter(([, row]) => isIn(row, groups))

const usage = (message: string): Problem => ({ kind: 'usage', message })

const unexpected = (word: string, operands: Operands) =>
  usage(
    `unexpected argument '${word}'${operands === 'command' ? '; the command to run comes after --, as in -- python train.py' : ''}`,
  )

/** The flags that were given, by field; each flag's last value counts, and of those that may repeat all. */
const readFlags = (given: readonly string[], groups: readonly Group[], operands: Operands) => {
  const end = given.indexOf('--')
  const argv = end < 0 ? given : given.slice(0, end)
  const words: string[] = []
  const values = new Map<Field, string>()
  const unknown: string[] = []
  const problems: Problem[] = []
  const byFlag = new Map(
    rowsOf(groups).flatMap(([field, row]) => (row.flag ? [[row.flag, { field, row }]] : [])),
  )
  const options = Object.fromEntries(
    [...byFlag].map(([flag, { row }]) => {
      const type = row.kind.isSwitch ? ('boolean' as const) : ('string' as const)
      return [flag, row.short === undefined ? { type } : { type, short: row.short }]
    }),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
  let mayTakeValue = false
  for (const token of tokens) {
    // what follows an unknown option is its value, as likely as not
    if (token.kind === 'positional' && !mayTakeValue) {
      if (operands === 'paths') words.push(token.value)
      else problems.push(unexpected(token.value, operands))
    }
    mayTakeValue = false
    if (token.kind !== 'option') continue
    const isNegated = token.name.startsWith('no-') && !byFlag.has(token.name)
    const known = byFlag.get(isNegated ? token.name.slice(3) : token.name)
    if (!known || (isNegated && !known.row.kind.isSwitch)) {
      unknown.push(token.rawName)
      mayTakeValue = token.value === undefined
    } else if (isNegated && token.value !== undefined) {
      problems.push(usage(`${token.rawName} takes no value`))
    } else if (known.row.kind.isSwitch) {
      values.set(known.field, token.value ?? String(!isNegated))
    } else if (token.value === undefined) {
      problems.push(usage(`${token.rawName} needs a value: ${known.row.kind.accepts}`))
    } else {
      const earlier = known.row.kind.isList ? values.get(known.field) : undefined
      values.set(known.field, earlier === undefined ? token.value : `${earlier}\n${token.value}`)
    }
  }
  if (end >= 0) words.push(...given.slice(end + 1))
  const [word] = words
  if (operands === 'none' && word !== undefined) problems.push(unexpected(word, operands))
  return { values, unknown, problems, flags: [...byFlag.keys()], words }
}

interface Given {
  /** Undefined for a value of the file that no text can stand for. */
  readonly text: string | undefined
  readonly origin: Origin
  readonly kind: ValueKind<unknown>
}

/** The value as a message may show it. */
const shown = (row: AnyRow, text: string | undefined) => {
  if (text === undefined) return 'no single value'
  if (row.isSecret) return '(hidden)'
  // it may have been meant for another setting
  return `'${hideInWrongValue(row.kind === endpoint ? hideSecrets(text) : text)}'`
}

const scalarText = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined

/** The texts with a separator between; undefined if one is missing. */
const joined = (texts: readonly (string | undefined)[], separator: string) =>
  texts.includes(undefined) ? undefined : texts.join(separator)

const memberText = ([key, member]: readonly [string, unknown]) => {
  const text = scalarText(member)
  return text === undefined ? undefined : pairText(key, text)
}

/** A value of the file as text: where the kind has commas, YAML may have a list or a mapping instead. */
const fileText = (value: unknown, { kind }: AnyRow): string | undefined => {
  if (Array.isArray(value)) {
    if (kind !== exporterNames && !kind.isList) return undefined
    return joined(value.map(scalarText), kind.isList ? '\n' : ',')
  }
  const arePairs = typeof value === 'object' && value !== null && (kind === keyValues || kind === headers)
  return arePairs ? joined(Object.entries(value).map(memberText), ',') : scalarText(value)
}

/**
 * Resolves the settings of the given groups, and leaves all others at their defaults: a flag beats the environment,
 * that beats the file, that beats the default.
 * Blank values count as unset. All problems are reported, not only the first.
 */
export const resolveSettings = async (
  { argv, operands = 'none', env, file }: Sources,
  groups: readonly Group[],
): Promise<Resolution> => {
  const { values: flagValues, unknown, problems, flags, words } = readFlags(argv, groups, operands)
  for (const rawName of unknown) {
    const near = await nearestOf(
      rawName,
      flags.map((flag) => `--${flag}`),
    )
    problems.push(usage(`unknown option ${rawName}${near ? `; did you mean ${near}?` : ''}`))
  }
  if (file && 'configFile' in file.values) {
    const message = `${file.name}: configFile names this file, so it has no place in it; use --config or TASKBEAT_CONFIG`
    problems.push({ kind: 'configuration', message })
  }
  const inFile = file && (await settingsInFile(file, rows))
  for (const message of inFile?.problems ?? []) problems.push({ kind: 'configuration', message })

  /** Where a setting is given, the strongest first. */
  const given = (field: Field, row: AnyRow): readonly Given[] => {
    if (!isIn(row, groups)) return []
    const { kind } = row
    const flag = flagValues.get(field)?.trim()
    const variable = row.env === undefined ? undefined : env[row.env]?.trim()
    const found = inFile?.found.get(field)
    const text = found && fileText(found.value, row)?.trim()
    return [
      ...(flag ? [{ text: flag, origin: { source: 'flag', name: `--${row.flag}` }, kind } as const] : []),
      ...(variable
        ? [{ text: variable, origin: { source: 'variable', name: row.env ?? '' }, kind } as const]
        : []),
      ...(found && text !== ''
        ? [
            {
              text,
              origin: { source: 'file', name: `${found.name} in ${file?.name}` },
              kind: found.kind,
            } as const,
          ]
        : []),
    ]
  }

  const readSource = (row: AnyRow, { text, origin, kind }: Given): readonly unknown[] => {
    const value = text === undefined ? undefined : kind.read(text)
    if (value !== undefined) return [value]
    problems.push({
      kind: origin.source === 'flag' ? 'usage' : 'configuration',
      message: `${origin.name} is ${shown(row, text)}, but accepted is ${kind.accepts}`,
    })
    return []
  }

  const resolved: Partial<Record<Field, unknown>> = {}
  const origins = new Map<Field, readonly Origin[]>()
  for (const [field, row] of rows) {
    const { merge } = row.kind
    const sources = given(field, row)
    const values = sources.slice(0, merge ? undefined : 1).flatMap((source) => readSource(row, source))
    const [first] = values
    const places = sources.map(({ origin }) => origin)
    if (values.length > 0) origins.set(field, places)
    resolved[field] =
      merge && values.length > 1
        ? values.reduceRight((weaker, stronger) => merge(weaker, stronger))
        : (first ?? row.default)
  }
  const basics = resolved as unknown as Basics
  for (const [field, value] of Object.entries(resolved)) {
    if (typeof value === 'function') resolved[field as Field] = value(basics)
  }
  const rest = { settings: Object.freeze(resolved) as Settings, operands: words, origins }
  return problems.length > 0 ? { ok: false, problems, rest } : { ok: true, ...rest }
}
