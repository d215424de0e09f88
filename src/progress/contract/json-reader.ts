import type { JsonValue } from '../../json.ts'

/** Deepest nesting of objects and arrays, the outermost included, that Go's decoder accepts. */
const MAX_DEPTH = 10_000

const codeOf = (character: string): number => character.charCodeAt(0)

const QUOTE = codeOf('"')
const BACKSLASH = codeOf('\\')
const COMMA = codeOf(',')
const COLON = codeOf(':')
const MINUS = codeOf('-')
const PLUS = codeOf('+')
const LOWER_E = codeOf('e')
const UPPER_E = codeOf('E')
const POINT = codeOf('.')
const ZERO = codeOf('0')
const NINE = codeOf('9')
const OPEN_ARRAY = codeOf('[')
const CLOSE_ARRAY = codeOf(']')
const OPEN_OBJECT = codeOf('{')
const CLOSE_OBJECT = codeOf('}')

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE
const isOneOf = (code: number, first: number, second: number): boolean => code === first || code === second
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** A number of up to 308 digits, without exponent, is in the range of a float64; one of 309 may not be. */
const SAFE_DIGITS = 308

/** Why a text is not what its reader needs. Never leaves `progress/`: decoding answers with a value. */
export class JsonFault extends Error {}

/**
 * Reads one JSON object from front to back, as strictly as RFC 8259 and Go's `encoding/json` do.
 *
 * `JSON.parse` alone will not do: it hides how a number was written, which of two equal keys came first, and
 * how deep the text nests. So the text is checked here, with nesting in an array and not on the call stack,
 * and only then do values come from `JSON.parse`. Every method throws {@link JsonFault} when the text breaks
 * the grammar.
 */
export class JsonReader {
  readonly #text: string
  /** What may follow a backslash. */
  readonly #escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y
  /** What has no more digits, point or exponent behind it. */
  readonly #plainInteger = /(?:0|[1-9]\d{0,9})(?![\d.eE])/y
  #at = 0

  /** @param text - well-formed: without halves of surrogate pairs (`String.prototype.toWellFormed`) */
  constructor(text: string) {
    this.#text = text
  }

  /** Whether the next value starts with this character. */
  sees(start: '{' | '"' | 'n'): boolean {
    return this.#peek() === codeOf(start)
  }

  /** Consumes `null` if that comes next, and tells whether it did. */
  takeNull(): boolean {
    if (!this.sees('n')) return false
    this.#passWord('null')
    return true
  }

  /** Reads the document's object; `readMember` must consume the value of the key it is given. */
  readObject(readMember: (key: string) => void): void {
    this.#expect(OPEN_OBJECT)
    if (this.#take(CLOSE_OBJECT)) return
    do {
      const key = this.readString()
      this.#expect(COLON)
      readMember(key)
    } while (this.#take(COMMA))
    this.#expect(CLOSE_OBJECT)
  }

  /** Reads any value of the document's object. A number beyond the range of a float64 is a fault. */
  readValue(): JsonValue {
    this.#peek()
    const start = this.#at
    this.#passValue({ isRangeChecked: true })
    return JSON.parse(repairSurrogates(this.#text.slice(start, this.#at)))
  }

  /** Passes over any value of the document's object, checking nothing but its grammar. */
  skipValue(): void {
    this.#passValue({ isRangeChecked: false })
  }

  /** Reads a string. An escaped half of a surrogate pair becomes U+FFFD, as in Go. */
  readString(): string {
    this.#peek()
    const start = this.#at
    this.#passString()
    const text = this.#text.slice(start, this.#at)
    // what has no escapes says what it is written as
    return text.includes('\\') ? JSON.parse(repairSurrogates(text)) : text.slice(1, -1)
  }

  /** Consumes a Go `uint32`, in plain digits, if that comes next. */
  takeUint32(): number | undefined {
    this.#peek()
    this.#plainInteger.lastIndex = this.#at
    const value = Number(this.#plainInteger.exec(this.#text)?.[0] ?? Number.NaN)
    if (!(value <= 0xffff_ffff)) return undefined
    this.#at = this.#plainInteger.lastIndex
    return value
  }

  /** Makes sure that nothing but white space is left. */
  expectEnd(): void {
    this.#peek()
    if (this.#at < this.#text.length) this.fail('text after the end of the document')
  }

  /** Gives up, saying where. */
  fail(reason: string): never {
    throw new JsonFault(this.tell(reason))
  }

  /** Says where something is. */
  tell(what: string): string {
    return `${what}, near character ${this.#at + 1}`
  }

  #passValue({ isRangeChecked }: { isRangeChecked: boolean }): void {
    // What will close each object and array that is open, the innermost last.
    const closers: number[] = []
    for (;;) {
      const code = this.#peek()
      if (code !== OPEN_OBJECT && code !== OPEN_ARRAY) {
        this.#passScalar({ code, isRangeChecked })
      } else {
        // The document's own object stands around all of these.
        if (closers.length + 2 > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} levels of nesting`)
        this.#at++
        const closer = code === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY
        if (!this.#take(closer)) {
          if (closer === CLOSE_OBJECT) this.#passKey()
          closers.push(closer)
          continue
        }
      }
      while (closers.length > 0 && !this.#take(COMMA)) this.#expect(closers.pop() ?? CLOSE_OBJECT)
      if (closers.length === 0) return
      if (closers.at(-1) === CLOSE_OBJECT) this.#passKey()
    }
  }

  #passKey(): void {
    this.#peek()
    this.#passString()
    this.#expect(COLON)
  }

  #passScalar({ code, isRangeChecked }: { code: number; isRangeChecked: boolean }): void {
    if (code === QUOTE) this.#passString()
    else if (code === codeOf('t')) this.#passWord('true')
    else if (code === codeOf('f')) this.#passWord('false')
    else if (code === codeOf('n')) this.#passWord('null')
    else this.#passNumber({ isRangeChecked })
  }

  #passString(): void {
    this.#expect(QUOTE)
    const text = this.#text
    let at = this.#at
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
      if (code === BACKSLASH) at = this.#passEscape(at + 1)
      else if (code >= 0x20) at++
      else {
        this.#at = at
        this.fail(at < text.length ? 'a control character in a string' : 'an unfinished string')
      }
    }
    this.#at = at + 1
  }

  #passEscape(at: number): number {
    this.#escape.lastIndex = at
    if (this.#escape.test(this.#text)) return this.#escape.lastIndex
    this.#at = at
    return this.fail('an unknown escape in a string')
  }

  #passNumber({ isRangeChecked = false } = {}): void {
    const text = this.#text
    const start = this.#at
    let at = text.charCodeAt(start) === MINUS ? start + 1 : start
    at = text.charCodeAt(at) === ZERO ? at + 1 : this.#passDigits(at)
    if (text.charCodeAt(at) === POINT) at = this.#passDigits(at + 1)
    const hasExponent = isOneOf(text.charCodeAt(at), LOWER_E, UPPER_E)
    if (hasExponent) at = this.#passDigits(isOneOf(text.charCodeAt(at + 1), MINUS, PLUS) ? at + 2 : at + 1)
    this.#at = at
    const mayOverflow = hasExponent || at - start > SAFE_DIGITS
    if (isRangeChecked && mayOverflow && !Number.isFinite(Number(text.slice(start, at)))) {
      this.fail('a number out of range')
    }
  }

  #passDigits(start: number): number {
    const text = this.#text
    let at = start
    while (isDigit(text.charCodeAt(at))) at++
    if (at > start) return at
    this.#at = at
    return this.fail('a value or digit was expected')
  }

  #passWord(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) this.fail(`${word} was expected`)
    this.#at += word.length
  }

  #expect(code: number): void {
    if (!this.#take(code)) this.fail(`${String.fromCharCode(code)} was expected`)
  }

  /** Consumes the next character that is not white space, if it is this one. */
  #take(code: number): boolean {
    if (this.#peek() !== code) return false
    this.#at++
    return true
  }

  /** Passes white space. The code of the character after it; NaN at the end. */
  #peek(): number {
    const text = this.#text
    let at = this.#at
    while (isSpace(text.charCodeAt(at))) at++
    this.#at = at
    return text.charCodeAt(at)
  }
}

/**
 * Replaces each escaped half of a surrogate pair by an escaped U+FFFD, in JSON text whose grammar is right.
 * It must happen before parsing: two keys can become equal by it, and the last must win.
 */
const repairSurrogates = (text: string): string =>
  /\\u[dD][89a-fA-F]/.test(text)
    ? text.replace(
        // Every escape is matched, so that in \\ud800 (a backslash and five letters) none is seen.
        /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\./g,
        (escaped, half: string | undefined) => (half === undefined ? escaped : '\\ufffd'),
      )
    : text
