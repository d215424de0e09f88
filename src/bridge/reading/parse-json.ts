/**
 * JSON as Python's `json.dump` writes it: with `NaN`, `Infinity` and `-Infinity`, which JSON itself has no words for, and
 * which a training that diverges writes first of all.
 */
import type { JsonValue } from '../../json.ts'

/** Deeper than any metrics file; without it a file of brackets would end the process. */
const mostDepth = 64

class NotJson extends Error {}

const words: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

/** The index behind the quote that ends a string, whose first quote is before `from`. */
const endOfString = (source: string, from: number): number => {
  for (let at = from; ; ) {
    const quote = source.indexOf('"', at)
    if (quote < 0) throw new NotJson()
    let backslashes = 0
    while (source[quote - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

const parseLenient = (source: string): JsonValue => {
  const space = /[ \t\n\r]*/y
  const scalar = /-?[0-9A-Za-z][0-9A-Za-z.+-]*/y
  let at = 0

  const next = (): string => {
    space.lastIndex = at
    space.test(source)
    at = space.lastIndex
    return source[at] ?? ''
  }
  const take = (character: string): boolean => {
    if (next() !== character) return false
    at += 1
    return true
  }
  const expect = (character: string) => {
    if (!take(character)) throw new NotJson()
  }
  const readString = (): string => {
    expect('"')
    const start = at - 1
    at = endOfString(source, at)
    return JSON.parse(source.slice(start, at))
  }
  const readScalar = (): JsonValue => {
    scalar.lastIndex = at
    const text = scalar.exec(source)?.[0] ?? ''
    at += text.length
    // what is no such word is a number, or an error to JSON.parse too
    return words.has(text) ? (words.get(text) ?? null) : JSON.parse(text)
  }
  const readList = (close: string, readOne: () => void) => {
    at += 1
    if (take(close)) return
    do readOne()
    while (take(','))
    expect(close)
  }
  const readValue = (depth: number): JsonValue => {
    if (depth > mostDepth) throw new NotJson()
    const start = next()
    if (start === '"') return readString()
    if (start === '[') {
      const values: JsonValue[] = []
      readList(']', () => values.push(readValue(depth + 1)))
      return values
    }
    if (start !== '{') return readScalar()
    const members: [string, JsonValue][] = []
    readList('}', () => {
      const key = readString()
      expect(':')
      members.push([key, readValue(depth + 1)])
    })
    // unlike an assignment, this takes `__proto__` for a name like any other
    return Object.fromEntries(members)
  }

  const value = readValue(1)
  if (next() !== '') throw new NotJson()
  return value
}

/** The value that a text says; undefined if it is no JSON, also not in Python's sense, or has no end yet. */
export const parseJson = (source: string): JsonValue | undefined => {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source
  try {
    return JSON.parse(text)
  } catch {
    if (!text.includes('NaN') && !text.includes('Infinity')) return undefined
  }
  try {
    return parseLenient(text)
  } catch (error) {
    if (error instanceof NotJson || error instanceof SyntaxError) return undefined
    throw error
  }
}
