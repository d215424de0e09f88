// not node:fs/promises: it would be loaded, for 3 ms, before the first progress file
import {
  chmodSync,
  chownSync,
  promises,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** File systems that have no fsync for directories (SMB, some FUSE) answer with one of these. */
const noDirectorySync = new Set(['EINVAL', 'EPERM', 'EISDIR', 'EACCES', 'ENOTSUP', 'EBADF'])

/** Makes entries of a directory outlast a power cut. */
export const syncDirectory = async (path: string): Promise<void> => {
  try {
    await using directory = await promises.open(path)
    await directory.sync()
  } catch (error) {
    if (!noDirectorySync.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Refuses a pipe, which would block whoever opens it, and a device or socket, which a rename would replace. */
const refuseSpecial = (path: string, stats: Stats | undefined) => {
  if (stats === undefined || stats.isFile()) return
  const code = stats.isDirectory() ? 'EISDIR' : 'ENOTREG'
  throw Object.assign(new Error(`${code}: not a regular file, open '${path}'`), {
    code,
    path,
    syscall: 'open',
  })
}

const statsOf = (path: string) => statSync(path, { throwIfNoEntry: false })

/**
 * The text of a regular file, or undefined if there is none.
 *
 * @throws what the disk says; `EISDIR` or `ENOTREG` for what is no regular file, also behind a link
 */
export const readWhole = (path: string): string | undefined => {
  refuseSpecial(path, statsOf(path))
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

let count = 0

/** A temporary name beside the file. The number is of 32 bits; a leftover of the same pid is written over. */
const temporaryOf = (file: string) => {
  count += 1
  return `${file}.${((process.pid << 12) ^ count) >>> 0}`
}

/** Links stay: what they lead to is replaced. */
const targetOf = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    // it is yet to be made
    return path
  }
}

/** The owner can be kept by root alone; a file system without owners has none to keep. */
const keepOwner = (file: string, { uid, gid, mode }: Stats) => {
  try {
    chownSync(file, uid, gid)
    chmodSync(file, mode)
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
  }
}

/**
 * Puts `text` in the place of a regular file, whole: readers see the old text or the new one, also after a crash.
 *
 * A temporary file beside the target, all of the text or an error, fsync, rename, fsync of the directory. A file that
 * is replaced hands its mode and, where we may, its owner on.
 *
 * @param isDurable - whether it has to outlast a power cut, which costs milliseconds; a crash of ours it outlasts anyway
 * @throws what the disk says; the temporary file is gone then
 */
export const writeWhole = async (path: string, text: string, isDurable = true): Promise<void> => {
  // what stat cannot see the write will tell of
  const stats = await promises.stat(path).catch(() => undefined)
  refuseSpecial(path, stats)
  const target = targetOf(path)
  const temporary = temporaryOf(target)
  try {
    await promises.writeFile(temporary, text, { flush: isDurable })
    if (stats) keepOwner(temporary, stats)
    await promises.rename(temporary, target)
  } catch (error) {
    await promises.rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  if (isDurable) await syncDirectory(dirname(target))
}

/** As `writeWhole`, before it returns; the directory is not synced. */
export const writeWholeSync = (path: string, text: string, isDurable = true): void => {
  const stats = statsOf(path)
  refuseSpecial(path, stats)
  const target = targetOf(path)
  const temporary = temporaryOf(target)
  try {
    writeFileSync(temporary, text, { flush: isDurable })
    if (stats) keepOwner(temporary, stats)
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** What `writeWhole` calls its temporary files: the file's name and a number of 32 bits. */
export const isTemporaryOf = (name: string, temporary: string): boolean =>
  temporary.startsWith(`${name}.`) && /^(0|[1-9]\d{0,9})$/.test(temporary.slice(name.length + 1))
