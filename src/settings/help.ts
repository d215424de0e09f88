import { rowsOf } from './resolve.ts'
import type { Field, Group, Row } from './table.ts'

const groupTitles: Readonly<Record<Group, string>> = {
  general: 'General',
  progress: 'Progress',
  simulation: 'Simulated training',
  telemetry: 'Telemetry',
  platform: 'Set by the platform',
}

const allGroups = Object.keys(groupTitles) as Group[]

const defaultText = (row: Row<unknown>, quote: (text: string) => string) =>
  row.defaultText ?? (row.default === undefined ? '' : quote(String(row.default)))

const flagText = (row: Row<unknown>) => {
  if (row.flag === undefined) return ''
  return row.kind.isSwitch ? `--[no-]${row.flag}` : `--${row.flag}`
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
          return `  ${flagText(row).padEnd(24)} ${row.doc.replaceAll('`', '')}\n  ${''.padEnd(24)} (${note})`
        })
      return lines.length === 0 ? '' : `${groupTitles[group]}:\n${lines.join('\n')}\n`
    })
    .filter(Boolean)
    .join('\n')

const code = (text: string) => (text === '' ? '' : `\`${text}\``)

const signalScopes = /^(traces|metrics|logs)(?=[A-Z])/

/** The three rows of a signal setting become one, as they differ in the signal's name only. */
const folded = (field: Field, row: Row<unknown>): Row<unknown> | undefined => {
  const scope = signalScopes.exec(field)?.[1]
  if (scope === undefined) return row
  if (scope !== 'traces') return undefined
  return {
    ...row,
    ...(row.flag && { flag: row.flag.replace('traces', '<signal>') }),
    ...(row.env && { env: row.env.replace('TRACES', '<SIGNAL>') }),
    ...(row.example && { example: row.example.replace('traces', 'logs') }),
    doc: row.doc.replace(/\btraces\b/, 'one signal'),
  }
}

/** The configuration table of README.md, in Markdown. */
export const settingsTable = (): string => {
  const lines = rowsOf(allGroups).flatMap(([field, row]) => {
    const shown = folded(field, row)
    if (!shown) return []
    const cells = [
      code(flagText(shown)),
      code(shown.env ?? ''),
      defaultText(shown, code),
      code(shown.example ?? ''),
    ]
    return [`| ${cells.join(' | ')} | ${shown.doc} |`]
  })
  return ['| flag | env | default | example | what it is |', '|---|---|---|---|---|', ...lines].join('\n')
}
