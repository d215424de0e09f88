import { useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { RunState } from '../api.ts'
import type { RunView } from './looking.ts'
import { isWorthTelling } from './telling.ts'

/** The state for those who listen, but only when it matters: a sentence that counts seconds would never be silent. */
export const Announcement = ({ run }: { readonly run: RunView }) => {
  const told = useRef<{ readonly state: RunState; readonly percent: number | undefined } | undefined>(
    undefined,
  )
  const text = useSignal('')
  useSignalEffect(() => {
    const { state, percent, sentence } = run.overview.value
    if (!isWorthTelling(told.current, { state, percent })) return
    told.current = { state, percent }
    text.value = sentence
  })
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  )
}
