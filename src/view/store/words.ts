/** Units from the largest to the smallest, in seconds. */
const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** A duration for people, in its two largest units: `3 h 5 min`, `12 min`, `8 s`. From five minutes on without seconds. */
export const aboutText = (seconds: number): string => {
  const step = seconds >= 300 ? 60 : 1
  let rest = Math.max(0, Math.round(seconds / step) * step)
  const parts: string[] = []
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 || (parts.length === 0 && size === 1)) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}

/** `1 line`, `12,345 lines`. */
export const countText = (count: number, word: string): string =>
  `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`
