import { stripVTControlCharacters } from 'node:util'

/** What a screen writes to: `process.stderr`, or a list in a test. */
export interface TextStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

/** Lines for people, with one live line below them where there is a terminal. */
export interface Screen {
  /** Whether `live` shows anything: the stream is a terminal. */
  readonly isLive: () => boolean
  /** Writes a line that stays. */
  readonly line: (text: string) => void
  /** Replaces the live line; an empty text removes it. */
  readonly live: (text: string) => void
}

const eraseLine = '\r\u001b[K'

/** One line of text, whatever it holds: file names and error messages may bring control characters along. */
const oneLine = (text: string) => stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ')

const clip = (text: string, columns: number) =>
  text.length < columns ? text : `${text.slice(0, columns - 2)}…`

/** A screen on a stream, which is asked for when there is something to write. */
export const openScreen = (stream: () => TextStream): Screen => {
  const isLive = () => stream().isTTY === true
  let current = ''
  const draw = () => {
    if (current !== '') stream().write(clip(current, stream().columns || 80))
  }
  const erase = () => {
    if (current !== '') stream().write(eraseLine)
  }
  return {
    isLive,
    line: (text) => {
      erase()
      stream().write(`${oneLine(text)}\n`)
      draw()
    },
    live: (text) => {
      if (!isLive()) return
      erase()
      current = oneLine(text)
      draw()
    },
  }
}
