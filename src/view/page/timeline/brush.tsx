import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Range } from '../../api.ts'
import { type RunView, select, selection } from '../looking.ts'
import { useSteady } from '../use-steady.ts'
import { dateAndTime } from '../words.ts'
import { gapBars, stateBars } from './lanes.ts'
import { barOf, moveWithin, type Scale, timeAt, xOf } from './scale.ts'

interface BrushProps {
  readonly run: RunView
  readonly all: Range
  readonly width: number
}

const height = 30
type Hold = 'from' | 'to' | 'window' | 'new'

/** Selects, or shows all where the selection is all there is. */
export const selectWithin = (range: Range, all: Range): void => {
  if (range.fromMs <= all.fromMs && range.toMs >= all.toMs) selection.value = undefined
  else select(range)
}

/** What a pointer takes hold of. */
const holdAt = (x: number, scale: Scale, shown: Range, isAll: boolean): Hold => {
  const [from, to] = [xOf(scale, shown.fromMs), xOf(scale, shown.toMs)]
  const [awayFrom, awayTo] = [Math.abs(x - from), Math.abs(x - to)]
  if (Math.min(awayFrom, awayTo) <= 12) return awayFrom <= awayTo ? 'from' : 'to'
  return !isAll && x > from && x < to ? 'window' : 'new'
}

/** What holding and moving makes of what is shown. */
const dragged = (hold: Hold, shown: Range, startMs: number, nowMs: number, all: Range): Range => {
  if (hold === 'window') return moveWithin(shown, nowMs - startMs, all)
  if (hold === 'from') return { fromMs: Math.min(nowMs, shown.toMs - 1), toMs: shown.toMs }
  if (hold === 'to') return { fromMs: shown.fromMs, toMs: Math.max(nowMs, shown.fromMs + 1) }
  return { fromMs: Math.min(startMs, nowMs), toMs: Math.max(startMs, nowMs) }
}

/** The whole run, small, with a window on what is shown of it: its edges and itself can be moved. */
export const Brush = ({ run, all, width }: BrushProps) => {
  const held = useRef<{ readonly hold: Hold; readonly startMs: number; readonly shown: Range } | undefined>(
    undefined,
  )
  const facts = useSteady(run, ({ states, gaps }) => ({ states, gaps })).value
  const isActive = useSignal(false)
  const scale: Scale = { ...all, width }
  const shown = selection.value ?? all
  const window_ = barOf(scale, shown, 2) ?? { x: 0, width }
  const at = (event: PointerEvent): number => {
    const box =
      event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : undefined
    return event.clientX - (box?.left ?? 0)
  }
  const onKey = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    const step = ((all.toMs - all.fromMs) / 100) * (event.shiftKey ? 10 : 1)
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step }[event.key]
    const now = edge === 'from' ? shown.fromMs : shown.toMs
    const to =
      event.key === 'Home'
        ? all.fromMs
        : event.key === 'End'
          ? all.toMs
          : by === undefined
            ? undefined
            : now + by
    if (to === undefined) return
    event.preventDefault()
    const inside = Math.min(Math.max(to, all.fromMs), all.toMs)
    selectWithin(dragged(edge, shown, 0, inside, all), all)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no part of a form
    <div
      role="group"
      aria-label="What is shown of the run"
      class={isActive.value ? 'timeline-brush timeline-brush-active' : 'timeline-brush'}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        const x = at(event)
        held.current = {
          hold: holdAt(x, scale, shown, selection.value === undefined),
          startMs: timeAt(scale, x),
          shown,
        }
        isActive.value = true
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const start = held.current
        if (!start) return
        const range = dragged(start.hold, start.shown, start.startMs, timeAt(scale, at(event)), all)
        if (xOf(scale, range.toMs) - xOf(scale, range.fromMs) >= 2) selectWithin(range, all)
      }}
      onPointerUp={() => {
        held.current = undefined
        isActive.value = false
      }}
      onPointerCancel={() => {
        held.current = undefined
        isActive.value = false
      }}
      onDblClick={() => {
        selection.value = undefined
      }}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" focusable="false">
          {stateBars(facts.states, all.toMs, scale).map((bar, index) => {
            const fill = Math.max(1, (Math.min(bar.percent, 100) / 100) * height)
            return (
              <rect
                key={index}
                class="timeline-state-fill"
                x={bar.x}
                y={height - fill}
                width={bar.width}
                height={fill}
              />
            )
          })}
          {gapBars(facts.gaps, scale).map((gap, index) => (
            <rect
              key={index}
              class={gap.isFatal ? 'timeline-brush-gap timeline-brush-gap-fatal' : 'timeline-brush-gap'}
              x={gap.x}
              y={height - 5}
              width={gap.width}
              height={5}
            />
          ))}
          <rect class="timeline-brush-out" x={0} y={0} width={window_.x} height={height} />
          <rect
            class="timeline-brush-out"
            x={window_.x + window_.width}
            y={0}
            width={Math.max(0, width - window_.x - window_.width)}
            height={height}
          />
          <rect
            class="timeline-brush-window"
            x={window_.x + 0.5}
            y={0.5}
            width={Math.max(1, window_.width - 1)}
            height={height - 1}
          />
        </svg>
      )}
      {(['from', 'to'] as const).map((edge) => {
        const t = edge === 'from' ? shown.fromMs : shown.toMs
        const x = edge === 'from' ? window_.x : window_.x + window_.width
        return (
          <div
            key={edge}
            class="timeline-brush-handle"
            role="slider"
            tabIndex={0}
            aria-label={edge === 'from' ? 'Begin of what is shown' : 'End of what is shown'}
            aria-valuemin={Math.round(all.fromMs)}
            aria-valuemax={Math.round(all.toMs)}
            aria-valuenow={Math.round(t)}
            aria-valuetext={dateAndTime(t)}
            style={{ transform: `translateX(${x}px)` }}
            onKeyDown={onKey(edge)}
          />
        )
      })}
    </div>
  )
}
