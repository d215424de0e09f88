import { selection } from '../looking.ts'
import { countInWords, countOf } from '../words.ts'

interface Kind {
  /** One of them: `line`, `span`. */
  readonly noun: string
  /** How many match; undefined as long as nobody knows. */
  readonly found: number | undefined
  readonly isSearching: boolean
}

/** How many of all rows match: `12 of 345 lines in the selected time`. */
export const FoundCount = ({
  noun,
  name,
  found,
  all,
  isSearching,
}: Kind & { readonly name: string; readonly all: number }) => (
  <span role="status" class="muted">
    {isSearching && 'searching… '}
    <span data-part={`${name}-count`}>
      {found === undefined || found >= all
        ? countOf(all, noun)
        : `${countInWords(found)} of ${countOf(all, noun)}`}
    </span>
    {selection.value && ' in the selected time'}
  </span>
)

/** That nothing matches, and what to do about it. */
export const NothingFound = ({
  noun,
  found,
  isSearching,
  isFiltered,
  searchId,
  onClear,
}: Kind & { readonly isFiltered: boolean; readonly searchId: string; readonly onClear: () => void }) => {
  if (found !== 0 || isSearching) return null
  // the button that was pressed is gone then, and the focus with it
  const pressed = (does: () => void) => () => {
    does()
    document.getElementById(searchId)?.focus()
  }
  return (
    <p class="rows-empty">
      {isFiltered ? `No ${noun} matches.` : `No ${noun} in the selected time.`}
      {isFiltered && (
        <button type="button" onClick={pressed(onClear)}>
          Clear the filter
        </button>
      )}
      {selection.value && (
        <button
          type="button"
          onClick={pressed(() => {
            selection.value = undefined
          })}
        >
          Show all times
        </button>
      )}
    </p>
  )
}
