/** A product; undefined if a factor is not known. */
export const times = (...factors: readonly (number | undefined)[]): number | undefined =>
  factors.reduce<number | undefined>(
    (product, factor) => (product === undefined || factor === undefined ? undefined : product * factor),
    1,
  )

/** A sum that more is added to; what is not known adds nothing. */
export const plus = (sum: number | undefined, more: number | undefined): number | undefined =>
  more === undefined ? sum : (sum ?? 0) + more

/** What is left of a whole, at least 0; undefined if one of them is not known. */
export const less = (whole: number | undefined, part: number | undefined): number | undefined =>
  whole === undefined || part === undefined ? undefined : Math.max(0, whole - part)
