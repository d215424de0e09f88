import type { SpanEntry } from '../../logbook/entry.ts'
import type { SpanDetails, SpanRows, SpansQuery } from '../api.ts'
import { countUp, sortRows } from './order.ts'
import { keepSearches } from './search.ts'
import type { Shelf } from './shelf.ts'
import { createSpanColumns, taskSpan } from './span-columns.ts'
import type { AttemptSpan } from './span-moment.ts'
import { keepSpanOrders } from './span-orders.ts'
import type { Rest } from './steps.ts'

type Filter = Omit<SpansQuery, 'offset' | 'limit'>

export interface SpanTable {
  /** One that is there already, by its id, is left out: what is sent again may come again. */
  readonly add: (span: SpanEntry, place: number) => void
  /** Without the roots that no span is. */
  readonly count: () => number
  readonly dropped: () => number
  readonly rows: (query: SpansQuery, attempts: readonly AttemptSpan[]) => Promise<SpanRows>
  readonly place: (
    query: Filter,
    index: number,
    attempts: readonly AttemptSpan[],
  ) => Promise<number | undefined>
  readonly details: (index: number, attempts: readonly AttemptSpan[]) => Promise<SpanDetails | undefined>
  /** Does now what the first question would have to wait for. */
  readonly prepare: (attempts: readonly AttemptSpan[]) => Promise<void>
  readonly forgetPlaces: (from: number, to: number) => void
  /** Those to keep where there are too many: failed, then the longest; their places, as they came. */
  readonly best: (limit: number) => readonly number[]
  readonly clear: () => void
}

const mostSpans = 300_000
const keptLists = 4

/** @param rest - what to do between steps of work that takes long */
export const createSpanTable = (shelf: Shelf, rest: Rest): SpanTable => {
  const spans = createSpanColumns()
  const { places } = spans
  const searches = keepSearches(places, shelf, spans.nameHas)
  const inOrder = keepSpanOrders(spans, rest)
  const lists = new Map<string, Uint32Array>()
  let dropped = 0

  const keepOnly = (isKept: (row: number) => boolean) => {
    spans.keepOnly(isKept)
    searches.forget()
    lists.clear()
  }

  /** @param isPatient - whether to wait for all of a search */
  const find = async (
    query: Filter,
    attempts: readonly AttemptSpan[],
    { isPatient }: { readonly isPatient: boolean },
  ) => {
    const { search: text, failedOnly = false, fromMs, toMs, order = 'start' } = query
    const words = text?.toLowerCase() ?? ''
    const search = words === '' ? undefined : searches.of(words)
    await (isPatient ? search?.goOn() : search?.goOnForAWhile())
    const { moment, tree, longestFirst } = await inOrder(attempts, { byDuration: order === 'duration' })
    const { spanCount, key, start, end, hasFailed } = moment
    const isComplete = !search || search.looked() >= spanCount
    // where roots grow with time, what lies in a span of time may too
    const listKey = JSON.stringify([
      words,
      failedOnly,
      fromMs,
      toMs,
      order,
      key,
      search?.looked(),
      attempts.at(-1)?.endMs,
    ])
    const known = lists.get(listKey)
    if (known) return { moment, tree, nodes: known, isComplete }
    const list = (longestFirst ?? tree.nodes).filter(
      (node) =>
        (!failedOnly || hasFailed(node)) &&
        (toMs === undefined || start(node) <= toMs) &&
        (fromMs === undefined || end(node) >= fromMs) &&
        (!search || (node < spanCount ? search.has(node) : taskSpan.includes(words))),
    )
    for (const old of lists.keys()) {
      if (lists.size < keptLists) break
      lists.delete(old)
    }
    lists.set(listKey, list)
    return { moment, tree, nodes: list, isComplete }
  }

  return {
    add: (span, place) => {
      spans.add(span, place)
      if (spans.count() <= mostSpans) return
      const quarter = spans.count() >>> 2
      dropped += quarter
      keepOnly((row) => row >= quarter)
    },
    count: spans.count,
    dropped: () => dropped,
    rows: async (query, attempts) => {
      const { moment, tree, nodes, isComplete } = await find(query, attempts, { isPatient: false })
      const rows = Array.from(nodes.subarray(query.offset, query.offset + query.limit), (node) =>
        moment.row(node, tree.depth[node] ?? 0),
      )
      return { total: nodes.length, ...(!isComplete && { isComplete }), rows }
    },
    place: async (query, index, attempts) => {
      const { moment, nodes } = await find(query, attempts, { isPatient: true })
      const node = moment.nodeOf(index)
      const place = node < 0 ? -1 : nodes.indexOf(node)
      return place < 0 ? undefined : place
    },
    details: async (index, attempts) => {
      const { moment, tree } = await inOrder(attempts, { byDuration: false })
      const node = moment.nodeOf(index)
      if (node < 0) return undefined
      const row = moment.row(node, tree.depth[node] ?? 0)
      const root = moment.rootAt(node)
      if (root)
        return { ...row, id: '', attributes: {}, ...(root.error !== undefined && { error: root.error }) }
      const above = moment.parent(node)
      const parentNode = above >= 0 ? above : moment.findTop()(node)
      const [entry] = await shelf.read([places.get(node)], (one) => one)
      const parentIndex = parentNode < 0 ? {} : { parentIndex: moment.indexOf(parentNode) }
      if (entry?.k !== 'span') return { ...row, ...parentIndex, id: '', attributes: {} }
      const { id, name, parent, error, attributes } = entry
      return {
        ...row,
        name,
        ...parentIndex,
        id,
        attributes,
        ...(parent !== undefined && { parent }),
        ...(error !== undefined && { error }),
      }
    },
    prepare: async (attempts) => {
      await inOrder(attempts, { byDuration: true })
    },
    forgetPlaces: (from, to) => keepOnly((row) => places.get(row) < from || places.get(row) >= to),
    best: (limit) => {
      const rank = Float64Array.from(countUp(spans.count()), (row) =>
        spans.hasFailed(row) || spans.isTask(row)
          ? Number.NEGATIVE_INFINITY
          : spans.start(row) - spans.end(row),
      )
      const rows = sortRows(countUp(rank.length), (row) => rank[row] ?? 0)
      return Array.from(rows.subarray(0, limit).sort(), places.get)
    },
    clear: () => {
      dropped = 0
      spans.clear()
      searches.forget()
      lists.clear()
    },
  }
}
