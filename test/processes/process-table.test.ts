import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  catchesSignal,
  descendantsOf,
  groupMembers,
  ignoresSignal,
  type ProcessEntry,
  parseProcess,
  readProcess,
  selectDescendants,
} from '../../src/processes/process-table.ts'
import { temporaryDirectory, until } from '../support/run-cli.ts'

const rest = '0 -1 4194560 100 0 0 0 1 2 0 0 20 0 11 0 4242 1000 200'
const seven = { pid: 7, parentPid: 1, groupId: 6, sessionId: 5, state: 'S', startTime: '4242', name: 'sh' }

describe('the text of /proc/<pid>/stat', () => {
  it.each([
    { what: 'a plain name', text: `7 (sh) S 1 6 5 ${rest}`, is: seven },
    {
      what: 'a name with parentheses and spaces',
      text: `7 (a) R (b) S 1 6 5 ${rest}`,
      is: { ...seven, name: 'a) R (b' },
    },
    {
      what: 'a name with a newline',
      text: `7 (a\nb) Z 1 6 5 ${rest}`,
      is: { ...seven, name: 'a\nb', state: 'Z' },
    },
    { what: 'no name', text: `7 () S 1 6 5 ${rest}`, is: { ...seven, name: '' } },
    {
      what: 'no terminal group',
      text: `7 (sh) S 0 0 0 ${rest}\n`,
      is: { ...seven, parentPid: 0, groupId: 0, sessionId: 0 },
    },
    { what: 'nothing', text: '', is: undefined },
    { what: 'a torn text', text: '7 (sh) S 1 6 5 0 -1', is: undefined },
    { what: 'other fields', text: `7 (sh) S one 6 5 ${rest}`, is: undefined },
  ])('with $what', ({ text, is }) => {
    expect(parseProcess(text)).toEqual(is)
  })
})

describe('descendants in a table', () => {
  const entry = (pid: number, parentPid: number): ProcessEntry => ({ ...seven, pid, parentPid })

  it('come generation by generation', () => {
    const table = [entry(5, 4), entry(3, 2), entry(4, 2), entry(2, 1), entry(9, 8), entry(6, 3)]
    expect(selectDescendants(table, 2).map(({ pid }) => pid)).toEqual([3, 4, 6, 5])
  })

  it('have an end also where the table, read over time, has a cycle', () => {
    const table = [entry(2, 4), entry(3, 2), entry(4, 3), entry(5, 5)]
    expect(selectDescendants(table, 2).map(({ pid }) => pid)).toEqual([3, 4])
    expect(selectDescendants(table, 5)).toEqual([])
  })
})

const started: ChildProcess[] = []

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  }
})

/** Starts a program in a group of its own. */
const start = async (file: string, ...args: string[]): Promise<number> => {
  const child = spawn(file, args, { detached: true, stdio: 'ignore' })
  started.push(child)
  await once(child, 'spawn')
  return Number(child.pid)
}

const stateOf = (pid: number) => readProcess(pid)?.state

describe.runIf(process.platform === 'linux')('the processes of this machine', () => {
  it('are described, this one too', () => {
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid })
    expect(descendantsOf(process.ppid)).toContain(process.pid)
  })

  it('may be called anything', async () => {
    await using dir = await temporaryDirectory()
    const program = join(dir.path, 'a) R 1\n(b')
    await copyFile('/bin/sleep', program)
    const pid = await start(program, 'infinity')
    await until(() => readProcess(pid)?.name === 'a) R 1\n(b')
    expect(readProcess(pid)).toMatchObject({ pid, parentPid: process.pid, groupId: pid, sessionId: pid })
  })

  it('have children and grandchildren, of which the dead do not count', async () => {
    // sleep does not wait for its children, so the one that has ended stays a zombie
    const pid = await start('bash', '-c', 'true & bash -c "sleep infinity & wait" & exec sleep infinity')
    const children = () =>
      descendantsOf(pid)
        .map((each) => readProcess(each))
        .filter((each) => each?.name === 'sleep')
    await until(
      () => children().length === 1 && readProcess(pid)?.name === 'sleep' && descendantsOf(pid).length === 2,
    )
    const [child, grandchild, ...more] = descendantsOf(pid)
    expect(more).toEqual([])
    expect(readProcess(Number(child))).toMatchObject({ parentPid: pid, name: 'bash' })
    expect(readProcess(Number(grandchild))).toMatchObject({ parentPid: child, name: 'sleep' })
    expect(new Set(groupMembers(pid))).toEqual(new Set([pid, child, grandchild]))
  })

  it('that are dead but not yet reaped can be read, and are no members of their group', async () => {
    const pid = await start('bash', '-c', 'sleep infinity & exec sleep infinity')
    await until(() => readProcess(pid)?.name === 'sleep' && groupMembers(pid).length === 2)
    const [child] = descendantsOf(pid)
    process.kill(Number(child), 'SIGKILL')
    await until(() => stateOf(Number(child)) === 'Z')
    expect(groupMembers(pid)).toEqual([pid])
    expect(descendantsOf(pid)).toEqual([])
  })

  it('catch signals, ignore them, or do neither', async () => {
    const { SIGUSR1, SIGUSR2, SIGPWR, SIGRTMAX } = { ...constants.signals, SIGRTMAX: 64 }
    const pid = await start('bash', '-c', "trap '' USR1 RTMAX; trap : USR2; sleep infinity & wait")
    await until(() => descendantsOf(pid).length === 1)
    expect([SIGUSR1, SIGUSR2, SIGPWR, SIGRTMAX].map((number) => catchesSignal(pid, number))).toEqual([
      false,
      true,
      false,
      false,
    ])
    expect([SIGUSR1, SIGUSR2, SIGPWR, SIGRTMAX].map((number) => ignoresSignal(pid, number))).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('that are not there are nothing', () => {
    const nobody = 2 ** 22 + 1
    expect(readProcess(nobody)).toBeUndefined()
    expect(descendantsOf(nobody)).toEqual([])
    expect(groupMembers(nobody)).toEqual([])
    expect(catchesSignal(nobody, 10)).toBe(false)
    expect(ignoresSignal(nobody, 10)).toBe(false)
  })
})
