import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { identify, isSameProcess, parseIdentity } from '../../src/processes/identity.ts'

const identity = { pid: 7, startTime: '4242', bootId: 'boot-1', pidNamespace: 'pid:[1]' }

it.each([
  { what: 'all members', value: identity, is: identity },
  { what: 'more than that', value: { ...identity, more: true }, is: identity },
  { what: 'a pid that is no integer', value: { ...identity, pid: 7.5 }, is: undefined },
  { what: 'a start that is no text', value: { ...identity, startTime: 4242 }, is: undefined },
  { what: 'no boot', value: { ...identity, bootId: undefined }, is: undefined },
  { what: 'no namespace', value: { ...identity, pidNamespace: null }, is: undefined },
  { what: 'a list', value: [identity], is: undefined },
  { what: 'nothing', value: undefined, is: undefined },
])('an identity in a value with $what', ({ value, is }) => {
  expect(parseIdentity(value)).toEqual(is)
})

describe.runIf(process.platform === 'linux')('a process of this machine', () => {
  it('is itself as long as it lives', async () => {
    const child = spawn('sleep', ['infinity'])
    await once(child, 'spawn')
    const described = identify(Number(child.pid))
    if (!described) throw new Error('a living process has no identity')
    expect(isSameProcess(described)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isSameProcess(described)).toBe(false)
    expect(identify(described.pid)).toBeUndefined()
  })

  it.each([
    { what: 'of another start', other: { startTime: '1' } },
    { what: 'of another boot', other: { bootId: 'another' } },
    { what: 'of another container', other: { pidNamespace: 'pid:[1]' } },
    { what: 'of another pid', other: { pid: process.ppid } },
  ])('is not one $what', ({ other }) => {
    const self = identify('self')
    if (!self) throw new Error('this process has no identity')
    expect(self.pid).toBe(process.pid)
    expect(isSameProcess(self)).toBe(true)
    expect(isSameProcess({ ...self, ...other })).toBe(false)
  })
})
