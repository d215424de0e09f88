import { type ReadonlySignal, signal, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { createTurns } from './read-ahead.ts'

/** How wide the inside of an element is, in CSS pixels; 0 until that is known. */
export const useWidth = (element: RefObject<Element | null>): ReadonlySignal<number> => {
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

/** Whether an element is in view or near it: what is far away asks for nothing. */
export const useInView = (element: RefObject<Element | null>): ReadonlySignal<boolean> => {
  const isInView = useSignal(false)
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        // several where people scroll fast: the last is how it is now
        isInView.value = entries.at(-1)?.isIntersecting === true
      },
      { rootMargin: '300px 0px' },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isInView])
  return isInView
}

/** Whether the page is being printed, all of it and not only what is in view. */
const isPrinted = signal(false)

/** Lets parts know when they are printed. */
export const watchPrinting = (): void => {
  addEventListener('beforeprint', () => {
    isPrinted.value = true
  })
  addEventListener('afterprint', () => {
    isPrinted.value = false
  })
}

/** A canvas each is much memory, and who prints more than this many charts of one page does not read them. */
const turns = createTurns({ most: 40, pauseMs: 60 })

/**
 * Whether an element is to be drawn: in view, printed, or, where it may read ahead, when it is its turn. So it is ready for
 * a print or a picture of the whole page, as these wait for no answer.
 */
export const useIsDrawn = (
  isInView: ReadonlySignal<boolean>,
  mayReadAhead: ReadonlySignal<boolean>,
): ReadonlySignal<boolean> => {
  const isReady = useSignal(false)
  useSignalEffect(() => {
    if (!mayReadAhead.value) return
    const end = turns.wait(() => {
      isReady.value = true
    })
    return () => {
      end()
      isReady.value = false
    }
  })
  return useComputed(() => isInView.value || isReady.value || isPrinted.value)
}

/** What has been true once stays true. */
export const useWasTrue = (now: ReadonlySignal<boolean>): ReadonlySignal<boolean> => {
  const was = useSignal(now.peek())
  useSignalEffect(() => {
    if (now.value) was.value = true
  })
  return was
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
