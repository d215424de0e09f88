import type { Range, SpanRow } from '../../api.ts'
import { Cell } from '../virtual/cell.tsx'
import { harmlessLine } from '../virtual/harmless.ts'
import { clockTime, utcTime } from '../words.ts'
import { barOf } from './bar.ts'
import { FailedMark } from './failed-mark.tsx'
import { spanDuration } from './span-words.ts'

/** Deeper ones stand below one another, else no room is left for their names. */
const mostIndents = 12
const indentPx = 12
/** Of the axis, in per cent: on less the hatching of a failed one would look like gaps. */
const leastHatched = 2
/** What is longer cannot be read in a row anyway. */
const mostCharacters = 300

/** The cells of a span's row: name, bar, duration. */
export const SpanCells = ({
  span,
  shown,
  colour,
  isIndented,
}: {
  readonly span: SpanRow
  readonly shown: Range
  readonly colour: string
  readonly isIndented: boolean
}) => {
  const bar = barOf(shown, span)
  const indent = isIndented ? Math.min(span.depth, mostIndents) * indentPx : 0
  const name = harmlessLine(span.name.slice(0, mostCharacters))
  const look = `${span.hasFailed && bar.width > leastHatched ? 'is-hatched' : ''} ${bar.beginsBefore ? 'begins-before' : ''} ${bar.endsAfter ? 'ends-after' : ''}`
  return (
    <>
      <Cell class="trace-name" style={{ paddingInlineStart: `${8 + indent}px` }}>
        {span.hasFailed && <FailedMark />}
        <span class="trace-name-text rows-text" title={name}>
          {name}
        </span>
        {span.source !== undefined && (
          <span class="trace-source rows-text">{harmlessLine(span.source.slice(0, mostCharacters))}</span>
        )}
      </Cell>
      <Cell class="trace-bar-cell" data-part="bar" title={utcTime(span.startMs)}>
        <span class="visually-hidden">begins {clockTime(span.startMs, 'milliseconds')}</span>
        <div
          class={`trace-bar ${look}`}
          style={{
            left: `${bar.left}%`,
            width: `${bar.width}%`,
            backgroundColor: span.hasFailed ? 'var(--bad)' : colour,
          }}
        />
      </Cell>
      <Cell class="trace-duration">{spanDuration(span.endMs - span.startMs)}</Cell>
    </>
  )
}
