/**
 * Where the rows of a long list stand. Browsers cut elements off at some 10^7 pixels, so of a longer list the scroll bar
 * covers a shorter one, and two positions are kept: that of the bar, and that of the rows' top edge.
 *
 * @module
 */

/** What is scrolled at most, in CSS pixels: well below the least limit of today's browsers (Firefox: 17,895,697). */
export const mostContentPx = 8_000_000

/** Measures of a list. */
export interface Extent {
  readonly total: number
  readonly rowPx: number
  /** Of what is seen at once. */
  readonly viewPx: number
}

/** Where one is. */
export interface Place {
  /** Of the list's top edge, in the whole list's pixels, which may be more than an element can have. */
  readonly topPx: number
  /** Of the scroll bar. */
  readonly barPx: number
}

const within = (value: number, most: number): number => Math.min(Math.max(0, value), Math.max(0, most))

/** How high the element is that is scrolled. */
export const contentPx = ({ total, rowPx }: Extent): number => Math.min(total * rowPx, mostContentPx)

const lastTopPx = ({ total, rowPx, viewPx }: Extent): number => Math.max(0, total * rowPx - viewPx)
const lastBarPx = (extent: Extent): number => Math.max(0, contentPx(extent) - extent.viewPx)

/** The place of a top edge: the bar stands in proportion. */
export const placeAt = (extent: Extent, topPx: number): Place => {
  const top = within(topPx, lastTopPx(extent))
  const last = lastTopPx(extent)
  return { topPx: top, barPx: last === 0 ? 0 : (top / last) * lastBarPx(extent) }
}

/**
 * The place after the bar has been moved. A move within what is seen moves the rows by as many pixels, as people expect
 * of a wheel; a longer one, or one to an end, goes where the bar stands in proportion.
 */
export const placeOfBar = (extent: Extent, before: Place, barPx: number): Place => {
  const last = lastBarPx(extent)
  const bar = within(barPx, last)
  const byPx = bar - before.barPx
  const isShort = Math.abs(byPx) <= extent.viewPx && bar > 0 && bar < last - 1
  if (isShort) return { topPx: within(before.topPx + byPx, lastTopPx(extent)), barPx: bar }
  return { topPx: last === 0 ? 0 : (bar >= last - 1 ? 1 : bar / last) * lastTopPx(extent), barPx: bar }
}

/** The rows that are seen, also in part; `last` is the one after them. */
export const rowsInView = (
  { total, rowPx, viewPx }: Extent,
  topPx: number,
): { readonly first: number; readonly last: number } => ({
  first: within(Math.floor(topPx / rowPx), total),
  last: within(Math.ceil((topPx + viewPx) / rowPx), total),
})

/** The top edge with which a row is seen: as near as it can be, or with the row in the middle. */
export const topToShow = (extent: Extent, topPx: number, row: number, where: 'near' | 'middle'): number => {
  const { rowPx, viewPx } = extent
  const least = (row + 1) * rowPx - viewPx
  const most = row * rowPx
  const wanted = where === 'middle' ? (least + most) / 2 : Math.max(Math.min(topPx, most), least)
  return within(wanted, lastTopPx(extent))
}

/** Whether the end is seen. */
export const isAtEnd = (extent: Extent, topPx: number): boolean => topPx >= lastTopPx(extent) - 1
