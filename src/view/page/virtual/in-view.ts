import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** Whether an element is in view or near it, and whether it ever was: what is far away asks for nothing. */
export const useInView = (
  element: RefObject<Element | null>,
): { readonly isInView: ReadonlySignal<boolean>; readonly wasInView: ReadonlySignal<boolean> } => {
  const isInView = useSignal(false)
  const wasInView = useSignal(false)
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        // several where people scroll fast: the last is how it is now
        isInView.value = entries.at(-1)?.isIntersecting === true
        if (isInView.value) wasInView.value = true
      },
      { rootMargin: '300px' },
    )
    if (element.current) observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isInView, wasInView])
  return { isInView, wasInView }
}

/** A value as it is while an element is in view, and as it was last else: what is out of view need not be drawn anew. */
export const useWhileInView = <Value>(
  source: ReadonlySignal<Value>,
  isInView: ReadonlySignal<boolean>,
): ReadonlySignal<Value> => {
  const seen = useSignal(source.peek())
  useSignalEffect(() => {
    if (isInView.value) seen.value = source.value
  })
  return seen
}
