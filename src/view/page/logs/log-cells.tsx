import type { LogRow } from '../../api.ts'
import { Cell } from '../virtual/cell.tsx'
import { harmlessLine } from '../virtual/harmless.ts'
import { clockTime, dayAndMonth, utcTime } from '../words.ts'
import { Marked } from './marked.tsx'
import { excerptOf } from './matches.ts'
import { severityLook, severityWords } from './severity.ts'

/** What is cleaned before an excerpt is made of it: a line can be a megabyte. */
const mostCleaned = 4_000

/** The cells of a line's row: time, severity, source, text. */
export const LogCells = ({
  log,
  search,
  hasDays,
}: {
  readonly log: LogRow
  readonly search: string
  readonly hasDays: boolean
}) => {
  const excerpt = excerptOf(log.text, search, mostCleaned)
  const text = excerptOf(harmlessLine(excerpt), search)
  const isMore = text.length > 160 || log.text.includes('\n') || log.attributes !== undefined || log.isCut
  return (
    <>
      <Cell class="logs-time">
        <button
          type="button"
          tabIndex={-1}
          data-part="time"
          title={`${utcTime(log.t)}: show this moment everywhere`}
          onMouseDown={(event) => event.preventDefault()}
        >
          {hasDays && <span class="logs-day">{dayAndMonth(log.t)} </span>}
          {clockTime(log.t, 'milliseconds')}
        </button>
      </Cell>
      <Cell class={`logs-severity ${severityLook(log.severity)}`}>{severityWords[log.severity] ?? ''}</Cell>
      <Cell class="logs-source rows-text">{harmlessLine((log.source ?? '').slice(0, 100))}</Cell>
      <Cell class={`logs-text rows-text ${isMore ? 'has-more' : ''}`}>
        <Marked text={text} search={search} />
      </Cell>
    </>
  )
}
