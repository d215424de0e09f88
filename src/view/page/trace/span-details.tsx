import { useSignal } from '@preact/signals'
import type { SpanDetails as Details } from '../../api.ts'
import { select } from '../looking.ts'
import { RowDetails } from '../virtual/details.tsx'
import { Facts } from '../virtual/facts.tsx'
import { harmless } from '../virtual/harmless.ts'
import { clockTime, dayAndMonth, utcTime } from '../words.ts'
import { FailedMark } from './failed-mark.tsx'
import { spanDuration } from './span-words.ts'

/** Copies where the browser lets us; else the text beside can be marked by hand. */
const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const said = useSignal('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      said.value = 'copied'
    } catch {
      said.value = 'not allowed here: mark it and copy'
    }
  }
  return (
    <>
      <button type="button" onClick={() => void copy()} aria-label={`Copy the ${what}`}>
        Copy
      </button>{' '}
      <span role="status" class="muted">
        {said.value}
      </span>
    </>
  )
}

/** All that is known of one span. */
export const SpanDetails = ({
  span,
  traceId,
  onParent,
  onClose,
}: {
  readonly span: Details
  readonly traceId: string | undefined
  readonly onParent: (index: number) => void
  readonly onClose: () => void
}) => {
  const { parentIndex } = span
  const instant = span.endMs <= span.startMs
  return (
    <RowDetails label="Span details" onClose={onClose}>
      <h3 class="rows-text">{harmless(span.name)}</h3>
      {span.hasFailed && (
        <p class="trace-error">
          <FailedMark /> <span class="rows-text">{harmless(span.error ?? 'It failed.')}</span>
        </p>
      )}
      <div class="rows-actions">
        <button
          type="button"
          onClick={() => select({ fromMs: span.startMs, toMs: instant ? span.startMs + 1 : span.endMs })}
        >
          Show this span of time
        </button>
        {parentIndex !== undefined && (
          <button type="button" onClick={() => onParent(parentIndex)}>
            Go to its parent
          </button>
        )}
      </div>
      <table class="rows-facts">
        <caption>Span</caption>
        <tbody>
          <tr>
            <th scope="row">took</th>
            <td>{spanDuration(span.endMs - span.startMs)}</td>
          </tr>
          <tr>
            <th scope="row">began</th>
            <td title={utcTime(span.startMs)}>
              {dayAndMonth(span.startMs)} {clockTime(span.startMs, 'milliseconds')}
            </td>
          </tr>
          <tr>
            <th scope="row">ended</th>
            <td title={utcTime(span.endMs)}>
              {dayAndMonth(span.endMs)} {clockTime(span.endMs, 'milliseconds')}
            </td>
          </tr>
          {span.source !== undefined && (
            <tr>
              <th scope="row">source</th>
              <td class="rows-text">{harmless(span.source)}</td>
            </tr>
          )}
          {span.id !== '' && (
            <tr>
              <th scope="row">id</th>
              <td class="rows-text trace-id">{harmless(span.id)}</td>
            </tr>
          )}
          {span.parent !== undefined && (
            <tr>
              <th scope="row">parent</th>
              <td class="rows-text trace-id">{harmless(span.parent)}</td>
            </tr>
          )}
          {traceId !== undefined && (
            <tr>
              <th scope="row">trace</th>
              <td>
                <span class="rows-text trace-id">{harmless(traceId)}</span>{' '}
                <CopyButton text={traceId} what="trace id" />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <Facts caption="Attributes" facts={span.attributes} />
    </RowDetails>
  )
}
