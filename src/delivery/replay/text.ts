/** What people see of a replay. */
import { itemNames, type Signal, signals } from '../../otlp/signals.ts'
import type { Counter } from '../tally.ts'

/** Items of each signal. */
export type ItemCounts = Readonly<Record<Signal, number>>

const barWidth = 24

/** `[########----------------]  33 %` */
export const barText = (done: number, all: number): string => {
  // what was dropped on the way may be more than was there to begin with
  const part = all === 0 ? 1 : Math.min(1, done / all)
  const filled = Math.floor(part * barWidth)
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${percent} %`
}

export const sumOf = (counts: ItemCounts): number => signals.reduce((sum, signal) => sum + counts[signal], 0)

/** `12 spans, 30 points`: what there is of each signal. */
export const itemsText = (counts: ItemCounts): string =>
  signals
    .filter((signal) => counts[signal] > 0)
    .map((signal) => `${counts[signal]} ${itemNames[signal]}`)
    .join(', ')

const reasonsText = (reasons: Counter['reasons']) =>
  [...reasons].map(([reason, items]) => `${items}: ${reason}`).join('; ')

export interface SignalRow {
  readonly signal: Signal
  readonly counter: Counter
  /** Items that are still on disk. */
  readonly left: number
  /** Why they are. */
  readonly reason: string | undefined
}

/** `  logs     900 records delivered, 3 dropped (3: HTTP 400), 97 left (no answer)` */
export const rowText = ({ signal, counter, left, reason }: SignalRow): string => {
  const { replayed, dropped } = counter.tally
  const fates = [
    `${replayed} ${itemNames[signal]} delivered`,
    ...(dropped > 0 ? [`${dropped} dropped (${reasonsText(counter.reasons)})`] : []),
    ...(left > 0 ? [`${left} left${reason === undefined ? '' : ` (${reason})`}`] : []),
  ]
  return `  ${signal.padEnd(8)} ${fates.join(', ')}`
}
