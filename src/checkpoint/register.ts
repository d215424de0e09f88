/**
 * The register, `<results>/.taskbeat/checkpoints.jsonl`: what a restart must know of checkpoints and cannot see.
 *
 * Invariants:
 * - Lines of JSON, only ever appended; a line that is torn or unreadable is skipped, never fatal.
 * - `announced` is on the disk before the copy that it names has its name. That it was announced indeed the journal of
 *   the progress file knows; a line here only keeps the name for its source.
 * - `opened` without a later `closed`: that life ended without a last look, and what it was writing then may be torn.
 * - `torn`: not to be announced as long as it looks like this.
 */
import { appendFile, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isJsonObject } from '../json.ts'
import { makeDirectory } from '../make-directory.ts'

/** A checkpoint that was given a name. */
export interface Announced {
  readonly type: 'announced'
  /** Path below the results directory. */
  readonly source: string
  readonly name: string
  /** The name is that of a copy made of links, not of the source itself. */
  readonly isCopy: boolean
  readonly fingerprint: string
}

export interface Torn {
  readonly type: 'torn'
  readonly source: string
  readonly fingerprint: string
}

export type RegisterEntry = Announced | Torn | { readonly type: 'opened' } | { readonly type: 'closed' }

/** Where the register of a results directory is. */
export const registerPath = (resultsDir: string) => join(resultsDir, '.taskbeat', 'checkpoints.jsonl')

const parseEntry = (line: string): RegisterEntry | undefined => {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isJsonObject(entry)) return undefined
  const { type, source, name, isCopy, fingerprint } = entry
  if (type === 'opened' || type === 'closed') return { type }
  if (typeof source !== 'string' || typeof fingerprint !== 'string') return undefined
  if (type === 'torn') return { type, source, fingerprint }
  if (type !== 'announced' || typeof name !== 'string' || typeof isCopy !== 'boolean') return undefined
  return { type, source, name, isCopy, fingerprint }
}

export interface Register {
  /** Names given to a source, oldest first. */
  readonly announcedOf: (source: string) => readonly Announced[]
  /** Whose name it is. */
  readonly ownerOf: (name: string) => Announced | undefined
  /** How the source looked when it was found torn. */
  readonly tornOf: (source: string) => string | undefined
  /** An earlier life ended without a last look. */
  readonly wasInterrupted: boolean
  /** Why what earlier lives left could not be read, if it could not: an error's code. */
  readonly unreadable: string | undefined
  /** @throws what the disk says; the entries hold for this life all the same */
  readonly append: (entries: readonly RegisterEntry[]) => Promise<void>
}

/** The readable entries of a register's text, in order. */
export const parseRegister = (text: string): readonly RegisterEntry[] =>
  text.split('\n').flatMap((line) => parseEntry(line) ?? [])

const readText = async (path: string): Promise<{ text: string; unreadable?: string }> => {
  try {
    // what is no regular file might never end
    if (!(await stat(path)).isFile()) return { text: '', unreadable: 'ENOTREG' }
    return { text: await readFile(path, 'utf8') }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { text: '' } : { text: '', unreadable: code }
  }
}

/** Opens the register of a results directory, which may have none yet. */
export const openRegister = async (resultsDir: string): Promise<Register> => {
  const path = registerPath(resultsDir)
  const { text, unreadable } = await readText(path)
  const bySource = new Map<string, readonly Announced[]>()
  const byName = new Map<string, Announced>()
  const torn = new Map<string, string>()
  const take = (entry: RegisterEntry) => {
    if (entry.type === 'torn') torn.set(entry.source, entry.fingerprint)
    if (entry.type !== 'announced') return
    bySource.set(entry.source, [...(bySource.get(entry.source) ?? []), entry])
    byName.set(entry.name, entry)
  }
  const entries = parseRegister(text)
  for (const entry of entries) take(entry)
  const lives = entries.filter(({ type }) => type === 'opened' || type === 'closed')
  let needsNewline = text !== '' && !text.endsWith('\n')
  return {
    announcedOf: (source) => bySource.get(source) ?? [],
    ownerOf: (name) => byName.get(name),
    tornOf: (source) => torn.get(source),
    wasInterrupted: lives.at(-1)?.type === 'opened',
    unreadable,
    append: async (added) => {
      for (const entry of added) take(entry)
      if (added.length === 0) return
      makeDirectory(dirname(path))
      const lines = added.map((entry) => `${JSON.stringify(entry)}\n`).join('')
      const before = needsNewline ? '\n' : ''
      needsNewline = true
      await appendFile(path, before + lines, { flush: true })
      needsNewline = false
    },
  }
}
