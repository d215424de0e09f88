import type { Clock } from '../../clock.ts'
import { plainText } from './plain-text.ts'

/** How many texts a second are told before only the last of each chunk is. */
const TEXTS_PER_SECOND = 10_000
const WINDOW_MS = 1000

/** Tells somebody what a terminal would show; in a flood, only the last of each chunk. */
export interface TextFeed {
  /** Whether the next text is told, whatever follows it. */
  readonly hasRoom: () => boolean
  readonly tell: (text: string) => void
  /** Tells this text only if it is the last of its chunk. */
  readonly tellIfLast: (read: () => string) => void
  readonly endOfChunk: () => void
}

export const createTextFeed = (onText: (text: string) => void, clock: Clock): TextFeed => {
  let startedAtMs = clock.monotonicMs()
  let told = 0
  let untold: (() => string) | undefined
  const tell = (text: string) => {
    untold = undefined
    told += 1
    onText(plainText(text))
  }
  return {
    hasRoom: () => {
      if (told < TEXTS_PER_SECOND) return true
      const nowMs = clock.monotonicMs()
      if (nowMs - startedAtMs < WINDOW_MS) return false
      startedAtMs = nowMs
      told = 0
      return true
    },
    tell,
    tellIfLast: (read) => {
      untold = read
    },
    endOfChunk: () => {
      if (untold) tell(untold())
    },
  }
}
