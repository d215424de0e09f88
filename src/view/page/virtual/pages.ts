import { type ReadonlySignal, signal } from '@preact/signals'

/** Rows of a query from one offset on. */
export interface PageAnswer<Row> {
  readonly total: number
  /** @default true */
  readonly isComplete?: boolean
  readonly rows: readonly Row[]
}

export interface PagesState {
  /** Undefined until the first answer. */
  readonly total: number | undefined
  readonly isComplete: boolean
  readonly hasFailed: boolean
  /** Grows with each answer: what was read from `row` before may have changed. */
  readonly answers: number
}

/** The rows of one query, of which only the pages are kept that were looked at last. */
export interface Pages<Row> {
  readonly state: ReadonlySignal<PagesState>
  /** Undefined while it is not here. */
  readonly row: (index: number) => Row | undefined
  /** Asks for what is missing of these rows, then for the page beyond in the direction of scrolling. */
  readonly show: (first: number, last: number) => void
  /** What is shown is asked for again, as there may be more, and stays until the answer is here. */
  readonly refresh: () => void
  /** Answers that are under way are ignored from now on. */
  readonly close: () => void
}

interface Page<Row> {
  readonly rows: readonly Row[]
  readonly isStale: boolean
}

/** How long to wait before a search that has not ended is asked about again. */
const askAgainMs = 300

/**
 * @param ask - answers a page of at most `size` rows
 * @param at - how many questions are open at once; a fast scroll drops those that are not asked yet
 */
export const openPages = <Row>({
  ask,
  size = 200,
  most = 40,
  at = 2,
  later = (act, ms) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}: {
  readonly ask: (offset: number, limit: number) => Promise<PageAnswer<Row>>
  readonly size?: number
  readonly most?: number
  readonly at?: number
  readonly later?: (act: () => void, ms: number) => () => void
}): Pages<Row> => {
  const state = signal<PagesState>({ total: undefined, isComplete: true, hasFailed: false, answers: 0 })
  const pages = new Map<number, Page<Row>>()
  const asked = new Set<number>()
  // asked while the same question was open: its answer may be older than the reason to ask again
  const askedAgain = new Set<number>()
  let shown = { first: 0, last: 1 }
  let isUpwards = false
  let isClosed = false
  let stopWaiting: (() => void) | undefined

  const isMissing = (number: number): boolean => pages.get(number)?.isStale !== false && !asked.has(number)

  /** The pages in view, then the next one in the direction of scrolling. */
  const wantedNow = (): readonly number[] => {
    const { total = 1 } = state.peek()
    const from = Math.floor(shown.first / size)
    const to = Math.floor(Math.max(shown.first, shown.last - 1) / size)
    const inView = Array.from({ length: to - from + 1 }, (_, index) => from + index)
    return [...inView, isUpwards ? from - 1 : to + 1].filter(
      (number) => number === 0 || (number > 0 && number * size < total),
    )
  }

  const keep = (number: number, rows: readonly Row[]): void => {
    pages.delete(number)
    pages.set(number, { rows, isStale: askedAgain.delete(number) })
    const wanted = wantedNow()
    for (const oldest of pages.keys()) {
      if (pages.size <= most) break
      if (!wanted.includes(oldest)) pages.delete(oldest)
    }
  }

  const refresh = (): void => {
    for (const [number, { rows }] of pages) pages.set(number, { rows, isStale: true })
    for (const number of asked) askedAgain.add(number)
    askNext()
  }

  const take = (number: number, { total, isComplete = true, rows }: PageAnswer<Row>): void => {
    keep(number, rows)
    // the first page stays, also when it is empty: else it would be missing, and be asked for again and again
    for (const beyond of [...pages.keys()].filter((page) => page > 0 && page * size >= total))
      pages.delete(beyond)
    state.value = { total, isComplete, hasFailed: false, answers: state.peek().answers + 1 }
    stopWaiting?.()
    stopWaiting = isComplete ? undefined : later(refresh, askAgainMs)
  }

  const askFor = async (number: number): Promise<void> => {
    asked.add(number)
    try {
      const answer = await ask(number * size, size)
      asked.delete(number)
      if (isClosed) return
      take(number, answer)
      askNext()
    } catch {
      // whoever scrolls or refreshes asks again
      asked.delete(number)
      if (!isClosed) state.value = { ...state.peek(), hasFailed: true, answers: state.peek().answers + 1 }
    }
  }

  const askNext = (): void => {
    for (const number of wantedNow()) {
      if (isClosed || asked.size >= at) return
      if (isMissing(number)) void askFor(number)
    }
  }

  return {
    state,
    row: (index) => pages.get(Math.floor(index / size))?.rows[index % size],
    show: (first, last) => {
      if (first !== shown.first) isUpwards = first < shown.first
      shown = { first, last }
      askNext()
    },
    refresh,
    close: () => {
      isClosed = true
      stopWaiting?.()
    },
  }
}
