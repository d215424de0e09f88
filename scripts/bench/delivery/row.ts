import type { Arrived } from './collector.ts'
import type { Way } from './emitter.ts'

/** Something that has to hold. */
export interface Bar {
  readonly text: string
  readonly holds: boolean
}

/** What came of one scenario in one way; what does not apply is absent. */
export interface Row {
  readonly scenario: string
  readonly way: Way
  readonly emitted: number
  readonly arrived: Arrived
  readonly resumedAfterS?: number | undefined
  readonly exitS?: number
  readonly maxRssMb?: number
  readonly cpuUsPerItem?: number
  readonly bars: readonly Bar[]
}

const cell = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? ''

/** Whole only if nothing is missing, however little. */
const percentText = ({ emitted, arrived: { unique } }: Row) => {
  const percent = (unique / emitted) * 100
  return unique < emitted ? Math.min(percent, 99.99).toFixed(2) : percent.toFixed(0)
}

const cells = (row: Row) => {
  const { scenario, way, emitted, arrived, resumedAfterS, exitS, maxRssMb, cpuUsPerItem, bars } = row
  const missed = bars.filter(({ holds }) => !holds).map(({ text }) => text)
  return [
    scenario,
    way.protocol,
    way.delivery === 'outbox' ? 'taskbeat' : 'stock',
    String(emitted),
    percentText(row),
    String(arrived.duplicates),
    cell(resumedAfterS, 1),
    cell(exitS, 2),
    cell(maxRssMb, 0),
    cell(cpuUsPerItem, 1),
    bars.map(({ text }) => text).join(', '),
    missed.length === 0 ? 'holds' : `does not: ${missed.join(', ')}`,
  ]
}

const heads = [
  'scenario',
  'protocol',
  'delivery',
  'emitted',
  'delivered %',
  'duplicates',
  'resumed after, s',
  'exit after the end, s',
  'max RSS, MB',
  'CPU µs/item',
  'bar',
  '',
]

const line = (entries: readonly string[]) => `| ${entries.join(' | ')} |`

/** A Markdown table. */
export const tableText = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')

export const rowsText = (rows: readonly Row[]): string => tableText(heads, rows.map(cells))

export const allArrived = (emitted: number, { unique }: Arrived): Bar => ({
  text: '100 %',
  holds: unique >= emitted,
})

export const atMost = (what: string, value: number | undefined, limit: number, unit: string): Bar => ({
  text: `${what} ≤ ${limit} ${unit}`,
  holds: value !== undefined && value <= limit,
})
