import { signal } from '@preact/signals'

const media = globalThis.matchMedia?.('(max-width: 640px)')

/** Whether the page is as narrow as a phone: rows have two lines then. */
export const isNarrow = signal(media?.matches ?? false)

media?.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches
})
