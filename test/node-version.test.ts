import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nodeTooOld } from '../src/node-version.ts'

it.each([
  { version: '20.20.2', isTooOld: true },
  { version: '24.14.9', isTooOld: true },
  { version: '24.15.0', isTooOld: false },
  { version: '24.21.0', isTooOld: false },
  { version: '25.0.0', isTooOld: false },
])('Node.js $version: too old $isTooOld', ({ version, isTooOld }) => {
  expect(nodeTooOld(version) !== undefined).toBe(isTooOld)
})

it('package.json, the check before npm scripts, and the message name the same version', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { stderr } = spawnSync(process.execPath, [
    '-e',
    "Object.defineProperty(process.versions, 'node', { value: '20.0.0' }); require('./scripts/require-node.cjs')",
  ])
  const needed = engines.node.replace('>=', '')
  expect(nodeTooOld('20.0.0')).toContain(`Node.js ${needed} or newer`)
  expect(String(stderr)).toContain(`Node.js ${needed} or newer`)
})
