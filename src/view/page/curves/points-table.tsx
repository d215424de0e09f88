import { type ReadonlySignal, useSignal } from '@preact/signals'
import { ScrollFrame } from '../scroll-frame.tsx'
import { type XKind, xInWords } from './axis-words.ts'
import type { Extent } from './extent.ts'
import type { Line } from './line.ts'
import { tableOf } from './summary.ts'
import type { Measure } from './units.ts'

const mostRows = 50
const mostLines = 8
const heads: Readonly<Record<XKind, string>> = { time: 'Time', step: 'Step', elapsed: 'Since the begin' }

interface PointsTableProps {
  readonly title: string
  readonly lines: ReadonlySignal<readonly Line[]>
  readonly shown: ReadonlySignal<Extent>
  readonly xKind: XKind
  readonly measure: ReadonlySignal<Measure>
}

/** What a chart shows, in at most 50 rows; made only when it is looked at. */
export const PointsTable = (props: PointsTableProps) => {
  const isOpen = useSignal(false)
  return (
    <details
      class="curves-table"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>as a table</summary>
      {isOpen.value && <Rows {...props} />}
    </details>
  )
}

const Rows = ({ title, lines, shown, xKind, measure }: PointsTableProps) => {
  const { labels, rows, of } = tableOf(lines.value.slice(0, mostLines), mostRows)
  const span = shown.value.max - shown.value.min
  return (
    <ScrollFrame class="curves-rows" name={`${title} as a table`}>
      <table>
        <caption>
          {title}
          {measure.value.unit && ` in ${measure.value.unit}`}
          {of > rows.length && `: ${rows.length} of ${of} points`}
          {lines.value.length > mostLines && `, ${mostLines} of ${lines.value.length} lines`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{heads[xKind]}</th>
            {labels.map((label, index) => (
              <th scope="col" key={`${index} ${label}`}>
                {label || 'Value'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ x, values }, row) => (
            <tr key={row}>
              <th scope="row">{xInWords(xKind, x, span)}</th>
              {values.map((value, index) => (
                <td key={index}>{measure.value.inWords(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}
