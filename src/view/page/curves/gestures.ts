/** What a pointer may do on a plot; places are shares of its width, 0 to 1. */
export interface Gestures {
  readonly onHover: (place: number | undefined) => void
  /** While it is dragged; undefined: no longer. */
  readonly onBrush: (places: readonly [number, number] | undefined) => void
  readonly onSelect: (from: number, to: number) => void
  readonly onAll: () => void
  /** `factor` of what is shown; above 1 there is more to see. */
  readonly onZoom: (factor: number, place: number) => void
  readonly onPin: (place: number) => void
}

/** A pointer that moved less has pressed, not dragged. */
const leastDragPx = 5

/** Listens on `over`; the returned function ends that. */
export const listenToGestures = (over: HTMLElement, gestures: Gestures): (() => void) => {
  let dragFrom: number | undefined
  const placeOf = ({ clientX }: MouseEvent): number => {
    const { left, width } = over.getBoundingClientRect()
    return Math.min(1, Math.max(0, (clientX - left) / Math.max(1, width)))
  }
  const isDrag = (place: number): boolean =>
    dragFrom !== undefined && Math.abs(place - dragFrom) * over.clientWidth >= leastDragPx
  const stopDrag = () => {
    dragFrom = undefined
    gestures.onBrush(undefined)
  }
  const ears = new AbortController()
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
    passive = true,
  ) => over.addEventListener(name, listener, { signal: ears.signal, passive })

  on('pointerdown', (event) => {
    if (event.button !== 0) return
    gestures.onHover(placeOf(event))
    dragFrom = placeOf(event)
    over.setPointerCapture(event.pointerId)
  })
  on('pointermove', (event) => {
    const place = placeOf(event)
    gestures.onHover(place)
    if (dragFrom !== undefined && isDrag(place)) gestures.onBrush([dragFrom, place])
  })
  on('pointerup', (event) => {
    const place = placeOf(event)
    const from = dragFrom
    const hasDragged = isDrag(place)
    stopDrag()
    if (from === undefined) return
    if (hasDragged) gestures.onSelect(Math.min(from, place), Math.max(from, place))
    else gestures.onPin(place)
  })
  on('pointercancel', stopDrag)
  // a finger is lifted to read what it has found
  on('pointerleave', ({ pointerType }) => pointerType !== 'touch' && gestures.onHover(undefined))
  on('dblclick', gestures.onAll)
  on(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      gestures.onZoom(event.deltaY < 0 ? 0.8 : 1.25, placeOf(event))
    },
    false,
  )
  return () => ears.abort()
}
