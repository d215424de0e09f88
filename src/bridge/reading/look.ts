import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { codeOf } from '../../errors.ts'
import type { Trouble } from '../trouble.ts'

/** A larger file is no metrics file: a mistake in the path, or one that is only ever appended to. */
export const mostBytes = 4 * 2 ** 20

/** What a look at the file found. */
export type Look =
  | { readonly kind: 'missing' }
  /** It is as it was at the look whose identity was given. */
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'text'
      readonly text: string
      /** Changes with every write that the file system can tell from the last. */
      readonly identity: string
      /** Milliseconds since 1970. */
      readonly writtenAtMs: number
    }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }

const trouble = (kind: Trouble['kind'], message: string): Look => ({
  kind: 'trouble',
  trouble: { kind, message: `metrics file ${message}` },
})

const identityOf = ({ dev, ino, size, mtimeNs }: BigIntStats) => [dev, ino, size, mtimeNs].join(':')

const readUpTo = async (file: FileHandle, most: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await file.read(buffer, length, most - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/** Some more than the size, as a file may have grown since. */
const margin = 4096

/**
 * Reads whatever is at the path, links followed, if it is not what it was at an earlier look. Never waits for another
 * program, as opening a pipe would; never rejects.
 */
export const lookAt = async (path: string, earlierIdentity?: string): Promise<Look> => {
  try {
    // before it is opened: opening a device may do something, opening a pipe may end who writes it
    const before = await stat(path, { bigint: true })
    if (!before.isFile()) return trouble('not-a-file', `${path} is no regular file`)
    if (identityOf(before) === earlierIdentity) return { kind: 'unchanged' }
    if (before.size > mostBytes) return trouble('too-large', `${path} is larger than 4 MiB`)
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat({ bigint: true })
    if (!stats.isFile()) return trouble('not-a-file', `${path} is no regular file`)
    const bytes = await readUpTo(file, Math.min(Number(stats.size) + margin, mostBytes + 1))
    if (bytes.length > mostBytes) return trouble('too-large', `${path} is larger than 4 MiB`)
    return {
      kind: 'text',
      text: bytes.toString('utf8'),
      identity: identityOf(stats),
      writtenAtMs: Number(stats.mtimeNs) / 1e6,
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' }
    return trouble('unreadable', `${path} cannot be read (${code})`)
  }
}
