/**
 * Finds metric points and log records that arrive again. They have no ids, so what counts is a hash of all that they
 * say, with time stamps, scope and resource.
 *
 * Two equal records may both be meant: a loop that logs the same line twice in one tick of its clock. So of equal
 * items within one request none is a repetition; a request that is sent again repeats as many as it holds. Only equal
 * items that the sender's batches tear apart are taken for repetitions.
 */
import { hash } from 'node:crypto'
import type { JsonObject } from '../../json.ts'
import type { ItemList } from '../../otlp/items.ts'
import { makeColumn } from './columns.ts'
import { makeKeyTable } from './key-table.ts'

/** Tells, for all items of one request, which have arrived before. */
export interface RepeatTable {
  /** Begins the next request. */
  readonly nextRequest: () => void
  /** The number of repetitions among the items. */
  readonly add: (list: ItemList) => number
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

const originText = ({ resourceEntry, scopeEntry, metric }: ItemList) => {
  const origin = [resourceEntry.resource, resourceEntry.schemaUrl, scopeEntry.scope, scopeEntry.schemaUrl]
  if (metric === undefined) return JSON.stringify(origin)
  const { kind, body } = metric
  const { dataPoints: _, ...data } = body[kind] as JsonObject
  return JSON.stringify([...origin, { ...body, [kind]: data }])
}

const maxOfColumn = 0xffff

export const makeRepeatTable = (): RepeatTable => {
  const items = makeKeyTable(3)
  /** The last request that held an item, and how many of it. */
  const requests = makeColumn(Uint32Array)
  const counts = makeColumn(Uint16Array)
  /** The most that one request held of it. */
  const most = makeColumn(Uint16Array)
  let request = 0

  /** Whether it is one more than any request held. */
  const isNew = (item: number) => {
    const count = requests.get(item) === request ? Math.min(counts.get(item) + 1, maxOfColumn) : 1
    requests.set(item, request)
    counts.set(item, count)
    if (count <= most.get(item)) return false
    most.set(item, count)
    return true
  }

  return {
    nextRequest: () => {
      request += 1
    },
    add: (list) => {
      const origin = digest(originText(list)).toString('base64')
      let repeated = 0
      for (const item of list.items) {
        const key = digest(origin + JSON.stringify(item))
        if (!isNew(items.intern([key.readInt32LE(0), key.readInt32LE(4), key.readInt32LE(8)]))) repeated += 1
      }
      return repeated
    },
  }
}
