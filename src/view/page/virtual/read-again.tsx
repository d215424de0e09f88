/** What to do when a question had no answer. */
export const ReadAgain = ({ onClick }: { readonly onClick: () => void }) => (
  <p class="muted" role="status">
    Some rows could not be read.{' '}
    <button type="button" onClick={onClick}>
      Try again
    </button>
  </p>
)
