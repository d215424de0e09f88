/**
 * The journal, `<results>/.taskbeat/journal.jsonl`: what a restart must know and the progress file cannot tell.
 *
 * Invariants:
 * - Lines of JSON, only ever appended; a line that is torn or unreadable is skipped, never fatal.
 * - A state is in the journal, on the disk, before it is in the progress file. So a state that was accepted and
 *   not yet published survives a crash, and no name is ever used twice.
 * - `shown` follows the write of the progress file. Where both disagree the progress file is right; `shown`
 *   counts only when that file is lost or unreadable.
 */
import { dirname, join } from 'node:path'
import { isJsonObject } from '../json.ts'
import type { Disk } from './file.ts'
import type { ProgressState } from './plan.ts'

export type JournalEntry =
  | { readonly type: 'attempt'; readonly runId: string; readonly attempt: number; readonly at: string }
  | ({ readonly type: 'accepted'; readonly at: string } & ProgressState)
  | { readonly type: 'shown'; readonly name: string; readonly percentComplete: number }
  | { readonly type: 'failed'; readonly reason: string; readonly at: string }

/** Where the journal of a results directory is. */
export const journalPath = (resultsDir: string) => join(resultsDir, '.taskbeat', 'journal.jsonl')

const isText = (value: unknown): value is string => typeof value === 'string'
const isPercent = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100

const parseEntry = (line: string): JournalEntry | undefined => {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isJsonObject(entry)) return undefined
  const { type, name, percentComplete, metadata, runId, attempt, reason } = entry
  const at = isText(entry.at) ? entry.at : ''
  if (type === 'attempt' && isText(runId) && typeof attempt === 'number') return { type, runId, attempt, at }
  if (type === 'failed' && isText(reason)) return { type, reason, at }
  if (!isText(name) || !isPercent(percentComplete)) return undefined
  if (type === 'shown') return { type, name, percentComplete }
  if (type === 'accepted' && isJsonObject(metadata)) return { type, name, percentComplete, metadata, at }
  return undefined
}

/** The readable entries of a journal's text, in order. */
export const parseJournal = (text: string): readonly JournalEntry[] =>
  text.split('\n').flatMap((line) => parseEntry(line) ?? [])

export interface Journal {
  /** Takes an entry; it is written soon, after all earlier ones. */
  readonly append: (entry: JournalEntry) => void
  /** Resolves when all that was taken is on the disk; rejects if the disk refuses, and the next call tries again. */
  readonly flush: () => Promise<void>
}

export interface JournalOptions {
  readonly path: string
  readonly disk: Disk
  /** The last line that is there lacks its end. */
  readonly isTorn: boolean
  /** The disk refused what was appended; it is tried again with the next entry. */
  readonly onFailure: (error: unknown) => void
}

/** Opens the journal for appending. */
export const openJournal = ({ path, disk, isTorn, onFailure }: JournalOptions): Journal => {
  let needsNewline = isTorn
  let unwritten: readonly JournalEntry[] = []
  let last: Promise<void> = Promise.resolve()
  const write = async () => {
    const entries = unwritten
    if (entries.length === 0) return
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    const text = `${needsNewline ? '\n' : ''}${lines}`
    disk.makeDirectory(dirname(path))
    needsNewline = true
    // a mark only helps when the progress file is lost: it may still be in the cache when the power fails
    await disk.append(path, text, { flush: entries.some(({ type }) => type !== 'shown') })
    needsNewline = false
    unwritten = unwritten.slice(entries.length)
  }
  const flush = () => {
    last = last.catch(() => undefined).then(write)
    return last
  }
  return {
    append: (entry) => {
      unwritten = [...unwritten, entry]
      flush().catch(onFailure)
    },
    flush,
  }
}
