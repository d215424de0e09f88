// not node:fs/promises: it would be loaded, for 3 ms, before the first progress file
import { promises, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'

/** File systems that have no fsync for directories (SMB, some FUSE) answer with one of these. */
const noDirectorySync = new Set(['EINVAL', 'EPERM', 'EISDIR', 'EACCES', 'ENOTSUP', 'EBADF'])

const syncDirectory = async (path: string) => {
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

/**
 * Puts `text` in the place of a regular file, whole: readers see the old text or the new one, also after a crash.
 *
 * write-file-atomic does it (a temporary file beside the target, fsync, rename). Two things that it leaves out
 * are added. It ignores short writes, so a full disk could put half a text under the final name: `tmpfileCreated`
 * writes the text instead, all of it or it throws. And it does not sync the directory, so a power cut could undo
 * the rename.
 */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  // what stat cannot see the write will tell of
  refuseSpecial(path, await promises.stat(path).catch(() => undefined))
  await writeFileAtomic(path, '', { tmpfileCreated: (temporary) => promises.writeFile(temporary, text) })
  await syncDirectory(dirname(path))
}

/** As `writeWhole`, before it returns; the directory is not synced. */
export const writeWholeSync = (path: string, text: string): void => {
  refuseSpecial(path, statsOf(path))
  writeFileAtomic.sync(path, '', { tmpfileCreated: (temporary) => writeFileSync(temporary, text) })
}

/** What `writeWhole` calls its temporary files: the file's name and, by write-file-atomic, a number of 32 bits. */
export const isTemporaryOf = (name: string, temporary: string): boolean =>
  temporary.startsWith(`${name}.`) && /^(0|[1-9]\d{0,9})$/.test(temporary.slice(name.length + 1))
