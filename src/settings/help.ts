import { rowsOf } from './resolve.ts'
import type { Group, Row } from './row.ts'
import { type Field, table } from './table.ts'

const groupTitles: Readonly<Record<Group, string>> = {
  general: 'General',
  progress: 'Progress',
  supervision: 'Supervision of a command',
  simulation: 'Simulated training',
  telemetry: 'Telemetry',
  machine: 'The machine',
  ui: 'The page while it runs',
  view: 'The page',
  logbook: 'The logbook',
  report: 'The report',
  replay: 'Replay',
  bridge: 'The metrics file',
  naming: 'Names behind a Collector',
  'trace-config': 'The configuration of a Triton server',
  doctor: 'The check-up',
  platform: 'Set by the platform',
  worker: "The platform's worker",
  emulator: 'The emulated platform',
}

/** The commands that read a group, for the README. */
const groupCommands: Readonly<Record<Group, string>> = {
  general: 'all',
  progress: '`simulate`, `run`',
  supervision: '`run`',
  simulation: '`simulate`',
  telemetry: '`simulate`, `run`, `bridge`, `replay`',
  machine: '`simulate`, `run`, the switches also `bridge`',
  ui: '`run`, `emulate`; the port also `view`',
  view: '`view`',
  logbook: '`simulate`, `run`, `emulate`',
  report: '`report`',
  replay: '`replay`',
  bridge: '`bridge`',
  naming: '`explain-names`, with `--names`, `--attributes`, `--mapping` and `--unknown-fields`',
  'trace-config': '`trace-config`, with the rows of Telemetry',
  doctor: '`doctor`, with the rows that `run` has',
  platform: '`simulate`, `run`, `bridge`',
  worker: '`emulate`, `judge`',
  emulator: '`emulate`',
}

const allGroups = Object.keys(groupTitles) as Group[]

const defaultText = (row: Row<unknown>, quote: (text: string) => string) =>
  row.defaultText ?? (row.default === undefined ? '' : quote(String(row.default)))

const flagText = (row: Row<unknown>) => {
  if (row.flag === undefined) return ''
  const short = row.short === undefined ? '' : `-${row.short}, `
  return row.kind.isSwitch ? `${short}--[no-]${row.flag}` : `${short}--${row.flag}`
}

/** The options part of `--help`: flag, variable, meaning and default of the given groups. */
export const optionsHelp = (groups: readonly Group[]): string =>
  groups
    .map((group) => {
      const lines = rowsOf([group])
        .filter(([, row]) => row.flag !== undefined)
        .map(([, row]) => {
          const fallback = defaultText(row, (text) => text).replaceAll('`', '')
          const note = [row.env ?? '', fallback && `default: ${fallback}`].filter(Boolean).join(', ')
          const shown = row.kind.isSwitch ? flagText(row) : `${flagText(row)} ${row.example ?? ''}`
          const indent = `\n  ${''.padEnd(36)} `
          const start = shown.length > 36 ? `  ${shown}${indent}` : `  ${shown.padEnd(36)} `
          return `${start}${row.doc.replaceAll('`', '')}${note && `${indent}(${note})`}`
        })
      return lines.length === 0 ? '' : `${groupTitles[group]}:\n${lines.join('\n')}\n`
    })
    .filter(Boolean)
    .join('\n')

const code = (text: string) => (text === '' ? '' : `\`${text}\``)

/** The part of a field's name that says which signal it is for: `traces` of `tracesEndpoint`. */
const signalOf = (field: Field) => {
  const [, signal, rest] = /^(traces|metrics|logs)([A-Z].*)$/.exec(field) ?? []
  return `traces${rest}` in table ? signal : undefined
}

/** The three rows of a signal's setting become one, as they differ in the signal's name only. */
const folded = (field: Field, row: Row<unknown>) => {
  const signal = signalOf(field)
  if (signal === undefined) return { field, row }
  if (signal !== 'traces') return undefined
  const { flag, env, example } = row
  return {
    field: field.replace('traces', '<signal>'),
    row: {
      ...row,
      ...(flag && { flag: flag.replace('traces', '<signal>') }),
      ...(env && { env: env.replace('TRACES', '<SIGNAL>') }),
      ...(example && { example: example.replace('traces', 'logs') }),
      doc: row.doc.replace(/\btraces\b/, 'one signal'),
    },
  }
}

const tableLines = (group: Group) =>
  rowsOf([group]).flatMap(([ownField, ownRow]) => {
    if (ownRow.group !== group) return []
    const { field, row } = folded(ownField, ownRow) ?? {}
    if (!field || !row) return []
    const { section } = row
    const key = section && `${section.kind ? 'not ' : ''}${code(`${section.name}.${section.key}`)}`
    const places = key ? `${code(field)}, ${key}` : code(field)
    const source = [code(flagText(row)), code(row.env ?? ''), places]
    return [`| ${[...source, defaultText(row, code), code(row.example ?? '')].join(' | ')} | ${row.doc} |`]
  })

/** The configuration table of README.md, in Markdown. */
export const settingsTable = (): string => {
  const lines = allGroups.flatMap((group) => [
    `| **${groupTitles[group]}** | | | | | ${groupCommands[group]} |`,
    ...tableLines(group),
  ])
  return [
    '| flag | env | file | default | example | what it is |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}
