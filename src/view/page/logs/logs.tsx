import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { LogRow } from '../../api.ts'
import { isPlatformAlone } from '../is-platform-alone.ts'
import { momentMs, type RunView, selection } from '../looking.ts'
import { useInView, useIsDrawn, useWasTrue, useWhileInView } from '../use-element.ts'
import { HeaderCell } from '../virtual/cell.tsx'
import { FoundCount, NothingFound } from '../virtual/found.tsx'
import { isNarrow } from '../virtual/narrow.ts'
import { ReadAgain } from '../virtual/read-again.tsx'
import { type Goal, Rows, type RowsHandle } from '../virtual/rows.tsx'
import { SearchField } from '../virtual/search-field.tsx'
import { usePages, useRefresh } from '../virtual/use-pages.ts'
import { dayAndMonth } from '../words.ts'
import { LogCells } from './log-cells.tsx'
import { LogDetails } from './log-details.tsx'
import { Newest } from './newest.tsx'
import { Captured, NoOutput } from './no-output.tsx'
import { countFrom } from './severity.ts'
import { SeverityFilter } from './severity-filter.tsx'
import './logs.css'

/** What a run has written, and told as log records. */
export const Logs = ({ run }: { readonly run: RunView }) => {
  const part = useRef<HTMLDivElement>(null)
  const list = useRef<RowsHandle>(null)
  const search = useSignal('')
  const least = useSignal(0)
  const follows = useSignal(run.overview.peek().isLive)
  const active = useSignal<number | undefined>(undefined)
  const opened = useSignal<LogRow | undefined>(undefined)
  /** The moment to scroll to as soon as there are rows. */
  const sought = useSignal<number | undefined>(undefined)
  const goal = useSignal<Goal | undefined>(undefined)
  const isInView = useInView(part)
  const hasEnded = useComputed(() => !run.overview.value.isLive)
  const wasDrawn = useWasTrue(useIsDrawn(isInView, hasEnded))
  const overview = useWhileInView(run.overview, isInView)

  const query = useComputed(() => ({
    ...selection.value,
    ...(search.value === '' ? {} : { search: search.value }),
    ...(least.value === 0 ? {} : { minSeverity: least.value }),
  }))
  const answered = usePages({
    query,
    ask: (asked, offset, limit) => run.data.logs({ ...asked, offset, limit }),
    isWanted: wasDrawn,
  })
  const count = useComputed(() => countFrom(run.overview.value.logCounts, 0))
  useRefresh(answered, count, isInView)

  /** The moment that was set here: this list need not move to it. */
  const own = useRef<number | undefined>(undefined)

  const clear = () => {
    search.value = ''
    least.value = 0
  }
  const showMoment = (log: LogRow) => {
    own.current = log.t
    momentMs.value = log.t
  }
  const close = () => {
    opened.value = undefined
    list.current?.focus()
  }

  // other rows: what was open is still what one reads, so the list goes there again
  useSignalEffect(() => {
    if (!answered.value) return
    active.value = undefined
    goal.value = undefined
    sought.value = sought.peek() ?? opened.peek()?.t
  })

  // a run may be known before it is known to be live
  const wasLive = useRef(follows.peek())
  useSignalEffect(() => {
    if (!run.overview.value.isLive || wasLive.current) return
    wasLive.current = true
    follows.value = selection.peek() === undefined && momentMs.peek() === undefined
  })

  // whoever looks at a span of time wants to see how it begins
  useSignalEffect(() => {
    if (selection.value) follows.value = false
  })

  // somebody points at a moment
  useSignalEffect(() => {
    const moment = momentMs.value
    if (moment === undefined || moment === own.current) return
    own.current = undefined
    sought.value = moment
  })

  useSignalEffect(() => {
    const moment = sought.value
    const rows = answered.value
    if (moment === undefined || !rows) return
    const go = async () => {
      const before = await run.data.logsBefore(rows.query, moment).catch(() => undefined)
      if (sought.peek() !== moment || answered.peek() !== rows) return
      sought.value = undefined
      if (before === undefined || rows.pages.state.peek().total === 0) return
      follows.value = false
      goal.value = { row: before }
    }
    void go()
  })

  const { logCounts, isLive, begin, range } = overview.value
  const all = countFrom(logCounts, 0)
  const isAlone = isPlatformAlone({ begin })
  const pages = answered.value?.pages
  const state = pages?.state.value
  const found = state?.total
  const isSearching = state?.isComplete === false
  const isFiltered = search.value !== '' || least.value > 0
  const shown = selection.value ?? range
  const hasDays = dayAndMonth(shown.fromMs) !== dayAndMonth(shown.toMs)
  const rowPx = isNarrow.value ? 42 : 24

  return (
    <div ref={part} class={hasDays ? 'logs has-days' : 'logs'}>
      {begin?.capturesOutput === false && !isAlone && <Captured />}
      {all === 0 ? (
        <NoOutput isLive={isLive} isCaptured={begin?.capturesOutput !== false} isAlone={isAlone} />
      ) : (
        <>
          <div class="tools">
            <SearchField id="logs-search" label="Search logs" value={search} />
            <SeverityFilter least={least} counts={logCounts} />
            <Newest isLive={isLive} follows={follows} />
            <FoundCount noun="line" name="log" {...{ found, all, isSearching }} />
          </div>
          <NothingFound
            noun="line"
            searchId="logs-search"
            {...{ found, isSearching, isFiltered }}
            onClear={clear}
          />
          {pages && found !== 0 && (
            <div class={`rows-and-details ${opened.value ? 'has-details' : ''}`}>
              {/* biome-ignore lint/a11y/noStaticElementInteractions: the list in it has the focus; this only hears Escape */}
              <div
                class="logs-list"
                onKeyDown={(event) => {
                  if (event.key !== 'Escape' || !opened.peek()) return
                  event.stopPropagation()
                  close()
                }}
              >
                <Rows<LogRow>
                  label="Log lines"
                  name="logs"
                  role="grid"
                  pages={pages}
                  rowPx={rowPx}
                  active={active}
                  goal={goal}
                  handle={list}
                  sticksToEnd={follows}
                  onScrolled={(isAtEnd) => {
                    if (!isAtEnd) follows.value = false
                  }}
                  onOpen={(log, how) => {
                    if (how !== undefined) showMoment(log)
                    if (how !== 'time') opened.value = log
                  }}
                  look={(log) => ({
                    class: log.severity >= 5 ? 'is-error' : log.severity === 4 ? 'is-warning' : '',
                  })}
                  header={
                    <>
                      <HeaderCell class="logs-time">Time</HeaderCell>
                      <HeaderCell class="logs-severity">Level</HeaderCell>
                      <HeaderCell class="logs-source">Source</HeaderCell>
                      <HeaderCell class="logs-text">Text</HeaderCell>
                    </>
                  }
                  cells={(log) => <LogCells log={log} search={search.value} hasDays={hasDays} />}
                />
              </div>
              {opened.value && (
                <LogDetails
                  log={opened.value}
                  search={search.value}
                  ask={run.data.log}
                  onMoment={() => opened.value && showMoment(opened.value)}
                  onClose={close}
                />
              )}
            </div>
          )}
          {state?.hasFailed && <ReadAgain onClick={() => pages?.refresh()} />}
        </>
      )}
    </div>
  )
}
