import { expect, it } from 'vitest'
import { judgeOwner, makeClosedName, makeOwnedName } from '../../../src/delivery/spool/owner.ts'
import { identify } from '../../../src/processes/identity.ts'

const self = { pid: 7, startTime: '4242', bootId: 'boot-1', pidNamespace: 'pid:[1]' }
const random = '0123456789abcdef'

const nameOf = (other: Partial<typeof self>) => makeOwnedName({ ...self, ...other })

it.each([
  { what: 'of a living process', name: nameOf({ pid: 8 }), living: 8, is: 'living' },
  { what: 'of this process', name: nameOf({}), living: 7, is: 'living' },
  { what: 'of a process that is gone', name: nameOf({ pid: 9 }), living: 8, is: 'gone' },
  { what: 'of another boot', name: nameOf({ bootId: 'boot-2' }), living: 7, is: 'elsewhere' },
  { what: 'of another container', name: nameOf({ pidNamespace: 'pid:[2]' }), living: 7, is: 'elsewhere' },
  { what: 'of a system without /proc', name: `7-0-000000000000-${random}`, living: 7, is: 'elsewhere' },
  { what: 'that was left in order', name: makeClosedName(), living: 7, is: 'gone' },
  { what: 'with more behind it', name: `${nameOf({ pid: 9 })}.old`, living: 8, is: 'none' },
  { what: 'with pid 0', name: `0-1-000000000000-${random}`, living: 8, is: 'none' },
  { what: 'without a random part', name: '7-4242-000000000000', living: 8, is: 'none' },
  { what: 'of something else', name: 'notes', living: 8, is: 'none' },
] as const)('a name $what', ({ name, living, is }) => {
  expect(judgeOwner(name, self, ({ pid }) => pid === living)).toBe(is)
})

it('without /proc nobody can be asked', () => {
  expect(judgeOwner(nameOf({}), undefined)).toBe('elsewhere')
  expect(judgeOwner(makeClosedName(), undefined)).toBe('gone')
})

it('this process lives, and names itself differently each time', () => {
  const names = [makeOwnedName(), makeOwnedName()]
  expect(new Set(names).size).toBe(2)
  for (const name of names)
    expect(judgeOwner(name, identify('self'))).toBe(process.platform === 'linux' ? 'living' : 'elsewhere')
})
