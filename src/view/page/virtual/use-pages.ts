import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { openPages, type PageAnswer, type Pages } from './pages.ts'

/** Pages, and the query that they answer. */
export interface Answered<Query, Row> {
  readonly query: Query
  readonly pages: Pages<Row>
}

/**
 * The rows of a query that changes. Those of the query before stay until the first ones of the new query are here, so that
 * nothing flickers while one types.
 *
 * @param ask - must stay the same function
 * @param isWanted - nothing is asked before this is true
 */
export const usePages = <Query, Row>({
  query,
  ask,
  isWanted,
}: {
  readonly query: ReadonlySignal<Query>
  readonly ask: (query: Query, offset: number, limit: number) => Promise<PageAnswer<Row>>
  readonly isWanted: ReadonlySignal<boolean>
}): ReadonlySignal<Answered<Query, Row> | undefined> => {
  const answered = useSignal<Answered<Query, Row> | undefined>(undefined)
  const asking = useRef(ask)
  useSignalEffect(() => {
    if (!isWanted.value) return
    const asked = query.value
    const pages = openPages<Row>({ ask: (offset, limit) => asking.current(asked, offset, limit) })
    pages.show(0, 1)
    const stop = pages.state.subscribe(({ answers }) => {
      if (answers === 0 || answered.peek()?.pages === pages) return
      answered.peek()?.pages.close()
      answered.value = { query: asked, pages }
    })
    return () => {
      stop()
      if (answered.peek()?.pages !== pages) pages.close()
    }
  })
  useEffect(() => () => answered.peek()?.pages.close(), [answered])
  return answered
}

/** Asks again for what is shown when `changed` has another value, once a second at most, and only while it is in view. */
export const useRefresh = (
  pages: ReadonlySignal<Answered<unknown, unknown> | undefined>,
  changed: ReadonlySignal<unknown>,
  isInView: ReadonlySignal<boolean>,
): void => {
  const seen = useRef(changed.peek())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useSignalEffect(() => {
    if (!isInView.value || changed.value === seen.current || timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      seen.current = changed.peek()
      pages.peek()?.pages.refresh()
    }, refreshAfterMs)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
}

const refreshAfterMs = 1_000
