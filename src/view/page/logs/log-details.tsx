import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import type { LogRow, RunData } from '../../api.ts'
import { RowDetails } from '../virtual/details.tsx'
import { Facts } from '../virtual/facts.tsx'
import { harmless } from '../virtual/harmless.ts'
import { clockTime, countInWords, dayAndMonth, utcTime } from '../words.ts'
import { Marked } from './marked.tsx'
import { severityWords } from './severity.ts'
import { useWhole } from './use-whole.ts'

/** A browser lays out so many characters without a pause that people notice. */
const step = 20_000

/** Parts that are laid out on their own, so that those out of view cost nothing. */
const chunksOf = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / step) }, (_, index) =>
    text.slice(index * step, (index + 1) * step),
  )

/** The whole of one line, wrapped, with its attributes. */
export const LogDetails = ({
  log: listed,
  search,
  ask,
  onMoment,
  onClose,
}: {
  readonly log: LogRow
  readonly search: string
  /** For the whole of a line, where the list has not all of it; must stay the same function. */
  readonly ask: RunData['log']
  readonly onMoment: () => void
  readonly onClose: () => void
}) => {
  const { log, state, askAgain } = useWhole(listed, ask)
  const most = useSignal(step)
  useLayoutEffect(() => {
    most.value = step
  }, [listed, most])
  const severity = severityWords[log.severity] ?? ''
  return (
    <RowDetails label="Log details" onClose={onClose}>
      <h3 title={utcTime(log.t)}>
        {dayAndMonth(log.t)} {clockTime(log.t, 'milliseconds')}
      </h3>
      <p class="muted rows-text">
        {[severity, harmless(log.source ?? '')].filter((word) => word !== '').join(', ')}
      </p>
      <div class="rows-actions">
        <button type="button" onClick={onMoment}>
          Show this moment everywhere
        </button>
      </div>
      <div class="logs-whole rows-text">
        {chunksOf(log.text.slice(0, most.value)).map((chunk, index) => (
          <div key={index} class="logs-chunk">
            <Marked text={harmless(chunk)} search={search} />
          </div>
        ))}
      </div>
      {log.text.length > most.value && (
        <p class="muted">
          {countInWords(most.value)} of {countInWords(log.text.length)} characters.{' '}
          <button
            type="button"
            onClick={() => {
              most.value += step * 5
            }}
          >
            Show more
          </button>
        </p>
      )}
      {state === 'reading' && <p class="muted">The rest of this line is being read…</p>}
      {state === 'failed' && (
        <p class="muted" role="status">
          The rest of this line could not be read.{' '}
          <button type="button" onClick={askAgain}>
            Try again
          </button>
        </p>
      )}
      <Facts caption="Attributes" facts={log.attributes} />
    </RowDetails>
  )
}
