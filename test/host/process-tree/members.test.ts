import { expect, it } from 'vitest'
import {
  followMembers,
  leastLooks,
  longestRound,
  mostFirstLooks,
  mostMembers,
} from '../../../src/host/process-tree/members.ts'
import type { ProcessFiles } from '../../../src/host/process-tree/process-files.ts'

interface Row {
  readonly pid: number
  readonly parent: number
  readonly group?: number
  readonly session?: number
  readonly start?: string
  /** Started by the main thread of its parent. @default true */
  readonly isListed?: boolean
}

/** A machine whose processes a test changes. */
const machine = (first: readonly Row[]) => {
  let rows = first
  let newest: number | undefined
  const looks: number[] = []
  const scans: number[] = []
  const files: ProcessFiles = {
    exists: (pid) => rows.some((one) => one.pid === pid),
    stat: (pid) => {
      const row = rows.find((one) => one.pid === pid)
      looks.push(pid)
      return (
        row && {
          pid,
          parentPid: row.parent,
          groupId: row.group ?? 0,
          sessionId: row.session ?? 0,
          state: 'S',
          startTime: row.start ?? 'a',
          name: '',
          user: 0,
          system: 0,
          childrenUser: 0,
          childrenSystem: 0,
          threads: 1,
          virtualBytes: 0,
          residentPages: 0,
        }
      )
    },
    disk: () => undefined,
    openFiles: () => undefined,
    children: (pid) =>
      rows.filter(({ parent, isListed = true }) => parent === pid && isListed).map((row) => row.pid),
    all: () => {
      scans.push(rows.length)
      return rows.map(({ pid }) => pid)
    },
    newest: () => newest,
  }
  return {
    files,
    looks,
    scans,
    become: (next: readonly Row[]) => {
      rows = next
    },
    giveOut: (pid: number) => {
      newest = pid
    },
  }
}

const pidsOf = ({ list }: { readonly list: readonly { readonly stat: { readonly pid: number } }[] }) =>
  list.map(({ stat }) => stat.pid)

it.each<{ what: string; looks: readonly { rows: readonly Row[]; members: readonly number[] }[] }>([
  {
    what: 'descendants belong to the tree, parents first; others do not',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 13, parent: 12 },
          { pid: 12, parent: 10 },
          { pid: 11, parent: 1 },
        ],
        members: [10, 12, 13],
      },
    ],
  },
  {
    what: 'what another thread has started is found, and what it starts',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 12, parent: 11 },
          { pid: 11, parent: 10, isListed: false },
          { pid: 13, parent: 12, isListed: false },
        ],
        members: [10, 11, 12, 13],
      },
    ],
  },
  {
    what: 'what has lost its parent stays, and its children belong to the tree',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 11, parent: 10 },
          { pid: 12, parent: 11 },
        ],
        members: [10, 11, 12],
      },
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 12, parent: 1 },
          { pid: 13, parent: 12 },
        ],
        members: [10, 12, 13],
      },
      { rows: [{ pid: 12, parent: 1 }], members: [12] },
    ],
  },
  {
    what: 'what lost its parent before it was seen is known by a group or session that a member leads',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1, group: 10, session: 9 },
          { pid: 11, parent: 1, group: 10, session: 9 },
          { pid: 12, parent: 1, group: 12, session: 9 },
          { pid: 14, parent: 10, group: 14, session: 14 },
          { pid: 15, parent: 1, group: 15, session: 14 },
        ],
        members: [10, 14, 11, 15],
      },
    ],
  },
  {
    what: 'a group that is led from outside says nothing',
    looks: [
      {
        rows: [
          { pid: 9, parent: 1, group: 9 },
          { pid: 10, parent: 9, group: 9 },
          { pid: 11, parent: 1, group: 9 },
        ],
        members: [10],
      },
    ],
  },
  {
    what: 'a group outlives its leader while a member is in it',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1, group: 10 },
          { pid: 11, parent: 10, group: 10 },
        ],
        members: [10, 11],
      },
      { rows: [{ pid: 11, parent: 1, group: 10 }], members: [11] },
      {
        rows: [
          { pid: 11, parent: 1, group: 10 },
          { pid: 12, parent: 1, group: 10 },
        ],
        members: [11, 12],
      },
    ],
  },
  {
    what: 'a pid that is given anew is not a member',
    looks: [
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 11, parent: 10 },
        ],
        members: [10, 11],
      },
      {
        rows: [
          { pid: 10, parent: 1 },
          { pid: 11, parent: 1, start: 'b' },
        ],
        members: [10],
      },
    ],
  },
  {
    what: 'when all have ended, nobody who gets the pid of the root is taken for it',
    looks: [
      { rows: [{ pid: 10, parent: 1 }], members: [10] },
      { rows: [], members: [] },
      { rows: [{ pid: 10, parent: 1 }], members: [] },
    ],
  },
  { what: 'a root that is not there has no tree', looks: [{ rows: [{ pid: 11, parent: 10 }], members: [] }] },
])('$what', ({ looks }) => {
  const { files, become } = machine(looks[0]?.rows ?? [])
  const membersOf = followMembers(files, 10)
  for (const { rows, members } of looks) {
    become(rows)
    expect(pidsOf(membersOf())).toEqual(members)
  }
})

it('the more processes the machine has, the more seldom all are gone through, and each is looked at once', () => {
  const strangers = Array.from({ length: 1_000 }, (_, at) => ({ pid: 20 + at, parent: 1 }))
  const { files, looks, scans } = machine([{ pid: 10, parent: 1 }, ...strangers])
  const membersOf = followMembers(files, 10)
  for (let reading = 0; reading < 370; reading += 1) membersOf()
  expect(scans.length).toBeLessThan(20)
  const strangersLooks = looks.filter((pid) => pid !== 10)
  expect(strangersLooks).toHaveLength(1_000)
  expect(new Set(strangersLooks).size).toBe(1_000)
})

it('what is found after a while is late, what is found at once is not', () => {
  const strangers = Array.from({ length: 500 }, (_, at) => ({ pid: 20 + at, parent: 1 }))
  const root = { pid: 10, parent: 1 }
  const { files, become } = machine([root, ...strangers])
  const membersOf = followMembers(files, 10)
  membersOf()
  become([root, { pid: 11, parent: 10 }, { pid: 12, parent: 10, isListed: false }, ...strangers])
  const first = new Map<number, boolean>()
  for (let reading = 0; reading < 60; reading += 1) {
    for (const { stat, isLate } of membersOf().list) if (!first.has(stat.pid)) first.set(stat.pid, isLate)
  }
  expect([first.get(11), first.get(12)]).toEqual([false, true])
  // few processes: they are gone through each time
  become([root])
  for (let reading = 0; reading < 10; reading += 1) membersOf()
  become([root, { pid: 13, parent: 10, isListed: false }])
  expect(membersOf().list.at(-1)).toMatchObject({ stat: { pid: 13 }, isLate: false })
})

it('while no pid is given out nobody is looked for, but once more after the last one', () => {
  const root = { pid: 10, parent: 1 }
  const { files, scans, become, giveOut } = machine([root])
  const membersOf = followMembers(files, 10)
  giveOut(10)
  for (let reading = 0; reading < 10; reading += 1) membersOf()
  expect(scans).toHaveLength(2)
  giveOut(11)
  // it is not to be seen yet
  membersOf()
  become([root, { pid: 11, parent: 10 }])
  expect(pidsOf(membersOf())).toEqual([10, 11])
  const before = scans.length
  for (let reading = 0; reading < 10; reading += 1) expect(pidsOf(membersOf())).toEqual([10, 11])
  expect(scans).toHaveLength(before)
})

const childrenOf = (parent: number, count: number): readonly Row[] =>
  Array.from({ length: count }, (_, at) => ({ pid: 20 + at, parent }))

it('a tree that grows without end is followed in part, and that is known, also while nobody is started', () => {
  const root = { pid: 10, parent: 1 }
  const { files, become, giveOut } = machine([root, ...childrenOf(10, mostMembers)])
  giveOut(9_999)
  let full = 0
  const membersOf = followMembers(files, 10, {
    onFull: () => {
      full += 1
    },
  })
  for (let reading = 0; reading < 4 * longestRound; reading += 1) membersOf()
  expect(full).toBeGreaterThan(0)
  expect(membersOf()).toMatchObject({ isWhole: false, list: { length: mostMembers } })
  become([root, ...childrenOf(10, 200)])
  for (let reading = 0; reading < 3 * longestRound; reading += 1) membersOf()
  expect(membersOf()).toMatchObject({ isWhole: true, list: { length: 201 } })
})

it('a tree that fills its places is whole as long as nobody found none', () => {
  const { files } = machine([{ pid: 10, parent: 1 }, ...childrenOf(10, mostMembers - 1)])
  const membersOf = followMembers(files, 10)
  for (let reading = 0; reading < 20; reading += 1) membersOf()
  expect(membersOf()).toMatchObject({ isWhole: true, list: { length: mostMembers } })
})

it('many that come at once are met in several readings, the last of which knows that these are all', () => {
  const { files, looks } = machine([{ pid: 10, parent: 1 }, ...childrenOf(10, 2 * mostFirstLooks)])
  const membersOf = followMembers(files, 10)
  const seen = [1, 2, 3].map(() => {
    looks.length = 0
    const { list, isWhole } = membersOf()
    expect(looks.length).toBeLessThanOrEqual(leastLooks + mostFirstLooks + 1)
    return [list.length, isWhole]
  })
  expect(seen).toEqual([
    [1 + mostFirstLooks, false],
    [1 + 2 * mostFirstLooks, true],
    [1 + 2 * mostFirstLooks, true],
  ])
})

it.each([10, 100, 300, mostMembers])(
  'of %i processes each reading looks at a few, all in a round, and whoever has ended is missed at once',
  (count) => {
    const root = { pid: 10, parent: 1 }
    const rows = [root, ...childrenOf(10, count - 1)]
    const { files, looks, become } = machine(rows)
    const membersOf = followMembers(files, 10)
    for (let reading = 0; reading < 20; reading += 1) membersOf()
    const looked = new Set<number>()
    const { readingsPerRound } = membersOf()
    expect(readingsPerRound).toBe(Math.min(longestRound, Math.ceil(count / leastLooks)))
    for (let reading = 0; reading < readingsPerRound; reading += 1) {
      looks.length = 0
      const { list } = membersOf()
      expect(list.filter(({ isStale }) => !isStale).map(({ stat }) => stat.pid)).toEqual(
        looks.toSorted((a, b) => a - b),
      )
      expect(looks.length).toBeLessThanOrEqual(Math.max(leastLooks, Math.ceil(count / longestRound)))
      for (const pid of looks) looked.add(pid)
    }
    expect(looked.size).toBe(count)
    become(rows.slice(0, -3))
    expect(membersOf().list).toHaveLength(count - 3)
  },
)

it('a process that is somebody else’s is none of the tree, by whatever it would be known', () => {
  const { files } = machine([
    { pid: 10, parent: 1, group: 10 },
    { pid: 11, parent: 10, group: 10 },
    { pid: 12, parent: 10, group: 10, isListed: false },
    { pid: 13, parent: 10 },
  ])
  const foreign = [11, 12].map((pid) => followMembers(files, 10, { exceptPid: () => pid }))
  expect(foreign.map((membersOf) => pidsOf(membersOf()))).toEqual([
    [10, 13, 12],
    [10, 11, 13],
  ])
})
