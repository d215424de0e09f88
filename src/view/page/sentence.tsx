import type { ReadonlySignal } from '@preact/signals'
import type { RunView } from './looking.ts'
import { toneOf } from './states.tsx'
import { useSteady } from './use-steady.ts'

interface SentenceProps {
  readonly run: RunView
  readonly gone: ReadonlySignal<string | undefined>
}

/** The verdict, or the state now. */
export const Sentence = ({ run, gone }: SentenceProps) => {
  const { sentence, state, read } = useSteady(run, (overview) => ({
    sentence: overview.sentence,
    state: overview.state,
    read: overview.read,
  })).value
  return (
    <div class={`sentence tone-${toneOf(state)}`}>
      <p class="sentence-text">
        <bdi>{sentence}</bdi>
      </p>
      {gone.value !== undefined && <p class="muted">{gone.value}</p>}
      {read < 1 && (
        <p class="muted sentence-reading">
          <progress value={read} aria-label="Reading the files" /> Reading the files: {Math.floor(read * 100)}{' '}
          %
        </p>
      )}
    </div>
  )
}
