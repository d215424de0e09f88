import { type ReadonlySignal, useComputed } from '@preact/signals'
import { cursorMs, type RunView } from '../looking.ts'
import { durationInWords, timeBeside, utcTime } from '../words.ts'
import { describeMoment } from './describe.ts'
import { type Scale, xOf } from './scale.ts'

/** The line at the moment that is pointed at, here or in any other part. */
export const CursorLine = ({ scale }: { readonly scale: Scale }) => {
  const at = cursorMs.value
  if (at === undefined || at < scale.fromMs || at > scale.toMs) return null
  return <div class="timeline-cursor" style={{ transform: `translateX(${xOf(scale, at)}px)` }} />
}

/** The span that is being drawn. */
export const Dragged = ({
  scale,
  drag,
}: {
  readonly scale: Scale
  readonly drag: ReadonlySignal<{ readonly fromMs: number; readonly toMs: number } | undefined>
}) => {
  const range = drag.value
  if (!range) return null
  const [a, b] = [xOf(scale, range.fromMs), xOf(scale, range.toMs)]
  const left = Math.max(0, Math.min(a, b))
  const right = Math.min(scale.width, Math.max(a, b))
  return (
    <div class="timeline-dragged" style={{ transform: `translateX(${left}px)`, width: `${right - left}px` }}>
      <span>{durationInWords(range.toMs - range.fromMs)}</span>
    </div>
  )
}

/** Words for a moment: when it is, and what the run was at. */
export const momentInWords = (run: RunView, timeMs: number, withinMs: number): string => {
  const overview = run.overview.value
  const since = timeMs - overview.range.fromMs
  return [
    timeBeside(timeMs, overview.range.fromMs),
    `${durationInWords(since)} after the start`,
    ...describeMoment(overview, timeMs, withinMs),
  ].join(' · ')
}

/** What is at the cursor. */
export const Reading = ({ run, scale }: { readonly run: RunView; readonly scale: Scale }) => {
  const withinMs = scale.width > 0 ? ((scale.toMs - scale.fromMs) / scale.width) * 7 : 0
  const at = cursorMs.value
  const text = useComputed(() =>
    cursorMs.value === undefined ? '' : momentInWords(run, cursorMs.value, withinMs),
  )
  return (
    <p class="timeline-reading" title={at === undefined ? undefined : utcTime(at)}>
      {at === undefined ? (
        <span class="muted">
          Point at a moment to read it, drag over a span of time to narrow everything to it.
        </span>
      ) : (
        text
      )}
    </p>
  )
}
