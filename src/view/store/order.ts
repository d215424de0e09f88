/**
 * In which order rows lie over an axis. Most come in order: then there is nothing to keep. Those of several processes,
 * or attempts, come in stretches that are: merging these is what sorting them costs.
 */
import type { Column } from './column.ts'
import { finish, type Steps, stepRows } from './steps.ts'

/** Rows in their order. */
export interface Order {
  /** How many there are. */
  readonly length: number
  /** The row at a place. */
  readonly at: (place: number) => number
  /** The rows, unless they lie as they came. Another one as soon as the order is another. */
  readonly rows: Uint32Array | undefined
}

function* merge(
  key: (row: number) => number,
  from: Uint32Array,
  to: Uint32Array,
  ends: readonly number[],
): Steps<number[]> {
  const merged: number[] = []
  let start = 0
  let rested = 0
  for (let run = 0; run < ends.length; run += 2) {
    const middle = ends[run] ?? start
    const end = ends[run + 1] ?? middle
    let left = start
    let right = middle
    for (let place = start; place < end; place += 1) {
      const isLeft = right >= end || (left < middle && key(from[left] ?? 0) <= key(from[right] ?? 0))
      to[place] = (isLeft ? from[left] : from[right]) ?? 0
      if (isLeft) left += 1
      else right += 1
    }
    merged.push(end)
    start = end
    if (end - rested >= stepRows) {
      rested = end
      yield
    }
  }
  return merged
}

/** Rows sorted by a key, those of the same key as they are: merges what is in order already. */
export function* sortSteps(rows: Uint32Array, key: (row: number) => number): Steps<Uint32Array> {
  let ends: number[] = []
  for (let place = 1; place < rows.length; place += 1) {
    if (key(rows[place] ?? 0) < key(rows[place - 1] ?? 0)) ends.push(place)
  }
  ends.push(rows.length)
  let from = rows.slice()
  let to = new Uint32Array(rows.length)
  while (ends.length > 1) {
    ends = yield* merge(key, from, to, ends)
    ;[from, to] = [to, from]
  }
  return from
}

export const sortRows = (rows: Uint32Array, key: (row: number) => number): Uint32Array =>
  finish(sortSteps(rows, key))

/** 0, 1, 2… */
export const countUp = (length: number): Uint32Array => {
  const rows = new Uint32Array(length)
  for (let row = 0; row < length; row += 1) rows[row] = row
  return rows
}

const identity = (length: number): Order => ({ length, at: (place) => place, rows: undefined })

export const orderOf = (rows: Uint32Array): Order => ({
  length: rows.length,
  at: (place) => rows[place] ?? 0,
  rows,
})

const firstWhere = ({ length, at }: Order, isBehind: (row: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBehind(at(middle))) high = middle
    else low = middle + 1
  }
  return low
}

/** The first place whose key is not below `value`. */
export const firstAtLeast = (order: Order, key: (row: number) => number, value: number): number =>
  firstWhere(order, (row) => key(row) >= value)

/** The first place whose key is above `value`. */
export const firstAbove = (order: Order, key: (row: number) => number, value: number): number =>
  firstWhere(order, (row) => key(row) > value)

export interface KeptOrder {
  readonly get: () => Order
  /** Rows have been taken out, or changed: begins anew. */
  readonly forget: () => void
}

/** The order of the rows of a column by its values, found when it is asked for. */
export const keepOrder = (column: Column): KeptOrder => {
  let checked = 0
  let sorted: Uint32Array | undefined
  /** Of the rows that were checked. */
  let isIdentity = true
  return {
    get: () => {
      const length = column.length()
      for (let row = Math.max(1, checked); isIdentity && row < length; row += 1) {
        isIdentity = column.get(row) >= column.get(row - 1)
      }
      if (isIdentity) {
        checked = length
        return identity(length)
      }
      if (sorted === undefined || sorted.length < length) {
        const rows = countUp(length)
        if (sorted) rows.set(sorted)
        sorted = sortRows(rows, column.get)
      }
      return orderOf(sorted)
    },
    forget: () => {
      checked = 0
      sorted = undefined
      isIdentity = true
    },
  }
}
