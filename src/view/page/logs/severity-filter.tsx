import type { Signal } from '@preact/signals'
import { countInWords } from '../words.ts'
import { countFrom, severityFilters } from './severity.ts'

/** Which severities are shown, and how many lines there are of each. */
export const SeverityFilter = ({
  least,
  counts,
}: {
  readonly least: Signal<number>
  readonly counts: readonly number[]
}) => (
  <fieldset class="logs-filter">
    <legend class="visually-hidden">Severity</legend>
    {severityFilters.map((filter) => (
      <label key={filter.least}>
        <input
          class="logs-filter-input"
          type="radio"
          name="logs-severity"
          checked={least.value === filter.least}
          onChange={() => {
            least.value = filter.least
          }}
        />
        <span class="logs-filter-choice">
          {filter.label}{' '}
          <span class="logs-filter-count">{countInWords(countFrom(counts, filter.least))}</span>
        </span>
      </label>
    ))}
  </fieldset>
)
