import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** How wide an element is, in CSS pixels; 0 until that is known. */
export const useWidth = (element: RefObject<HTMLElement | null>): ReadonlySignal<number> => {
  const width = useSignal(0)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.floor(entry?.contentRect.width ?? 0)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, width])
  return width
}

/** Whether an element is in view, or nearly. */
export const useInView = (element: RefObject<HTMLElement | null>): ReadonlySignal<boolean> => {
  const isInView = useSignal(false)
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        isInView.value = entries.at(-1)?.isIntersecting ?? false
      },
      { rootMargin: '200px 0px' },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isInView])
  return isInView
}
