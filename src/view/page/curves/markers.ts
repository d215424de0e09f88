import type { Extent } from './extent.ts'
import { colourOf, type Line } from './line.ts'
import { nearestIndex, toleranceOf, valueAt } from './nearest.ts'

/** More dots than this hide each other. */
const mostDots = 16

/** Something on the plot that is placed by its style. */
export const layer = (className: string): HTMLElement => {
  const element = document.createElement('div')
  element.className = className
  element.hidden = true
  return element
}

/** Puts a marker where it is on the x axis; hides it where that is not shown. */
export const place = (
  marker: HTMLElement | undefined,
  at: number | undefined,
  { min, max }: Extent,
): void => {
  if (!marker) return
  const isSeen = at !== undefined && at >= min && at <= max
  marker.hidden = !isSeen
  // a share, not a place: the canvas may be about to change its scale or its width
  if (isSeen) marker.style.left = `${((100 * (at - min)) / (max - min)).toFixed(3)}%`
}

export interface Dot {
  readonly x: number
  readonly y: number
  readonly style: number
}

/** The points of the lines nearest to the cursor, where it is no further from them than it tells their values. */
export const dotsAt = (lines: readonly Line[], at: number, shown: Extent): readonly Dot[] =>
  lines.slice(0, mostDots).flatMap(({ x, y, style }) => {
    const value = valueAt({ x, y }, at, toleranceOf(shown))
    const near = x[nearestIndex(x, at)]
    return typeof value === 'number' && near !== undefined ? [{ x: near, y: value, style }] : []
  })

/** Shows so many dots, and no more than are to be seen. */
export const showDots = (
  host: HTMLElement,
  dots: readonly Dot[],
  { shown, downOf }: { readonly shown: Extent; readonly downOf: (value: number) => number },
): void => {
  while (host.children.length > dots.length) host.lastElementChild?.remove()
  while (host.children.length < dots.length) host.append(layer('curves-dot'))
  dots.forEach(({ x, y, style }, index) => {
    const dot = host.children[index]
    const down = downOf(y)
    if (!(dot instanceof HTMLElement)) return
    dot.style.top = `${(100 * down).toFixed(3)}%`
    dot.style.background = `var(--series-${colourOf(style) + 1})`
    place(dot, down >= 0 && down <= 1 ? x : undefined, shown)
  })
}
