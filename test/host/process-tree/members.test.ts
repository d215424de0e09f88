import { expect, it } from 'vitest'
import { followMembers, mostMembers } from '../../../src/host/process-tree/members.ts'
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

const pidsOf = (members: readonly { readonly stat: { readonly pid: number } }[]) =>
  members.map(({ stat }) => stat.pid)

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
  for (let reading = 0; reading < 300; reading += 1) membersOf()
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
    for (const { stat, isLate } of membersOf()) if (!first.has(stat.pid)) first.set(stat.pid, isLate)
  }
  expect([first.get(11), first.get(12)]).toEqual([false, true])
  // few processes: they are gone through each time
  become([root])
  for (let reading = 0; reading < 10; reading += 1) membersOf()
  become([root, { pid: 13, parent: 10, isListed: false }])
  expect(membersOf().at(-1)).toMatchObject({ stat: { pid: 13 }, isLate: false })
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

it('a tree that grows without end is followed in part', () => {
  const children = Array.from({ length: 2 * mostMembers }, (_, at) => ({ pid: 20 + at, parent: 10 }))
  const { files } = machine([{ pid: 10, parent: 1 }, ...children])
  const membersOf = followMembers(files, 10)
  membersOf()
  expect(membersOf()).toHaveLength(mostMembers)
})
