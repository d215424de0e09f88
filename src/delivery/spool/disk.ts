/** What a spool does with files and directories, apart from what is in them. Nothing here follows a link. */

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../../errors.ts'
import { syncDirectory } from '../../whole-file.ts'

/** Does what may be in vain, because what it is about is gone by then, or is not ours. */
export const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
  try {
    await act()
    return true
  } catch {
    return false
  }
}

/** Makes one directory, unless it is there; another process may make it at the same time. */
const makeOne = async (path: string, mode: number): Promise<void> => {
  try {
    await mkdir(path, mode)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    throw error
  }
  await syncDirectory(dirname(path))
}

/**
 * Makes a directory for its owner alone, and those above it as usual. Not Node's own recursive mkdir: it never returns
 * where a directory cannot be made in one that is there (`/proc/x`).
 */
const makeDirectory = async (path: string, mode: number): Promise<void> => {
  try {
    await makeOne(path, mode)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path), 0o777)
    await makeOne(path, mode)
  }
}

/**
 * By the age of this file another machine, which cannot see the process, tells whether the owner lives: the owner
 * writes it anew all the time. Its content means nothing.
 */
const aliveName = 'alive'

/** Waits for nothing, such as the other end of a pipe that has the name of a file. */
const carefully = constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Writes a byte, so that the file server, whose clock may not be ours, puts its own time on the file. Resolves to that
 * time, in milliseconds.
 */
const touch = async (path: string, flags: number): Promise<number> => {
  await using file = await open(path, constants.O_WRONLY | carefully | flags, 0o600)
  const { nlink } = await file.stat()
  if (nlink > 1) throw new Error(`${path} is a file of somebody else, too`)
  await file.write('\n', 0)
  await file.datasync()
  return (await file.stat()).mtimeMs
}

/** Tells others that the owner of a directory lives. */
export const showLife = (directory: string): Promise<unknown> => touch(join(directory, aliveName), 0)

const lastSignOfLife = async (directory: string): Promise<number> => {
  try {
    // opened, because it is then that a network file system asks the server
    await using file = await open(join(directory, aliveName), constants.O_RDONLY | carefully)
    return (await file.stat()).mtimeMs
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return (await stat(directory)).mtimeMs
  }
}

/** How long ago the owner of a directory in `root` showed life, by the clock of the file server; in milliseconds. */
export const silenceMs = async (root: string, directory: string): Promise<number> => {
  const clock = join(root, `clock-${randomBytes(8).toString('hex')}`)
  const nowMs = await touch(clock, constants.O_CREAT | constants.O_EXCL)
  await unlink(clock)
  return nowMs - (await lastSignOfLife(directory))
}

/** Makes the directory of an owner, and that of the spool. */
export const makeOwned = async (directory: string): Promise<void> => {
  await makeDirectory(dirname(directory), 0o700)
  await makeDirectory(directory, 0o700)
  try {
    await touch(join(directory, aliveName), constants.O_CREAT)
  } catch (error) {
    // a full disk may take the one and not the other, again and again
    await removeOwned(directory)
    throw error
  }
}

/** Makes a directory of somebody who is gone ours; of several who try, all but one fail. */
export const claim = async (directory: string, asOurs: string): Promise<void> => {
  // before the rename: under its new name it must look alive from the first moment
  await touch(join(directory, aliveName), constants.O_CREAT)
  await rename(directory, asOurs)
}

/** Directories in the spool; links are none. There are none where there is no spool. */
export const listDirectories = async (root: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

const segmentForm = /^\d{8}\.spool$/

export const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.spool`

/** Paths of the files of records in a directory, in order. */
export const listSegments = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && segmentForm.test(entry.name))
    .map(({ name }) => join(directory, name))
    .toSorted()

/** Makes a file of records; there must be none. */
export const createSegment = async (path: string): Promise<FileHandle> => {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | carefully, 0o600)
  try {
    await syncDirectory(dirname(path))
  } catch (error) {
    await attempt(() => file.close())
    await removeSegment(path)
    throw error
  }
  return file
}

/** Opens a file of records to read it and to mark what is settled. */
export const openSegment = (path: string): Promise<FileHandle> => open(path, constants.O_RDWR | carefully)

/** Removes a file of records; what cannot be removed is emptied, so that nobody delivers it again. */
export const removeSegment = async (path: string): Promise<void> => {
  const isRemoved = await attempt(() => unlink(path))
  if (!isRemoved) {
    await attempt(async () => {
      await using file = await openSegment(path)
      await file.truncate()
    })
  }
}

/** Removes a directory of an owner; resolves to false if there is more in it, or it cannot be removed. */
export const removeOwned = (directory: string): Promise<boolean> =>
  attempt(async () => {
    // as long as there are records others must see that we live
    if ((await listSegments(directory)).length === 0) await attempt(() => unlink(join(directory, aliveName)))
    await rmdir(directory)
  })

/** Writes all of several buffers. */
export const writeAll = async (
  file: FileHandle,
  buffers: readonly Uint8Array[],
  offset: number,
): Promise<void> => {
  let rest = buffers.filter(({ length }) => length > 0)
  for (let position = offset; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest, position)
    if (bytesWritten === 0) throw new Error('the disk takes no more bytes')
    position += bytesWritten
    let done = bytesWritten
    // after a short write, for instance on a disk that is just full, the next one says why
    rest = rest.flatMap((buffer) => {
      const skipped = Math.min(done, buffer.length)
      done -= skipped
      return skipped < buffer.length ? [buffer.subarray(skipped)] : []
    })
  }
}
