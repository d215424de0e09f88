import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { pages } from '../scripts/readme.ts'
import { table } from '../src/settings/table.ts'

const manual = readFileSync('docs/cli.md', 'utf8')

it.each(await pages())('$file is as the source says (npm run readme writes it)', ({ text, wanted }) => {
  expect(wanted).toBe(text)
})

it('the table has every variable that is known', () => {
  for (const { env } of Object.values(table)) {
    if (env === undefined) continue
    const folded = env.replace(/_(TRACES|METRICS|LOGS)_(?!FILE)/, '_<SIGNAL>_')
    expect(
      [env, folded].some((name) => manual.includes(`\`${name}\``)),
      env,
    ).toBe(true)
  }
})
