const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

/**
 * Puts a verdict into a line: in the place of the one that is there, else at the end. All the rest of the line
 * stays as it is written, such as numbers that JavaScript could not hold.
 *
 * @param line - the text of a JSON object with at least one member, known to be well-formed, without white space
 *   around it
 * @param verdict - JSON text
 */
export const spliceVerdict = (line: string, verdict: string, { isThere }: { isThere: boolean }): string => {
  if (!isThere) {
    const end = line.lastIndexOf('}')
    return `${line.slice(0, end)},"verdict":${verdict}${line.slice(end)}`
  }
  const { start, end } = findLastVerdict(line) ?? findVerdict(line)
  return `${line.slice(0, start)}${verdict}${line.slice(end)}`
}

const VERDICT_KEY = '"verdict":'

/** Where the verdict stands if nothing comes after it, which is quicker to find out than to read the whole line. */
const findLastVerdict = (line: string): Span | undefined => {
  const key = line.lastIndexOf(VERDICT_KEY)
  // behind a backslash it is the end of another key; elsewhere in a string its quotes would have backslashes
  if (key < 0 || line.charCodeAt(key - 1) === BACKSLASH) return undefined
  const span = trimSpan(line, key + VERDICT_KEY.length, line.length - 1)
  try {
    // one whole value up to the line's own brace: so the key belongs to the line, and is its last
    JSON.parse(line.slice(span.start, span.end))
    return span
  } catch {
    return undefined
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Where the value of the last `verdict` stands: of a repeated key the last counts. */
const findVerdict = (line: string): Span => {
  let found: Span = { start: 0, end: 0 }
  let depth = 0
  // where the string that was read last stands, and where the value after a key that says `verdict` begins
  let stringStart = 0
  let stringEnd = 0
  let valueStart = -1
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === QUOTE) {
      stringStart = at
      at = endOfString(line, at)
      stringEnd = at + 1
    } else if (isOpener(code)) {
      depth++
    } else if (isCloser(code) || code === COMMA) {
      if (depth === 1 && valueStart >= 0) {
        found = trimSpan(line, valueStart, at)
        valueStart = -1
      }
      if (code !== COMMA) depth--
    } else if (code === COLON && depth === 1) {
      if (JSON.parse(line.slice(stringStart, stringEnd)) === 'verdict') valueStart = at + 1
    }
  }
  return found
}

/** Where the closing quote of the string stands that begins here. */
const endOfString = (line: string, start: number): number => {
  let at = start + 1
  for (let code = line.charCodeAt(at); code !== QUOTE; code = line.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1
  }
  return at
}

const isOpener = (code: number): boolean => code === 0x7b || code === 0x5b
const isCloser = (code: number): boolean => code === 0x7d || code === 0x5d

const trimSpan = (line: string, from: number, to: number): Span => {
  const value = line.slice(from, to)
  const start = from + value.length - value.trimStart().length
  return { start, end: start + value.trim().length }
}
