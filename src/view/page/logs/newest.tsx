import type { Signal } from '@preact/signals'

/** Keeps the newest line in view while the run lives; of one that has ended, goes to the last line. */
export const Newest = ({
  isLive,
  follows,
}: {
  readonly isLive: boolean
  readonly follows: Signal<boolean>
}) => (
  <button
    type="button"
    aria-pressed={isLive ? follows.value : undefined}
    onClick={() => {
      follows.value = isLive ? !follows.peek() : true
    }}
  >
    {isLive ? 'Follow the newest' : 'Go to the end'}
  </button>
)
