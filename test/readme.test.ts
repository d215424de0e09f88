import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withSettings } from '../scripts/readme.ts'
import { table } from '../src/settings/table.ts'

const readme = readFileSync('README.md', 'utf8')

it('the configuration table is the one that the settings say (npm run readme writes it)', () => {
  expect(withSettings(readme)).toBe(readme)
})

it('the table has every variable that is known', () => {
  for (const { env } of Object.values(table)) {
    if (env === undefined) continue
    const folded = env.replace(/_(TRACES|METRICS|LOGS)_(?!FILE)/, '_<SIGNAL>_')
    expect(
      [env, folded].some((name) => readme.includes(`\`${name}\``)),
      env,
    ).toBe(true)
  }
})
