/**
 * The row that a key leads to from the active one; undefined where the key is not one of a list.
 * Without an active row, one begins at the first that is seen.
 */
export const rowOfKey = ({
  key,
  active,
  first,
  total,
  perPage,
}: {
  readonly key: string
  readonly active: number | undefined
  readonly first: number
  readonly total: number
  /** Rows that are seen in whole. */
  readonly perPage: number
}): number | undefined => {
  if (total === 0) return undefined
  const within = (row: number) => Math.min(Math.max(0, row), total - 1)
  const page = Math.max(1, perPage - 1)
  if (key === 'Home') return 0
  if (key === 'End') return total - 1
  const by = new Map([
    ['ArrowDown', 1],
    ['ArrowUp', -1],
    ['PageDown', page],
    ['PageUp', -page],
  ]).get(key)
  if (by === undefined) return undefined
  if (active === undefined) return within(Math.abs(by) === 1 ? first : first + by)
  return within(active + by)
}
