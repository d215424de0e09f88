import { expect, it } from 'vitest'
import { countOn, none, startTotals, type Used } from '../../../src/host/process-tree/totals.ts'

interface Seen {
  readonly parent?: number
  readonly own?: number
  readonly children?: number
  readonly start?: string
  readonly written?: number
  readonly isForeign?: boolean
}

/** Processes by pid at each look, and what is counted by then. */
interface Look {
  readonly seen: Readonly<Record<number, Seen>>
  readonly user: number
  readonly written?: number
  /** Pids that were not looked at. */
  readonly stale?: readonly number[]
}

const used = ({
  parent = 1,
  own = 0,
  children = 0,
  start = 'a',
  written = 0,
  isForeign = false,
}: Seen): Used => ({
  isForeign,
  parentPid: parent,
  startTime: start,
  own: { ...none, user: own },
  inherited: { ...none, user: children, written },
})

it.each<{ what: string; looks: readonly Look[] }>([
  {
    what: 'what was used before the first look counts',
    looks: [{ seen: { 2: { own: 5, children: 3 } }, user: 8 }],
  },
  {
    what: 'a child that ends moves to its parent, with what it used last',
    looks: [
      { seen: { 2: { own: 1 }, 3: { parent: 2, own: 10 } }, user: 11 },
      { seen: { 2: { own: 1, children: 12 } }, user: 13 },
      { seen: { 2: { own: 2, children: 12 } }, user: 14 },
    ],
  },
  {
    what: 'a child that was never seen counts once its parent has waited for it',
    looks: [
      { seen: { 2: {} }, user: 0 },
      { seen: { 2: { children: 7 } }, user: 7 },
    ],
  },
  {
    what: 'a child that is dead but not waited for still counts as itself',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 10 } }, user: 10 },
      { seen: { 2: {}, 3: { parent: 2, own: 11 } }, user: 11 },
      { seen: { 2: { children: 11 } }, user: 11 },
    ],
  },
  {
    what: 'a parent that was looked at just before it waited is settled by the next look',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 10 } }, user: 10 },
      { seen: { 2: {} }, user: 10 },
      { seen: { 2: { children: 12 } }, user: 12 },
      { seen: { 2: { children: 15 } }, user: 15 },
    ],
  },
  {
    what: 'a parent that is settled by half',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 10 }, 4: { parent: 2, own: 20 } }, user: 30 },
      { seen: { 2: { children: 11 } }, user: 30 },
      { seen: { 2: { children: 32 } }, user: 32 },
    ],
  },
  {
    what: 'a grandchild and its parent that end together move to the grandparent',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 1 }, 4: { parent: 3, own: 10 } }, user: 11 },
      { seen: { 2: { children: 13 } }, user: 13 },
    ],
  },
  {
    what: 'a grandchild that ended first, and of which its parent did not tell before it ended too',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 1 }, 4: { parent: 3, own: 10 } }, user: 11 },
      { seen: { 2: {}, 3: { parent: 2, own: 1 } }, user: 11 },
      { seen: { 2: { children: 13 } }, user: 13 },
    ],
  },
  {
    what: 'an orphan that ends takes nothing back, and nothing from the others',
    looks: [
      { seen: { 2: {}, 3: { parent: 1, own: 100 } }, user: 100 },
      { seen: { 2: { own: 1 } }, user: 101 },
      { seen: { 2: { own: 2, children: 1 } }, user: 103 },
    ],
  },
  {
    what: 'children of a parent that ignores their end: it never inherits, and its own time counts',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 10 } }, user: 10 },
      { seen: { 2: { own: 1 } }, user: 11 },
      { seen: { 2: { own: 2 } }, user: 12 },
      { seen: { 2: { own: 2, children: 4 } }, user: 16 },
    ],
  },
  {
    what: 'a pid that is given anew is another process',
    looks: [
      { seen: { 2: {}, 3: { parent: 1, own: 10 } }, user: 10 },
      { seen: { 2: {}, 3: { parent: 1, own: 4, start: 'b' } }, user: 14 },
    ],
  },
  {
    what: 'parents in a circle end the search for one',
    looks: [
      { seen: { 2: { parent: 3, own: 1 }, 3: { parent: 2, own: 1 }, 4: {} }, user: 2 },
      { seen: { 4: { own: 1 } }, user: 3 },
    ],
  },
  {
    what: 'bytes are told for a process and its children together',
    looks: [
      { seen: { 2: { written: 5 }, 3: { parent: 2, written: 100 } }, user: 0, written: 105 },
      { seen: { 2: { written: 115 } }, user: 0, written: 115 },
    ],
  },
  {
    what: 'what a child leaves waits for the next look at its parent, however late that is',
    looks: [
      { seen: { 2: {}, 3: { parent: 2, own: 10 }, 4: { parent: 2, own: 5 } }, user: 15 },
      { seen: { 2: {}, 4: { parent: 2, own: 5 } }, user: 15, stale: [2, 4] },
      { seen: { 2: {} }, user: 15, stale: [2] },
      { seen: { 2: {} }, user: 15, stale: [2] },
      { seen: { 2: { children: 17 } }, user: 17 },
      { seen: { 2: { children: 20 } }, user: 20 },
    ],
  },
  {
    what: 'what a parent that was not looked at still had to inherit goes to whoever inherits from it',
    looks: [
      { seen: { 1: {}, 2: { own: 1 }, 3: { parent: 2, own: 10 } }, user: 11 },
      { seen: { 1: {}, 2: { own: 1 } }, user: 11, stale: [1, 2] },
      { seen: { 1: {} }, user: 11, stale: [1] },
      { seen: { 1: { children: 14 } }, user: 14 },
    ],
  },
  {
    what: 'what is foreign does not count, nor that its parent inherits it',
    looks: [
      {
        seen: { 2: { own: 1 }, 3: { parent: 2, own: 10, written: 7, isForeign: true } },
        user: 1,
        written: 0,
      },
      {
        seen: { 2: { own: 1 }, 3: { parent: 2, own: 20, written: 9, isForeign: true } },
        user: 1,
        written: 0,
      },
      { seen: { 2: { own: 2, children: 20, written: 9 } }, user: 2, written: 0 },
      { seen: { 2: { own: 2, children: 25, written: 10 } }, user: 7, written: 1 },
    ],
  },
  {
    what: 'a number that falls changes nothing',
    looks: [
      { seen: { 2: { own: 5, children: 5, written: 5 } }, user: 10, written: 5 },
      { seen: { 2: { own: 4, children: 4, written: 4 } }, user: 10, written: 5 },
    ],
  },
])('$what', ({ looks }) => {
  let totals = startTotals()
  for (const { seen, user, written, stale = [] } of looks) {
    const now = Object.entries(seen).map(([pid, process]) => [Number(pid), used(process)] as const)
    totals = countOn(totals, new Map(now), new Set(stale))
    expect(totals.amounts.user).toBe(user)
    if (written !== undefined) expect(totals.amounts.written).toBe(written)
  }
})
