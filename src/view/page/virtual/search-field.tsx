import { type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** Nobody wants an answer for each letter. */
const typingMs = 150

/** A field whose value is taken over when people stop typing. */
export const SearchField = ({
  id,
  label,
  value,
}: {
  readonly id: string
  readonly label: string
  readonly value: Signal<string>
}) => {
  const text = useSignal(value.peek())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const take = (after: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      value.value = text.peek().trim()
    }, after)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  // cleared from elsewhere
  useSignalEffect(() => {
    if (value.value === '' && text.peek().trim() !== '') text.value = ''
  })
  return (
    <input
      id={id}
      class="rows-search"
      type="search"
      aria-label={label}
      placeholder={label}
      autocomplete="off"
      spellcheck={false}
      value={text.value}
      onInput={(event) => {
        text.value = event.currentTarget.value
        take(text.value === '' ? 0 : typingMs)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take(0)
        if (event.key !== 'Escape' || text.peek() === '') return
        // the first Escape is the field's own
        event.stopPropagation()
        text.value = ''
        take(0)
      }}
    />
  )
}
