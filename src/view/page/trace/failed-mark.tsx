/** Says by its shape that a span has failed, as colour alone would not do. */
export const FailedMark = () => (
  <svg class="trace-failed" width="12" height="12" viewBox="0 0 12 12" role="img" aria-label="failed">
    <path d="M6 0.5 L11.5 11 H0.5 Z" fill="currentColor" />
    <path d="M6 4 V7.4 M6 8.6 V9.8" stroke="var(--raised)" stroke-width="1.4" />
  </svg>
)
