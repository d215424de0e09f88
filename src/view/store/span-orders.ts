import { countUp, sortSteps } from './order.ts'
import type { SpanColumns } from './span-columns.ts'
import { type AttemptSpan, momentOf, type SpanMoment } from './span-moment.ts'
import { buildTree, type Tree } from './span-tree.ts'
import { finishInTurns, type Rest, type Steps } from './steps.ts'

/** The spans of a moment, in the orders in which they are asked for. */
export interface OrderedSpans {
  readonly moment: SpanMoment
  readonly tree: Tree
  /** All nodes, the longest first; undefined where nobody asked for that. */
  readonly longestFirst: Uint32Array | undefined
}

const sortBy = (nodeCount: number, value: (node: number) => number): Steps<Uint32Array> => {
  // each is looked at as often as there are passes: from an array that is faster
  const values = Float64Array.from({ length: nodeCount }, (_, node) => value(node))
  return sortSteps(countUp(nodeCount), (node) => values[node] ?? 0)
}

function* treeOf({ nodeCount, start, parent, findTop }: SpanMoment): Steps<Tree> {
  const sorted = yield* sortBy(nodeCount, start)
  return yield* buildTree({ count: nodeCount, parent, root: findTop(), sorted })
}

const longestFirstOf = ({ nodeCount, start, end }: SpanMoment) =>
  sortBy(nodeCount, (node) => start(node) - end(node))

/** What takes long to make of a moment is made once, until there is another one. */
const keepMade = <T>(steps: (moment: SpanMoment) => Steps<T>, rest: Rest) => {
  let last: { readonly key: string; readonly made: Promise<T> } | undefined
  return (moment: SpanMoment): Promise<T> => {
    if (last?.key !== moment.key) last = { key: moment.key, made: finishInTurns(steps(moment), rest) }
    return last.made
  }
}

/** Trees and orders of spans as they are now. */
export const keepSpanOrders = (spans: SpanColumns, rest: Rest) => {
  const trees = keepMade(treeOf, rest)
  const longest = keepMade(longestFirstOf, rest)
  return async (
    attempts: readonly AttemptSpan[],
    { byDuration }: { readonly byDuration: boolean },
  ): Promise<OrderedSpans> => {
    for (;;) {
      const epoch = spans.epoch()
      const moment = momentOf(spans, attempts)
      const tree = await trees(moment)
      const longestFirst = byDuration ? await longest(moment) : undefined
      // rows were taken out meanwhile: what was made is of others
      if (spans.epoch() === epoch) return { moment, tree, longestFirst }
    }
  }
}
