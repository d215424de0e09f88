/** Writes the tables that the source knows into README.md and docs/, between their markers: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { findingKinds } from '../src/emulator/findings/catalogue.ts'
import { settingsTable } from '../src/settings/help.ts'

const findingsTable = () =>
  [
    '| id | | what the platform does | remedy |',
    '|---|---|---|---|',
    ...Object.entries(findingKinds).map(
      ([id, { severity, platform, remedy }]) => `| \`${id}\` | ${severity} | ${platform} | ${remedy} |`,
    ),
  ].join('\n')

const tables = [
  { file: 'README.md', name: 'settings', table: settingsTable },
  { file: 'docs/emulate.md', name: 'findings', table: findingsTable },
]

const withTable = (text: string, name: string, table: string) => {
  const begin = `<!-- ${name}: made by npm run readme -->`
  const end = `<!-- end of ${name} -->`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`'${begin}' or '${end}' is missing`)
  return `${before}${begin}\n${table}\n${end}${after}`
}

/** The pages that hold a table, as they are and as they should be. */
export const pages = () =>
  tables.map(({ file, name, table }) => {
    const text = readFileSync(file, 'utf8')
    return { file, text, wanted: withTable(text, name, table()) }
  })

if (import.meta.main) for (const { file, wanted } of pages()) writeFileSync(file, wanted)
