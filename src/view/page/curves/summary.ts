import { countNotFinite, extentOfY } from './extent.ts'
import type { Line } from './line.ts'
import { nearestIndex } from './nearest.ts'
import type { Measure } from './units.ts'

/** All of x. */
const everywhere = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }

const fromTo = ({ y }: Pick<Line, 'y'>, { inWords }: Measure): string | undefined => {
  const first = y.find((value) => value !== null)
  const last = y.findLast((value) => value !== null)
  return first === undefined || first === null ? undefined : `from ${inWords(first)} to ${inWords(last)}`
}

/** Lines of which each is told; of more only least and greatest are. */
const toldLines = 4

/** A chart in one sentence, for those who do not see it: `loss: from 2.31 to 0.21, least 0.20, greatest 2.4`. */
export const summaryOf = (title: string, lines: readonly Line[], measure: Measure): string => {
  const extent = extentOfY(lines, everywhere, false)
  const strange = countNotFinite(lines)
  const notFinite =
    strange === 0 ? '' : `, ${strange} ${strange === 1 ? 'value is' : 'values are'} NaN or infinite`
  if (extent === undefined) return `${title}: no points here${notFinite}`
  const name = lines.length === 1 ? title : `${title}, ${lines.length} lines`
  const told = lines.length <= toldLines ? lines : []
  const parts = told.flatMap((line) => {
    const text = fromTo(line, measure)
    return text === undefined ? [] : `${line.label === '' ? '' : `${line.label} `}${text}`
  })
  const unit = measure.unit === '' ? '' : ` ${measure.unit}`
  const ends = `least ${measure.inWords(extent.min)}, greatest ${measure.inWords(extent.max)}${unit}`
  return `${name}: ${[...parts, ends].join(', ')}${notFinite}`
}

export interface PointsTable {
  readonly labels: readonly string[]
  readonly rows: readonly { readonly x: number; readonly values: readonly (number | null | undefined)[] }[]
  /** Of how many points the rows are a choice; of the line with the most. */
  readonly of: number
}

/** At most `most` rows, evenly chosen from the points of the line that has the most, first and last among them. */
export const tableOf = (lines: readonly Line[], most: number): PointsTable => {
  const longest = lines.toSorted((one, other) => other.x.length - one.x.length)[0]?.x ?? []
  const count = Math.min(most, longest.length)
  const chosen = Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (longest.length - 1)) / (count - 1)),
  )
  return {
    labels: lines.map(({ label }) => label),
    rows: chosen.map((index) => {
      const x = longest[index] ?? 0
      return {
        x,
        values: lines.map((line) => (line.x === longest ? line.y[index] : line.y[nearestIndex(line.x, x)])),
      }
    }),
    of: longest.length,
  }
}
