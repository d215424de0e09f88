import type { ComponentChildren } from 'preact'

/** What is known of one row, beside or below the list; Escape closes it. */
export const RowDetails = ({
  label,
  onClose,
  children,
}: {
  readonly label: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}) => (
  <section
    class="rows-details"
    aria-label={label}
    onKeyDown={(event) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      onClose()
    }}
  >
    <button type="button" class="rows-close" aria-label="Close the details" onClick={onClose}>
      Close
    </button>
    {children}
  </section>
)
