import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** How wide an element is, in whole pixels, also when that changes. */
export const useWidth = <E extends Element>(): {
  readonly ref: RefObject<E | null>
  readonly width: ReadonlySignal<number>
} => {
  const ref = useRef<E>(null)
  const width = useSignal(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return undefined
    const measure = () => {
      width.value = Math.floor(element.getBoundingClientRect().width)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [width])
  return { ref, width }
}
