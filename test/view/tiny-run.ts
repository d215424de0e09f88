import type { BeginEntry, EndEntry, LogbookEntry, SpanEntry } from '../../src/logbook/entry.ts'
import type { RunData } from '../../src/view/api.ts'
import { memoryShelf } from '../../src/view/store/shelf.ts'
import { createStore, type Store } from '../../src/view/store/store.ts'

/** When tiny runs begin. */
export const startMs = Date.parse('2026-11-20T10:00:00Z')

export const begin = (changed: Partial<BeginEntry> = {}): BeginEntry => ({
  k: 'begin',
  t: startMs,
  version: 1,
  by: 'task',
  command: 'python',
  limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 },
  settings: [],
  capturesOutput: true,
  ...changed,
})

export const end = (changed: Partial<EndEntry> = {}): EndEntry => ({
  k: 'end',
  t: startMs + 60_000,
  text: 'succeeded after 1 min',
  outcome: 'succeeded',
  exitStatus: 0,
  errorLines: [],
  ...changed,
})

/** @param atMs - since the run began */
export const span = (
  id: string,
  atMs: number,
  endMs: number,
  changed: Partial<SpanEntry> = {},
): SpanEntry => ({
  k: 'span',
  t: startMs + atMs,
  endMs: startMs + endMs,
  id,
  name: `span ${id}`,
  attributes: {},
  ...changed,
})

export const log = (atMs: number, text: string, severity = 9): LogbookEntry => ({
  k: 'log',
  t: startMs + atMs,
  severity,
  text,
})

/** A store that holds these entries, all of one logbook, in memory. */
export const storeOf = (
  entries: readonly LogbookEntry[],
  nowMs = startMs + 60_000,
): { readonly store: Store; readonly data: RunData } => {
  const shelf = memoryShelf()
  const store = createStore({ label: 'tiny', nowMs: () => nowMs, shelf })
  let book = 'task'
  for (const entry of entries) {
    if (entry.k === 'begin') book = entry.by
    store.add(entry, book, shelf.put(entry))
  }
  return { store, data: store.data }
}
