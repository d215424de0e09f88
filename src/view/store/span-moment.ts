import type { SpanRow } from '../api.ts'
import { firstAbove, orderOf } from './order.ts'
import { type SpanColumns, taskSpan } from './span-columns.ts'

/** One life of the run, as the root of its spans where no span is. */
export interface AttemptSpan {
  readonly startMs: number
  readonly endMs: number
  readonly error?: string
}

/** All spans that there are at a moment, and roots that no span is, as nodes: spans by their rows, then the roots. */
export interface SpanMoment {
  /** How many nodes are spans. */
  readonly spanCount: number
  readonly nodeCount: number
  /** The same for moments of which the nodes are the same, with the same parents. */
  readonly key: string
  readonly start: (node: number) => number
  readonly end: (node: number) => number
  readonly hasFailed: (node: number) => boolean
  /** The parent that a span tells of; -1: none that is known. */
  readonly parent: (node: number) => number
  /** Finds where a span stands that has no parent: under the task's own, else under the root of its attempt; -1: nowhere. */
  readonly findTop: () => (node: number) => number
  /** Undefined for a span. */
  readonly rootAt: (node: number) => AttemptSpan | undefined
  readonly indexOf: (node: number) => number
  /** -1: none has that number. */
  readonly nodeOf: (index: number) => number
  readonly row: (node: number, depth: number) => SpanRow
}

/** The numbers of roots that no span is: beyond those of spans. */
const firstRoot = 2 ** 30

const attemptAt = (attempts: readonly AttemptSpan[], timeMs: number) =>
  Math.max(
    0,
    attempts.findLastIndex(({ startMs }) => startMs <= timeMs),
  )

/** Roots that are no spans: of attempts whose own span has not come, and never may. */
const rootsOf = (spans: SpanColumns, attempts: readonly AttemptSpan[]): readonly AttemptSpan[] => {
  if (attempts.length === 0) return []
  const hasOwn = new Set<number>()
  for (let row = 0; row < spans.count(); row += 1) {
    if (spans.isTask(row)) hasOwn.add(attemptAt(attempts, spans.end(row)))
  }
  return attempts.filter((_, attempt) => !hasOwn.has(attempt))
}

export const momentOf = (spans: SpanColumns, attempts: readonly AttemptSpan[]): SpanMoment => {
  const count = spans.count()
  const roots = rootsOf(spans, attempts)
  // below 0 an array is slow to say that there is nothing
  const rootAt = (node: number) => (node < count ? undefined : roots[node - count])
  const start = (node: number) => rootAt(node)?.startMs ?? spans.start(node)
  const end = (node: number) => {
    const root = rootAt(node)
    return root ? Math.max(root.startMs, root.endMs) : spans.end(node)
  }
  const hasFailed = (node: number) =>
    node < count ? spans.hasFailed(node) : rootAt(node)?.error !== undefined
  const indexOf = (node: number) => {
    const root = rootAt(node)
    return root ? firstRoot + attempts.indexOf(root) : node
  }
  const nodeOf = (index: number) => {
    if (index < firstRoot) return index >= 0 && index < count ? index : -1
    const attempt = attempts[index - firstRoot]
    const root = attempt ? roots.indexOf(attempt) : -1
    return root < 0 ? -1 : count + root
  }
  return {
    spanCount: count,
    nodeCount: count + roots.length,
    key: [spans.epoch(), count, ...roots.map(({ startMs }) => startMs)].join(' '),
    start,
    end,
    hasFailed,
    parent: (node) => {
      const row = node < count ? spans.parentRow(node) : -1
      // it may have come since
      return row < count ? row : -1
    },
    findTop: () => {
      const tops: number[] = []
      for (let row = 0; row < count; row += 1) if (spans.isTask(row)) tops.push(row)
      const topNodes = [...tops, ...roots.map((_, place) => count + place)].sort(
        (a, b) => start(a) - start(b),
      )
      const inOrder = orderOf(Uint32Array.from(topNodes))
      return (node) => {
        if (node >= count || spans.isTask(node)) return -1
        const behind = firstAbove(inOrder, start, spans.start(node))
        return topNodes[behind - 1] ?? topNodes[0] ?? -1
      }
    },
    rootAt,
    indexOf,
    nodeOf,
    row: (node, depth) => {
      const source = node < count ? spans.source(node) : undefined
      return {
        index: indexOf(node),
        name: node < count ? spans.name(node) : taskSpan,
        startMs: start(node),
        endMs: end(node),
        depth,
        hasFailed: hasFailed(node),
        ...(source !== undefined && { source }),
      }
    },
  }
}
