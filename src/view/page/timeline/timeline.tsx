import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Range } from '../../api.ts'
import { cursorMs, momentMs, type RunView, selection, zoom } from '../looking.ts'
import { steady } from '../steady.ts'
import { useWidth } from '../use-element.ts'
import { dateAndTime, durationInWords, timeBeside } from '../words.ts'
import { Axis, Grid } from './axis.tsx'
import { Brush, selectWithin } from './brush.tsx'
import { CursorLine, Dragged, momentInWords, Reading } from './cursor.tsx'
import { pressKey } from './keys.ts'
import { Lanes } from './lanes.tsx'
import { holding, type Scale, timeAt } from './scale.ts'
import { TimelineTable } from './table.tsx'
import { elapsedTicks, localTicks } from './ticks.ts'
import './timeline.css'

/** All of a run's time; while it runs it moves on by what can be seen only. */
const calmRange = (run: RunView) =>
  steady(
    () => run.overview.value.range,
    (one: Range, other: Range) =>
      one.fromMs === other.fromMs &&
      Math.abs(other.toMs - one.toMs) < (other.toMs - other.fromMs) / 1_000 &&
      run.overview.value.isLive,
  )

/** What happened when: lanes over one axis of time, on which a span is selected for all parts of the page. */
export const Timeline = ({ run }: { readonly run: RunView }) => {
  const allRange = useMemo(() => calmRange(run), [run])
  const body = useRef<HTMLDivElement>(null)
  const width = useWidth(body)
  const isElapsed = useSignal(false)
  const all = allRange.value
  const scale: Scale = { ...(selection.value ?? all), width: width.value }
  const most = Math.max(2, Math.floor(scale.width / 90))
  const ticks = isElapsed.value ? elapsedTicks(scale, all.fromMs, most) : localTicks(scale, most)
  // a moment that is looked at must be in what is shown
  useSignalEffect(() => {
    const moment = momentMs.value
    if (moment === undefined) return
    cursorMs.value = moment
    const shown = selection.peek()
    if (shown) {
      const next = holding(shown, moment, run.overview.peek().range)
      if (next !== shown) selection.value = next
    }
  })
  return (
    <div class="timeline">
      <Toolbar run={run} all={all} isElapsed={isElapsed} />
      <div class="timeline-lane timeline-lane-brush">
        <div class="timeline-lane-name">Whole run</div>
        <div class="timeline-lane-plot">
          <Brush run={run} all={all} width={width.value} />
        </div>
      </div>
      <div class="timeline-body">
        <div class="timeline-behind">
          <Grid scale={scale} ticks={ticks} />
        </div>
        <Lanes run={run} all={all} scale={scale} />
        <div class="timeline-lane">
          <div class="timeline-lane-name">{isElapsed.value ? 'Since the start' : 'Local time'}</div>
          <div class="timeline-lane-plot">{scale.width > 0 && <Axis scale={scale} ticks={ticks} />}</div>
        </div>
        <div class="timeline-over" ref={body}>
          <Plot run={run} all={all} scale={scale} />
        </div>
      </div>
      <Reading run={run} scale={scale} />
      <TimelineTable run={run} all={all} />
    </div>
  )
}

const Toolbar = ({
  run,
  all,
  isElapsed,
}: {
  readonly run: RunView
  readonly all: Range
  readonly isElapsed: { value: boolean }
}) => {
  const shown = selection.value ?? all
  const middle = () => cursorMs.peek() ?? (shown.fromMs + shown.toMs) / 2
  return (
    <div class="timeline-toolbar">
      <p>
        {dateAndTime(shown.fromMs)} to {timeBeside(shown.toMs, shown.fromMs)}
        <span class="muted"> · {durationInWords(shown.toMs - shown.fromMs)}</span>
      </p>
      <label class="timeline-axis-choice">
        <input
          type="checkbox"
          checked={isElapsed.value}
          onChange={(event) => {
            isElapsed.value = event.currentTarget.checked
          }}
        />
        Time since the start
      </label>
      <div class="timeline-zoom">
        <button type="button" aria-label="Zoom in" onClick={() => zoom(run, 0.5, middle())}>
          +
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          disabled={selection.value === undefined}
          onClick={() => zoom(run, 2, middle())}
        >
          −
        </button>
      </div>
    </div>
  )
}

/** A hand that trembles is no drag. */
const leastDrag = 5

interface PlotProps {
  readonly run: RunView
  readonly all: Range
  readonly scale: Scale
}

/** What is pointed at and dragged over. */
const Plot = ({ run, all, scale }: PlotProps) => {
  const start = useRef<{ readonly x: number; readonly t: number } | undefined>(undefined)
  const drag = useSignal<Range | undefined>(undefined)
  const anchorMs = useSignal<number | undefined>(undefined)
  const shownDrag = useComputed(() => {
    const anchor = anchorMs.value
    const cursor = cursorMs.value
    if (drag.value || anchor === undefined || cursor === undefined) return drag.value
    return { fromMs: Math.min(anchor, cursor), toMs: Math.max(anchor, cursor) }
  })
  const at = (event: PointerEvent & { currentTarget: Element }): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left
  const spoken = useSpoken(run, scale)
  const plot = useRef<HTMLDivElement>(null)
  useCtrlWheel(plot, (x, isCloser) => zoom(run, isCloser ? 0.8 : 1.25, timeAt(scale, x)))
  const endDrag = () => {
    start.current = undefined
    drag.value = undefined
  }
  return (
    <div
      ref={plot}
      class="timeline-plot"
      data-part="timeline-plot"
      role="slider"
      tabIndex={0}
      aria-label="Moment on the timeline"
      aria-describedby="timeline-keys"
      aria-orientation="horizontal"
      aria-valuemin={Math.round(all.fromMs)}
      aria-valuemax={Math.round(all.toMs)}
      aria-valuenow={spoken.now}
      aria-valuetext={spoken.text}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        const x = at(event)
        start.current = { x, t: timeAt(scale, x) }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const x = at(event)
        const t = timeAt(scale, x)
        cursorMs.value = t
        const from = start.current
        if (from && (drag.value || Math.abs(x - from.x) >= leastDrag))
          drag.value = { fromMs: Math.min(from.t, t), toMs: Math.max(from.t, t) }
      }}
      onPointerUp={(event) => {
        const range = drag.value
        const from = start.current
        endDrag()
        if (range) selectWithin(range, all)
        else if (from) {
          momentMs.value = undefined
          momentMs.value = timeAt(scale, at(event))
        }
      }}
      onPointerCancel={endDrag}
      onPointerLeave={() => {
        if (!start.current) cursorMs.value = momentMs.peek()
      }}
      onDblClick={() => {
        selection.value = undefined
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return
        if (event.key === 'Escape' && (start.current || anchorMs.value !== undefined)) {
          endDrag()
          anchorMs.value = undefined
          event.preventDefault()
          return
        }
        const change = pressKey(
          { all, shown: scale, cursorMs: cursorMs.value, anchorMs: anchorMs.value },
          event,
        )
        if (!change) return
        event.preventDefault()
        if ('anchorMs' in change) anchorMs.value = change.anchorMs
        if (change.cursorMs !== undefined) cursorMs.value = change.cursorMs
        if (change.shown) selectWithin(change.shown, all)
        if (change.isLookedAt) {
          momentMs.value = undefined
          momentMs.value = change.cursorMs
        }
      }}
    >
      <Dragged scale={scale} drag={shownDrag} />
      <CursorLine scale={scale} />
      <span id="timeline-keys" class="visually-hidden">
        Arrow keys move, with Shift further. Space begins and ends the selection of a span of time. Enter
        shows the moment in all parts. Escape shows all.
      </span>
    </div>
  )
}

/** Zooms by wheel while Ctrl is held (or by pinching); without it the page scrolls as ever. */
const useCtrlWheel = (
  ref: RefObject<HTMLElement | null>,
  onZoom: (x: number, isCloser: boolean) => void,
): void => {
  const newest = useRef(onZoom)
  newest.current = onZoom
  useEffect(() => {
    const element = ref.current
    if (!element) return undefined
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey || event.deltaY === 0) return
      event.preventDefault()
      newest.current(event.clientX - element.getBoundingClientRect().left, event.deltaY < 0)
    }
    // a listener that may prevent scrolling must say so
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [ref])
}

/** The cursor as a slider says it. Bound as signals, so that moving it draws nothing else again. */
const useSpoken = (run: RunView, scale: Scale) => {
  const withinMs = scale.width > 0 ? ((scale.toMs - scale.fromMs) / scale.width) * 7 : 0
  const now = useComputed(() => Math.round(cursorMs.value ?? run.overview.value.range.toMs))
  const text = useComputed(() =>
    momentInWords(run, cursorMs.value ?? run.overview.value.range.toMs, withinMs),
  )
  return { now, text }
}
