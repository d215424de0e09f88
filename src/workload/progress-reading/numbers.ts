const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const thousands = /^[+-]?\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?$/
const notFinite = /^([+-]?)(nan|inf|infinity)$/i

/** A number as programs in Python print it; also `nan`, `inf` and `-inf`. Undefined for anything else. */
export const readNumber = (text: string): number | undefined => {
  const word = text.trim()
  if (decimal.test(word)) return Number(word)
  const [, sign, name] = notFinite.exec(word) ?? []
  if (name === undefined) return undefined
  if (name.toLowerCase() === 'nan') return Number.NaN
  return sign === '-' ? -Infinity : Infinity
}

const scales: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/**
 * A number as programs print it for people: also `12,345` and `12_345`, `1.2k`, `3M`, `1.5G`, `2T` (thousands,
 * as `unit_scale` of tqdm has them), and with a percent sign after it, which says nothing more.
 */
export const readNumberForPeople = (text: string): number | undefined => {
  const word = text.trim().replace(/\s*%$/, '')
  const scale = scales[word.at(-1) ?? '']
  const digits = scale === undefined ? word : word.slice(0, -1)
  if (thousands.test(digits)) return Number(digits.replaceAll(/[,_]/g, '')) * (scale ?? 1)
  if (scale === undefined) return readNumber(word)
  return decimal.test(digits) ? Number(digits) * scale : undefined
}
