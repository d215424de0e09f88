/** Writes the configuration table into README.md, between its markers: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { settingsTable } from '../src/settings/help.ts'

const begin = '<!-- settings: made by npm run readme -->'
const end = '<!-- end of settings -->'

/** README.md with the table that the settings say. */
export const withSettings = (readme: string): string => {
  const [before, rest] = readme.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`README.md lacks '${begin}' or '${end}'`)
  return `${before}${begin}\n${settingsTable()}\n${end}${after}`
}

if (import.meta.main) writeFileSync('README.md', withSettings(readFileSync('README.md', 'utf8')))
