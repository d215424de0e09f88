import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseProcessStat } from '../../../src/host/process-tree/process-stat.ts'
import { countCpus } from '../../../src/host/process-tree/process-tree.ts'

const rest = '4194304 97 0 0 0 250 50 1000 -1 20 0 7 0 5560522 3133440 349 18446744073709551615 1 1'

it('a process is what it is, and what it and its children have used', () => {
  expect(parseProcessStat(`42 (a (b) c) S 41 40 39 0 -1 ${rest}`)).toEqual({
    pid: 42,
    parentPid: 41,
    groupId: 40,
    sessionId: 39,
    state: 'S',
    startTime: '5560522',
    name: 'a (b) c',
    user: 2.5,
    system: 0.5,
    childrenUser: 10,
    childrenSystem: 0,
    threads: 7,
    virtualBytes: 3_133_440,
    residentPages: 349,
  })
})

it.each(['', 'nonsense', '42 (a) S', '42 (a) S 41 40 39 0 -1', 'NaN (a) S NaN 40 39 0 -1 1'])(
  '%j is no process',
  (text) => {
    expect(parseProcessStat(text)).toBeUndefined()
  },
)

it('a text that is cut after the start time has used nothing of the rest', () => {
  const cut = rest.split(' ').slice(0, 14).join(' ')
  expect(parseProcessStat(`42 (a) S 41 40 39 0 -1 ${cut}`)).toMatchObject({
    virtualBytes: 0,
    residentPages: 0,
  })
})

it.runIf(process.platform === 'linux')('this process is one', () => {
  expect(parseProcessStat(readFileSync('/proc/self/stat', 'utf8'))).toMatchObject({ pid: process.pid })
})

it.each([
  { list: '0', is: 1 },
  { list: '0-3', is: 4 },
  { list: '0-3,8,10-11', is: 7 },
])('$list are $is CPUs', ({ list, is }) => {
  expect(countCpus(list)).toBe(is)
})
