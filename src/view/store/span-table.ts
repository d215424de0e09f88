import type { SpanEntry } from '../../logbook/entry.ts'
import type { SpanDetails, SpanRow, SpanRows, SpansQuery } from '../api.ts'
import { float64Column, int32Column, uint8Column, uint32Column } from './column.ts'
import { countUp, sortRows } from './order.ts'
import { keepSearches } from './search.ts'
import type { Shelf } from './shelf.ts'
import { buildTree, type Tree } from './span-tree.ts'

/** One life of the run, as the root of its spans where no span is. */
export interface AttemptSpan {
  readonly startMs: number
  readonly endMs: number
  readonly error?: string
}

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
  readonly forgetPlaces: (from: number, to: number) => void
  /** Those to keep where there are too many: failed, then the longest; their places, as they came. */
  readonly best: (limit: number) => readonly number[]
  readonly clear: () => void
}

/** Some 120 bytes each. */
const mostSpans = 300_000
/** The span of a task, as we name it: `src/semconv/spans.ts`. */
const taskSpan = 'taskbeat.task'
/** The numbers of roots that no span is: beyond those of spans. */
const firstRoot = 2 ** 30
const keptLists = 4

/** Texts by number: there are few names of spans. */
const intern = () => {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    number: (text: string) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
    text: (number: number) => texts[number] ?? '',
    all: () => texts,
  }
}

const createColumns = () => ({
  starts: float64Column(),
  ends: float64Column(),
  /** Numbers of ids; of a parent -1: it has none. */
  ids: uint32Column(),
  parents: int32Column(),
  names: uint32Column(),
  sources: int32Column(),
  failed: uint8Column(),
  places: float64Column(),
  /** By the number of an id: its row, or -1. */
  rowOf: int32Column(),
})

export const createSpanTable = (shelf: Shelf): SpanTable => {
  const columns = createColumns()
  const { starts, ends, ids, parents, names, sources, failed, places, rowOf } = columns
  const searches = keepSearches(places, shelf, (row, words) => namesWith(words)[names.get(row)] === true)
  let numbers = new Map<string, number>()
  let texts = intern()
  let task = texts.number(taskSpan)
  let dropped = 0
  let tree: { readonly of: string; readonly made: Tree } | undefined
  let byDuration: { readonly of: string; readonly nodes: Uint32Array } | undefined
  const lists = new Map<string, Uint32Array>()

  /** Of each text whether it has the words in it: few texts, many rows. */
  let asked: { readonly words: string; readonly texts: number; readonly has: readonly boolean[] } | undefined
  const namesWith = (words: string): readonly boolean[] => {
    const all = texts.all()
    if (asked?.words !== words || asked.texts !== all.length) {
      asked = { words, texts: all.length, has: all.map((text) => text.toLowerCase().includes(words)) }
    }
    return asked.has
  }

  const numberOf = (id: string) => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    const number = rowOf.length()
    numbers.set(id, number)
    rowOf.push(-1)
    return number
  }

  const startAnew = () => {
    tree = undefined
    byDuration = undefined
    lists.clear()
  }

  const clear = () => {
    for (const column of Object.values(columns)) column.truncate(0)
    numbers = new Map()
    texts = intern()
    task = texts.number(taskSpan)
    searches.forget()
    startAnew()
  }

  const sift = (keep: (row: number) => boolean) => {
    let kept = 0
    rowOf.truncate(0)
    const idTexts = [...numbers.keys()]
    numbers = new Map()
    for (let row = 0; row < starts.length(); row += 1) {
      if (!keep(row)) continue
      const [id, parent] = [idTexts[ids.get(row)] ?? '', idTexts[parents.get(row)]]
      for (const column of [starts, ends, names, sources, failed, places]) column.set(kept, column.get(row))
      ids.set(kept, numberOf(id))
      rowOf.set(ids.get(kept), kept)
      parents.set(kept, parent === undefined ? -1 : numberOf(parent))
      kept += 1
    }
    for (const column of [starts, ends, ids, parents, names, sources, failed, places]) column.truncate(kept)
    searches.forget()
    startAnew()
  }

  /** Roots that are no spans: of attempts whose own span has not come, and never may. */
  const rootsOf = (attempts: readonly AttemptSpan[]): readonly AttemptSpan[] => {
    if (attempts.length === 0) return []
    const hasOwn = new Set<number>()
    for (let row = 0; row < starts.length(); row += 1) {
      if (isTask(row)) hasOwn.add(attemptAt(attempts, ends.get(row)))
    }
    return attempts.filter((_, attempt) => !hasOwn.has(attempt))
  }
  const parentRow = (row: number) => {
    const parent = parents.get(row)
    return parent >= 0 ? rowOf.get(parent) : -1
  }
  const isTask = (row: number) => names.get(row) === task && parentRow(row) < 0
  const attemptAt = (attempts: readonly AttemptSpan[], timeMs: number) =>
    Math.max(
      0,
      attempts.findLastIndex(({ startMs }) => startMs <= timeMs),
    )

  /** All of a moment: spans and roots as nodes, spans first. */
  const view = (attempts: readonly AttemptSpan[]) => {
    const count = starts.length()
    const roots = rootsOf(attempts)
    const nodeCount = count + roots.length
    // below 0 an array is slow to say that there is nothing
    const rootAt = (node: number) => (node < count ? undefined : roots[node - count])
    const start = (node: number) => rootAt(node)?.startMs ?? starts.get(node)
    const end = (node: number) => {
      const root = rootAt(node)
      return root ? Math.max(root.startMs, root.endMs) : ends.get(node)
    }
    const key = `${count} ${roots.map(({ startMs }) => startMs).join(' ')}`
    const indexOf = (node: number) =>
      node < count ? node : firstRoot + attempts.indexOf(roots[node - count] as AttemptSpan)
    const nodeOf = (index: number) => {
      if (index < firstRoot) return index >= 0 && index < count ? index : -1
      const root = roots.indexOf(attempts[index - firstRoot] as AttemptSpan)
      return root < 0 ? -1 : count + root
    }
    /** Where a span stands that has no parent: under the task's own, else under the root of its attempt. */
    const makeRootOf = () => {
      const tops: number[] = []
      for (let row = 0; row < count; row += 1) if (isTask(row)) tops.push(row)
      const topNodes = [...tops, ...roots.map((_, place) => count + place)].sort(
        (a, b) => start(a) - start(b),
      )
      return (node: number) => {
        if (node >= count || isTask(node)) return -1
        const beforeIt = topNodes.findLast((top) => start(top) <= starts.get(node))
        return beforeIt ?? topNodes[0] ?? -1
      }
    }
    const treeNow = (): Tree => {
      if (tree?.of === key) return tree.made
      const allStarts = new Float64Array(nodeCount)
      for (let node = 0; node < nodeCount; node += 1) allStarts[node] = start(node)
      const made = buildTree({
        count: nodeCount,
        parent: (node) => (node < count ? parentRow(node) : -1),
        root: makeRootOf(),
        sorted: sortRows(countUp(nodeCount), (node) => allStarts[node] ?? 0),
      })
      tree = { of: key, made }
      lists.clear()
      return made
    }
    const longestFirst = () => {
      if (byDuration?.of === key) return byDuration.nodes
      const durations = new Float64Array(nodeCount)
      for (let node = 0; node < nodeCount; node += 1) durations[node] = start(node) - end(node)
      byDuration = { of: key, nodes: sortRows(countUp(nodeCount), (node) => durations[node] ?? 0) }
      return byDuration.nodes
    }
    const hasFailed = (node: number) =>
      node < count ? failed.get(node) === 1 : rootAt(node)?.error !== undefined
    const row = (node: number): SpanRow => {
      const source = node < count ? sources.get(node) : -1
      return {
        index: indexOf(node),
        name: node < count ? texts.text(names.get(node)) : taskSpan,
        startMs: start(node),
        endMs: end(node),
        depth: treeNow().depth[node] ?? 0,
        hasFailed: hasFailed(node),
        ...(source >= 0 && { source: texts.text(source) }),
      }
    }
    return {
      count,
      key,
      start,
      end,
      row,
      nodeOf,
      indexOf,
      hasFailed,
      treeNow,
      longestFirst,
      rootAt,
      makeRootOf,
    }
  }

  const find = async (query: Filter, attempts: readonly AttemptSpan[]) => {
    const { search: text, failedOnly = false, fromMs, toMs, order = 'start' } = query
    const words = text?.toLowerCase() ?? ''
    const search = words === '' ? undefined : searches.of(words)
    if (search) await search.goOn()
    const now = view(attempts)
    const { count, key, start, end, hasFailed } = now
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
    const nodes = order === 'start' ? now.treeNow().nodes : now.longestFirst()
    const known = lists.get(listKey)
    if (known) return { now, nodes: known }
    const list = nodes.filter(
      (node) =>
        (!failedOnly || hasFailed(node)) &&
        (toMs === undefined || start(node) <= toMs) &&
        (fromMs === undefined || end(node) >= fromMs) &&
        (!search || (node < count ? search.has(node) : taskSpan.includes(words))),
    )
    for (const old of lists.keys()) {
      if (lists.size < keptLists) break
      lists.delete(old)
    }
    lists.set(listKey, list)
    return { now, nodes: list }
  }

  return {
    add: (span, place) => {
      const id = numberOf(span.id)
      if (rowOf.get(id) >= 0) return
      rowOf.set(id, starts.length())
      starts.push(span.t)
      ends.push(Math.max(span.t, span.endMs))
      ids.push(id)
      parents.push(span.parent === undefined ? -1 : numberOf(span.parent))
      names.push(texts.number(span.name))
      sources.push(span.source === undefined ? -1 : texts.number(span.source))
      failed.push(span.error === undefined ? 0 : 1)
      places.push(place)
      if (starts.length() <= mostSpans) return
      const quarter = starts.length() >>> 2
      dropped += quarter
      sift((row) => row >= quarter)
    },
    count: starts.length,
    dropped: () => dropped,
    rows: async (query, attempts) => {
      const { now, nodes } = await find(query, attempts)
      const rows = Array.from(nodes.subarray(query.offset, query.offset + query.limit), now.row)
      return { total: nodes.length, rows }
    },
    place: async (query, index, attempts) => {
      const { now, nodes } = await find(query, attempts)
      const node = now.nodeOf(index)
      const place = node < 0 ? -1 : nodes.indexOf(node)
      return place < 0 ? undefined : place
    },
    details: async (index, attempts) => {
      const now = view(attempts)
      const node = now.nodeOf(index)
      if (node < 0) return undefined
      const row = now.row(node)
      const root = now.rootAt(node)
      if (root)
        return { ...row, id: '', attributes: {}, ...(root.error !== undefined && { error: root.error }) }
      const above = parentRow(node)
      const parentNode = above >= 0 ? above : now.makeRootOf()(node)
      const [entry] = await shelf.read([places.get(node)])
      const parentIndex = parentNode < 0 ? {} : { parentIndex: now.indexOf(parentNode) }
      if (entry?.k !== 'span') return { ...row, ...parentIndex, id: '', attributes: {} }
      const { id, parent, error, attributes } = entry
      return {
        ...row,
        ...parentIndex,
        id,
        attributes,
        ...(parent !== undefined && { parent }),
        ...(error !== undefined && { error }),
      }
    },
    forgetPlaces: (from, to) => sift((row) => places.get(row) < from || places.get(row) >= to),
    best: (limit) => {
      const rank = Float64Array.from(countUp(starts.length()), (row) =>
        failed.get(row) === 1 || isTask(row) ? Number.NEGATIVE_INFINITY : starts.get(row) - ends.get(row),
      )
      const rows = sortRows(countUp(rank.length), (row) => rank[row] ?? 0)
      return Array.from(rows.subarray(0, limit).sort(), places.get)
    },
    clear: () => {
      dropped = 0
      clear()
    },
  }
}
