/** The whole number, not negative, that a text consists of; undefined for any other text, such as `max`. */
export const parseCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+\n?$/.test(text) ? Number(text) : undefined

/** Numbers by the key that stands before each. */
export interface Keyed {
  readonly get: (key: string) => number | undefined
}

/** Of few keys, all of which this program knows: they are looked for in each text. */
const lines = new Map<string, RegExp>()

const lineOf = (key: string): RegExp => {
  const known = lines.get(key)
  if (known) return known
  const line = new RegExp(`^${RegExp.escape(key)}:?[ \\t]+(\\d+)(?: kB)?$`, 'm')
  lines.set(key, line)
  return line
}

/**
 * The numbers of a text that has one in each line, behind its key: `anon 4096`, `MemTotal:  16 kB`. Lines of another form
 * count as missing. Beyond 2^53 the last digits are lost. Such texts have many lines of which few matter, so that each is
 * looked for when it is asked for.
 */
export const parseKeys = (text = ''): Keyed => ({
  get: (key) => {
    const digits = lineOf(key).exec(text)?.[1]
    return digits === undefined ? undefined : Number(digits)
  },
})
