import type { Clock } from '../../clock.ts'
import type { Attributes, Severity } from '../../workload-events.ts'
import { type BlockState, continueBlock, isAnnouncement, openBlock } from './block-form.ts'
import { createBlockText } from './block-text.ts'
import { exceptionAttributes, exceptionOfState } from './exception.ts'
import { isSevere } from './log-limiter.ts'
import { hasLogHead, severityOf } from './severity.ts'

/** A line of a process: without its label, and in plain text. */
export interface OutputLine {
  readonly at: Date
  /** Of the launcher; lines with the same one come from the same process. */
  readonly label: string
  readonly rank?: number
  readonly text: string
}

/** Lines that belong together. */
export interface OutputBlock {
  /** When its first line came. */
  readonly at: Date
  readonly rank?: number
  readonly severity: Severity
  readonly text: string
  readonly attributes: Attributes
}

export interface LineJoinerOptions {
  readonly clock: Clock
  readonly onLine: (line: OutputLine) => void
  readonly onBlock: (block: OutputBlock) => void
}

/** Puts lines together that belong together, and lets the others pass. */
export interface LineJoiner {
  readonly accept: (line: OutputLine) => void
  /** Whether a line with this label would follow one that is held. */
  readonly holds: (label: string) => boolean
  /** Whether an error is being put together, whose next lines do not look like one. */
  readonly collectsError: () => boolean
  /** Gives out all that is held: because the stream has ended, or because the next lines are not read. */
  readonly closeAll: (why: { readonly isLast: boolean }) => void
}

/** How long a block waits for its next line. */
const QUIET_MS = 1000
/** How many processes may have a block open at a time; the one that has waited longest gives way. */
const MAX_OPEN = 64
/** How many lines that may belong to a block are held before that is given up. */
const MAX_WAITING = 8
/** After so many lines a block ends, whatever follows: a program that indents all that it prints would never. */
const MAX_LINES = 10_000

interface OpenBlock {
  readonly first: OutputLine
  readonly text: { readonly add: (line: string) => void; readonly text: () => string }
  readonly waiting: OutputLine[]
  state: BlockState
  /** Whether it is more than a first line that may be just a line. */
  isSure: boolean
  lines: number
  lastMs: number
}

const isSureAtOnce = ({ form }: BlockState) =>
  form === 'python-frames' || form === 'python-group' || form === 'rust'

const severityOfBlock = (state: BlockState): Severity => {
  if (state.form === 'fault') return 'FATAL'
  if (state.form === 'dump') return 'INFO'
  return state.form === 'warning' || (state.form === 'done' && state.of === 'warning') ? 'WARN' : 'ERROR'
}

const isError = (state: BlockState) => isSevere(severityOfBlock(state))

/** What a logger wrote, or what opens a block of its own, is not the second line of an exception's message. */
const standsAlone = (text: string): boolean =>
  openBlock(text) !== undefined || hasLogHead(text) || severityOf(text) !== undefined || text.startsWith('{"')

/** The label that torch gives to what an exception prints, and to nothing else. */
const isExceptionLabel = (label: string) => /\[rank\d+\]: $/.test(label)

export const createLineJoiner = ({ clock, onLine, onBlock }: LineJoinerOptions): LineJoiner => {
  const open = new Map<string, OpenBlock>()
  let cancelTimer: (() => void) | undefined

  const giveBlock = ({ first, text, state }: OpenBlock) => {
    const whole = text.text().trimEnd()
    const severity = severityOfBlock(state)
    onBlock({
      at: first.at,
      ...(first.rank !== undefined && { rank: first.rank }),
      severity,
      text: whole,
      attributes: isError(state) ? exceptionAttributes(exceptionOfState(state), whole) : {},
    })
  }
  const close = (label: string, isLast: boolean) => {
    const block = open.get(label)
    if (block === undefined) return
    open.delete(label)
    const { isSure, waiting } = block
    // nothing came after them: what an uncaught exception printed last is its message
    const areOfIt =
      isSure && isLast && block.state.form === 'python-exception' && !isAnnouncement(block.first.text)
    if (areOfIt) addWaiting(block)
    if (isSure) giveBlock(block)
    else onLine(block.first)
    for (const line of waiting) onLine(line)
  }
  const addWaiting = ({ text, waiting }: OpenBlock) => {
    for (const { text: line } of waiting) text.add(line)
    waiting.length = 0
  }

  const closeQuiet = () => {
    cancelTimer = undefined
    const nowMs = clock.monotonicMs()
    let nextMs = Number.POSITIVE_INFINITY
    for (const [label, { lastMs }] of [...open]) {
      if (lastMs + QUIET_MS <= nowMs) close(label, isExceptionLabel(label))
      else nextMs = Math.min(nextMs, lastMs + QUIET_MS - nowMs)
    }
    if (nextMs < Number.POSITIVE_INFINITY) cancelTimer = clock.after(Math.ceil(nextMs), closeQuiet)
  }

  const begin = (line: OutputLine, state: BlockState) => {
    const [oldest] = open.keys()
    if (open.size >= MAX_OPEN && oldest !== undefined) close(oldest, false)
    const text = createBlockText()
    text.add(line.text)
    const isSure = isSureAtOnce(state)
    open.set(line.label, {
      first: line,
      text,
      waiting: [],
      state,
      isSure,
      lines: 1,
      lastMs: clock.monotonicMs(),
    })
    cancelTimer ??= clock.after(QUIET_MS, closeQuiet)
  }

  /** Whether the block took the line. */
  const extend = (block: OpenBlock, line: OutputLine): boolean => {
    const step = block.lines < MAX_LINES ? continueBlock(block.state, line.text) : undefined
    if (step === undefined) return false
    if (step.line === 'joins') {
      addWaiting(block)
      block.text.add(line.text)
      block.isSure = true
    } else {
      if (block.waiting.length >= MAX_WAITING || standsAlone(line.text)) return false
      block.waiting.push(line)
    }
    block.state = step.state
    block.lines += 1
    block.lastMs = clock.monotonicMs()
    return true
  }

  return {
    accept: (line) => {
      const block = open.get(line.label)
      if (block && extend(block, line)) return
      if (block) close(line.label, false)
      const state = openBlock(line.text)
      if (state) begin(line, state)
      else onLine(line)
    },
    holds: (label) => open.has(label),
    collectsError: () => {
      for (const { state } of open.values()) if (isError(state)) return true
      return false
    },
    closeAll: ({ isLast }) => {
      if (open.size === 0) return
      cancelTimer?.()
      cancelTimer = undefined
      for (const label of [...open.keys()]) close(label, isLast)
    },
  }
}
