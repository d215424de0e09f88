import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import type { SpanDetails as Details, SpanRow } from '../../api.ts'
import { isPlatformAlone } from '../is-platform-alone.ts'
import { cursorMs, momentMs, type RunView, selection } from '../looking.ts'
import { PlatformAlone } from '../platform-alone.tsx'
import { useInView, useIsDrawn, useWasTrue, useWhileInView } from '../use-element.ts'
import { HeaderCell } from '../virtual/cell.tsx'
import { FoundCount, NothingFound } from '../virtual/found.tsx'
import { isNarrow } from '../virtual/narrow.ts'
import { ReadAgain } from '../virtual/read-again.tsx'
import { type Goal, Rows, type RowsHandle } from '../virtual/rows.tsx'
import { SearchField } from '../virtual/search-field.tsx'
import { usePages, useRefresh } from '../virtual/use-pages.ts'
import { clockTime } from '../words.ts'
import { spanAt } from './span-at.ts'
import { SpanCells } from './span-cells.tsx'
import { SpanDetails } from './span-details.tsx'
import { colourOfSource, spanDuration } from './span-words.ts'
import { TimeLines } from './time-lines.tsx'
import './trace.css'

type Order = 'start' | 'duration'

/** The spans of a run as a waterfall over the shared axis of time. */
export const Trace = ({ run }: { readonly run: RunView }) => {
  const part = useRef<HTMLDivElement>(null)
  const axis = useRef<HTMLDivElement>(null)
  const list = useRef<RowsHandle>(null)
  const sources = useMemo(() => new Map<string, number>(), [])
  const search = useSignal('')
  const failedOnly = useSignal(false)
  const order = useSignal<Order>('start')
  const active = useSignal<number | undefined>(undefined)
  const opened = useSignal<Details | undefined>(undefined)
  /** The span to go to as soon as rows are here that have it. */
  const sought = useSignal<number | undefined>(undefined)
  const goal = useSignal<Goal | undefined>(undefined)
  const isInView = useInView(part)
  const hasEnded = useComputed(() => !run.overview.value.isLive)
  const wasDrawn = useWasTrue(useIsDrawn(isInView, hasEnded))
  const overview = useWhileInView(run.overview, isInView)

  const query = useComputed(() => ({
    ...selection.value,
    ...(search.value === '' ? {} : { search: search.value }),
    ...(failedOnly.value ? { failedOnly: true } : {}),
    order: order.value,
  }))
  const answered = usePages({
    query,
    ask: (asked, offset, limit) => run.data.spans({ ...asked, offset, limit }),
    isWanted: wasDrawn,
  })
  const spanCount = useComputed(() => run.overview.value.spanCount)
  useRefresh(answered, spanCount, isInView)

  const clear = () => {
    search.value = ''
    failedOnly.value = false
  }

  const wanted = useRef<number | undefined>(undefined)
  const open = async (index: number) => {
    wanted.current = index
    const span = await run.data.span(index).catch(() => undefined)
    // another one was opened in the meantime
    if (wanted.current === index && span) opened.value = span
  }
  const close = () => {
    wanted.current = undefined
    opened.value = undefined
    list.current?.focus()
  }

  // other rows: the one that was active is elsewhere
  useSignalEffect(() => {
    if (!answered.value) return
    active.value = undefined
    goal.value = undefined
    sought.value = sought.peek() ?? opened.peek()?.index
  })

  useSignalEffect(() => {
    const index = sought.value
    const rows = answered.value
    if (index === undefined || !rows) return
    const go = async () => {
      const place = await run.data.spanPlace(rows.query, index).catch(() => undefined)
      if (sought.peek() !== index || answered.peek() !== rows) return
      sought.value = undefined
      if (place !== undefined) goal.value = { row: place }
    }
    void go()
  })

  /** The moment that was set here: what is looked at already need not move. */
  const own = useRef<number | undefined>(undefined)

  // somebody points at a moment: to the innermost span that covers it
  useSignalEffect(() => {
    const moment = momentMs.value
    if (moment === undefined || moment === own.current || !wasDrawn.value) return
    own.current = undefined
    const find = async () => {
      const found = await spanAt(run.data, moment).catch(() => undefined)
      if (found !== undefined && momentMs.peek() === moment) sought.value = found
    }
    void find()
  })

  /** Shows a span whatever the filter is. */
  const jump = async (index: number) => {
    const isThere = await run.data.spanPlace(query.peek(), index).catch(() => undefined)
    if (isThere === undefined) {
      search.value = ''
      failedOnly.value = false
      selection.value = undefined
    }
    await open(index)
    sought.value = index
    list.current?.focus()
  }

  const pointAt = (clientX: number, target: EventTarget | null) => {
    const box = axis.current?.getBoundingClientRect()
    const isOverBar = target instanceof Element && target.closest('[data-part="bar"]') !== null
    if (!box || box.width === 0 || !isOverBar) return
    const { fromMs, toMs } = selection.peek() ?? overview.peek().range
    cursorMs.value = fromMs + ((clientX - box.left) / box.width) * (toMs - fromMs)
  }

  const { spanCount: all, isLive, begin, range } = overview.value
  const pages = answered.value?.pages
  const found = pages?.state.value.total
  const isSearching = pages?.state.value.isComplete === false
  const shown = selection.value ?? range
  const isFiltered = search.value !== '' || failedOnly.value
  const rowPx = isNarrow.value ? 44 : 26

  return (
    <div ref={part} class="trace">
      {all === 0 ? (
        <NoSpans isLive={isLive} isAlone={isPlatformAlone({ begin })} />
      ) : (
        <>
          <div class="tools">
            <SearchField id="trace-search" label="Search spans" value={search} />
            <label>
              <input
                type="checkbox"
                checked={failedOnly.value}
                onChange={(event) => {
                  failedOnly.value = event.currentTarget.checked
                }}
              />
              Failed only
            </label>
            <label>
              Order
              <select
                value={order.value}
                onChange={(event) => {
                  order.value = event.currentTarget.value === 'duration' ? 'duration' : 'start'
                }}
              >
                <option value="start">by start</option>
                <option value="duration">longest first</option>
              </select>
            </label>
            <FoundCount noun="span" name="span" {...{ found, all, isSearching }} />
          </div>
          <NothingFound
            noun="span"
            searchId="trace-search"
            {...{ found, isSearching, isFiltered }}
            onClear={clear}
          />
          {pages && found !== 0 && (
            <div class={`rows-and-details ${opened.value ? 'has-details' : ''}`}>
              {/* biome-ignore lint/a11y/noStaticElementInteractions: it only follows the pointer; keys have the timeline */}
              <div
                class="trace-list"
                onPointerMove={(event) => pointAt(event.clientX, event.target)}
                onPointerLeave={() => {
                  cursorMs.value = undefined
                }}
                onKeyDown={(event) => {
                  if (event.key !== 'Escape' || !opened.peek()) return
                  event.stopPropagation()
                  close()
                }}
              >
                <Rows<SpanRow>
                  label="Spans"
                  name="trace"
                  role="treegrid"
                  pages={pages}
                  rowPx={rowPx}
                  active={active}
                  goal={goal}
                  handle={list}
                  onOpen={(span, how) => {
                    void open(span.index)
                    if (how !== 'enter') return
                    own.current = span.startMs
                    momentMs.value = span.startMs
                  }}
                  look={(span) => ({
                    class: span.hasFailed ? 'has-failed' : '',
                    level: order.value === 'start' ? span.depth + 1 : 1,
                  })}
                  header={
                    <>
                      <HeaderCell class="trace-name">Name</HeaderCell>
                      <HeaderCell class="trace-axis">
                        <span>{clockTime(shown.fromMs, 'milliseconds')}</span>
                        <span class="trace-axis-length">{spanDuration(shown.toMs - shown.fromMs)}</span>
                        <span>{clockTime(shown.toMs, 'milliseconds')}</span>
                      </HeaderCell>
                      <HeaderCell class="trace-duration">Duration</HeaderCell>
                    </>
                  }
                  cells={(span) => (
                    <SpanCells
                      span={span}
                      shown={shown}
                      colour={colourOfSource(sources, span.source)}
                      isIndented={order.value === 'start'}
                    />
                  )}
                  overlay={<TimeLines shown={shown} axis={axis} />}
                />
              </div>
              {opened.value && (
                <SpanDetails
                  span={opened.value}
                  traceId={begin?.traceId}
                  onParent={(index) => void jump(index)}
                  onClose={close}
                />
              )}
            </div>
          )}
          {pages?.state.value.hasFailed && <ReadAgain onClick={() => pages.refresh()} />}
        </>
      )}
    </div>
  )
}

/** There is no span at all. */
const NoSpans = ({ isLive, isAlone }: { readonly isLive: boolean; readonly isAlone: boolean }) => {
  if (isAlone) return <PlatformAlone what="traces" />
  return <p class="rows-empty">{isLive ? 'No span has ended yet.' : 'This run has told of no spans.'}</p>
}
