import { createHash, type Hash } from 'node:crypto'
import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { codeOf } from '../errors.ts'
import { finalNameOf, isLockName } from './temporary-name.ts'

/** What a checkpoint looks like at one moment: a directory with all below it, or a file. */
export interface Tree {
  /** Changes when a file comes, goes, or has another size or time of change. */
  readonly fingerprint: string
  readonly files: number
  /** Bytes of all files. */
  readonly sizeBytes: number
  /** When the first file was made, or else first changed; milliseconds since 1970, by the file system's clock. */
  readonly madeMs: number
  /** When the file that changed longest ago did; by the same clock. */
  readonly oldestMs: number
  /** When a file last changed; milliseconds since 1970, by the file system's clock. */
  readonly changedMs: number
  /** The first file or directory that is being written, by its name, if there is one. */
  readonly writerFile: string | undefined
  /** The first lock, if there is one. */
  readonly lockFile: string | undefined
  /** What could not be read, with the error's code. */
  readonly unreadable: string | undefined
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Totals = Mutable<Omit<Tree, 'fingerprint'>>

/** System calls on the way at once: enough for a network file system, no burden for a local one. */
const atOnce = 64

const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))

/** A file that was copied with its times is as old as its inode; not every file system knows. */
const madeOf = ({ birthtimeMs, mtimeMs }: Stats) => (birthtimeMs > 0 ? birthtimeMs : mtimeMs)

const takeFile = (totals: Totals, hash: Hash, path: string, stats: Stats) => {
  totals.files += 1
  totals.sizeBytes += stats.size
  totals.madeMs = Math.min(totals.madeMs, madeOf(stats))
  totals.oldestMs = Math.min(totals.oldestMs, stats.mtimeMs)
  totals.changedMs = Math.max(totals.changedMs, stats.mtimeMs)
  hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`)
}

/** A link counts as the file that it leads to: so does the platform when it uploads. */
const statsOf = async (path: string, entry: Dirent): Promise<Stats | undefined> => {
  try {
    return await (entry.isSymbolicLink() ? stat(path) : lstat(path))
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/**
 * Reads the tree at `path`, or undefined if nothing is there any more. A file is read as a directory that holds it.
 *
 * Never rejects for what the disk says: what cannot be read is named in `unreadable`.
 */
export const readTree = async (path: string): Promise<Tree | undefined> => {
  const hash = createHash('sha256')
  const totals: Totals = {
    files: 0,
    sizeBytes: 0,
    madeMs: Number.POSITIVE_INFINITY,
    oldestMs: Number.POSITIVE_INFINITY,
    changedMs: 0,
    writerFile: undefined,
    lockFile: undefined,
    unreadable: undefined,
  }

  const takeEntry = async (entry: Dirent, stats: Stats | undefined, inside: string) => {
    if (finalNameOf(entry.name) !== undefined) totals.writerFile ??= inside
    if (isLockName(entry.name)) totals.lockFile ??= inside
    if (stats?.isFile()) takeFile(totals, hash, inside, stats)
    // directories behind links belong to whoever they belong to
    else if (entry.isDirectory()) await visit(inside)
  }

  const visit = async (directory: string): Promise<void> => {
    hash.update(`${directory}/\n`)
    try {
      const entries = (await readdir(join(path, directory), { withFileTypes: true })).toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      )
      for (let at = 0; at < entries.length; at += atOnce) {
        const some = entries.slice(at, at + atOnce)
        const stats = await Promise.all(
          some.map((entry) => statsOf(join(path, directory, entry.name), entry)),
        )
        for (const [index, entry] of some.entries()) {
          await takeEntry(entry, stats[index], join(directory, entry.name))
        }
      }
    } catch (error) {
      if (!isGone(error)) totals.unreadable ??= `${directory || basename(path)} (${codeOf(error)})`
    }
  }

  const result = (): Tree => ({
    ...totals,
    madeMs: Math.min(totals.madeMs, totals.changedMs),
    oldestMs: Math.min(totals.oldestMs, totals.changedMs),
    fingerprint: `${totals.files}-${totals.sizeBytes}-${hash.digest('base64url').slice(0, 16)}`,
  })

  try {
    const top = await stat(path)
    if (top.isFile()) {
      hash.update('/\n')
      takeFile(totals, hash, basename(path), top)
    } else if (top.isDirectory()) {
      await visit('')
    } else {
      return undefined
    }
  } catch (error) {
    if (isGone(error)) return undefined
    totals.unreadable = `${basename(path)} (${codeOf(error)})`
  }
  return result()
}
