import { useSignal } from '@preact/signals'
import type { Overview, Range } from '../../api.ts'
import { type RunView, selection } from '../looking.ts'
import { ScrollFrame } from '../scroll-frame.tsx'
import { Time } from '../time.tsx'
import { useSteady } from '../use-steady.ts'
import { countInWords } from '../words.ts'
import { type Row, rowsOf } from './rows.ts'

const most = 500

/** The timeline in rows, for those who read instead of looking. It is made when it is opened. */
export const TimelineTable = ({ run, all }: { readonly run: RunView; readonly all: Range }) => {
  const isOpen = useSignal(false)
  return (
    <details
      class="timeline-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open
      }}
    >
      <summary>As a table</summary>
      {isOpen.value && <Rows run={run} all={all} />}
    </details>
  )
}

const Rows = ({ run, all }: { readonly run: RunView; readonly all: Range }) => {
  const facts = useSteady(
    run,
    ({ states, statuses, gaps, checkpoints, findings, moments }): Parameters<typeof rowsOf>[0] => ({
      states,
      statuses,
      gaps,
      checkpoints,
      findings,
      moments,
    }),
  ).value
  const rows: readonly Row[] = rowsOf(facts satisfies Partial<Overview>, selection.value ?? all)
  return (
    <>
      <ScrollFrame class="table-frame" name="Timeline as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, index) => (
              <tr key={index}>
                <td>
                  <Time ms={row.t} beside={all.fromMs} />
                </td>
                <td>{row.what}</td>
                <td>
                  <bdi>{row.details}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollFrame>
      {rows.length > most && (
        <p class="muted">
          The first {most} of {countInWords(rows.length)}: select a shorter span of time to see the others.
        </p>
      )}
      {rows.length === 0 && <p class="muted">Nothing happened in this span of time.</p>}
    </>
  )
}
