/** A string, whole or cut off, or a number that C or Python prints and JSON does not know. */
const stringOrToken = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|(?<![\w.])-?(?:nan|inf(?:inity)?)\b/gi
const mayHaveToken = /nan|inf/i
/** What JSON can begin with. */
const beginning = /^\s*[[{"\d\-tfn]/

/** Stands for NaN until the line is parsed; no number can. */
const nan = '\0NaN'

const spell = (match: string) => {
  if (match.startsWith('"')) return match
  if (/nan/i.test(match)) return JSON.stringify(nan)
  // a number that is too great is how JSON says it
  return match.startsWith('-') ? '-1e999' : '1e999'
}

const parse = (text: string, revive?: (key: string, value: unknown) => unknown): unknown => {
  try {
    return JSON.parse(text, revive)
  } catch {
    return undefined
  }
}

const parseWithTokens = (line: string): unknown =>
  parse(line.replace(stringOrToken, spell), (_, value) => (value === nan ? Number.NaN : value))

/**
 * Parses JSON, and beyond it NaN, Infinity and -Infinity in the spellings of Python and C; undefined if it is neither.
 *
 * To throw and catch takes ten times as long as to parse, so what is bound to fail is not tried.
 */
export const parseLine = (line: string): unknown => {
  if (!beginning.test(line)) return undefined
  if (line.includes('NaN')) return parseWithTokens(line)
  const value = parse(line)
  return value === undefined && mayHaveToken.test(line) ? parseWithTokens(line) : value
}
