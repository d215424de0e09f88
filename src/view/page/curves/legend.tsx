import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals'
import type { Extent } from './extent.ts'
import { colourOf, dashOf, type Line } from './line.ts'
import { lastWithin, toleranceOf, valueAt } from './nearest.ts'
import type { Measure } from './units.ts'

/** How a line is drawn, as a short piece of it. */
export const Swatch = ({ style }: { readonly style: number }) => (
  <svg class="curves-swatch" width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
    <line
      x1="1"
      x2="25"
      y1="4"
      y2="4"
      stroke={`var(--series-${colourOf(style) + 1})`}
      stroke-width="2"
      stroke-dasharray={dashOf(style).join(' ')}
    />
  </svg>
)

interface LegendEntry {
  readonly key: string
  readonly label: string
  readonly style: number
}

interface LegendProps {
  readonly entries: readonly LegendEntry[]
  readonly lines: ReadonlySignal<readonly Line[]>
  readonly cursor: ReadonlySignal<number | undefined>
  readonly measure: ReadonlySignal<Measure>
  /** Keys of lines that are switched off. */
  readonly hidden: Signal<ReadonlySet<string>>
  readonly shown: ReadonlySignal<Extent>
}

/** What a line says at the cursor, else what it says last of what is shown. */
export const Value = ({
  entry,
  lines,
  cursor,
  measure,
  shown,
}: Omit<LegendProps, 'entries' | 'hidden'> & { readonly entry: LegendEntry }) => {
  const text = useComputed(() => {
    const line = lines.value.find(({ key }) => key === entry.key)
    if (!line) return ''
    const at = cursor.value
    const { min, max } = shown.value
    const value =
      at === undefined ? lastWithin(line, { min, max }) : valueAt(line, at, toleranceOf({ min, max }))
    return measure.value.inWords(value)
  })
  return <span class="curves-value">{text}</span>
}

const toggled = (set: ReadonlySet<string>, key: string): ReadonlySet<string> =>
  set.has(key) ? new Set([...set].filter((other) => other !== key)) : new Set([...set, key])

/** The lines of a chart with their values at the cursor; each can be switched off where there are several. */
export const Legend = ({ entries, hidden, ...values }: LegendProps) => (
  <ul class="curves-legend">
    {entries.map((entry) => (
      <li key={entry.key}>
        <button
          type="button"
          class="curves-line"
          aria-pressed={!hidden.value.has(entry.key)}
          onClick={() => {
            hidden.value = toggled(hidden.value, entry.key)
          }}
        >
          <Swatch style={entry.style} />
          <span class="curves-label" title={entry.label}>
            {entry.label}
          </span>
        </button>
        <Value entry={entry} {...values} />
      </li>
    ))}
  </ul>
)
