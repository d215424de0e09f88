import { isDeepStrictEqual } from 'node:util'
import { decodeDocument, type ProgressDocument, parseRfc3339 } from '../progress/contract.ts'

/** One state, from its first to its last sight. */
export interface SeenState {
  readonly name: string
  readonly percentComplete: number
  /** Milliseconds since the task began. */
  readonly atMs: number
  /** How long it stood in the file; for the last one, until the end. */
  readonly dwellMs: number
}

/** What a task made of its progress file. */
export interface ProgressLog {
  readonly states: readonly SeenState[]
  /** Changes of `lastUpdatedAt`. */
  readonly heartbeats: number
  /** Milliseconds; from the first document on. */
  readonly longestGapMs: number
  readonly longestGapEndMs: number
  readonly inPlaceWrites: number
  /** Most by which `lastUpdatedAt` was ahead of the clock, in milliseconds. */
  readonly mostAheadMs: number
  /** Names of states whose metadata changed while they stood. */
  readonly changedMetadata: readonly string[]
  /** Members that the platform does not know. */
  readonly unknownMembers: readonly string[]
  /** Why the file could not be read, when that was so last. */
  readonly unreadable: string | undefined
  readonly last: ProgressDocument | undefined
  readonly lastBeatMs: number
}

export const emptyProgressLog: ProgressLog = {
  states: [],
  heartbeats: 0,
  longestGapMs: 0,
  longestGapEndMs: 0,
  inPlaceWrites: 0,
  mostAheadMs: 0,
  changedMetadata: [],
  unknownMembers: [],
  unreadable: undefined,
  last: undefined,
  lastBeatMs: 0,
}

export interface Seen {
  readonly text: string | undefined
  readonly isInPlace: boolean
  readonly unreadable?: string
  /** Milliseconds since the task began. */
  readonly atMs: number
  /** The wall clock, in milliseconds since 1970. */
  readonly wallMs: number
}

const known = new Set(['taskid', 'percentcomplete', 'name', 'metadata', 'lastupdatedat'])

const unknownMembersOf = (text: string): readonly string[] => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return []
    return Object.keys(value).filter((key) => !known.has(key.toLowerCase()))
  } catch {
    return []
  }
}

const withGap = (log: ProgressLog, atMs: number): ProgressLog => {
  const gapMs = atMs - log.lastBeatMs
  return gapMs > log.longestGapMs ? { ...log, longestGapMs: gapMs, longestGapEndMs: atMs } : log
}

const withDwell = (states: readonly SeenState[], atMs: number) =>
  states.map((state, index) =>
    index === states.length - 1 ? { ...state, dwellMs: atMs - state.atMs } : state,
  )

const add = (list: readonly string[], ...words: readonly string[]) => [...new Set([...list, ...words])]

/** The log with one more sighting of the file. Text that cannot be read tells nothing but how it was written. */
export const logSighting = (
  before: ProgressLog,
  { text, isInPlace, unreadable, atMs, wallMs }: Seen,
): ProgressLog => {
  const log = { ...before, unreadable, inPlaceWrites: before.inPlaceWrites + (isInPlace ? 1 : 0) }
  const decoded = text === undefined ? undefined : decodeDocument(text)
  if (text === undefined || !decoded?.ok) return log
  const { document } = decoded
  const { last } = log
  const isBeat = document.lastUpdatedAt !== last?.lastUpdatedAt
  const isSame =
    last !== undefined && document.name === last.name && document.percentComplete === last.percentComplete
  const aheadMs = (parseRfc3339(document.lastUpdatedAt) ?? wallMs) - wallMs
  const gapped = isBeat && last !== undefined ? withGap(log, atMs) : log
  const hasNewMetadata =
    isSame && document.name !== '' && !isDeepStrictEqual(document.metadata, last.metadata)
  const state = { name: document.name, percentComplete: document.percentComplete, atMs, dwellMs: 0 }
  return {
    ...gapped,
    states: isSame ? gapped.states : [...withDwell(gapped.states, atMs), state],
    heartbeats: gapped.heartbeats + (isBeat ? 1 : 0),
    lastBeatMs: isBeat ? atMs : gapped.lastBeatMs,
    mostAheadMs: Math.max(gapped.mostAheadMs, aheadMs),
    changedMetadata: hasNewMetadata ? add(gapped.changedMetadata, document.name) : gapped.changedMetadata,
    unknownMembers: add(gapped.unknownMembers, ...unknownMembersOf(text)),
    last: document,
  }
}

/** The log at the end of the task: the last state has stood, and the last heartbeat has been, until then. */
export const closeProgressLog = (log: ProgressLog, atMs: number): ProgressLog => ({
  ...(log.last === undefined ? log : withGap(log, atMs)),
  states: withDwell(log.states, atMs),
})
