// not node:fs/promises: it would be loaded, for 3 ms, before the first progress file
import { promises, writeFileSync } from 'node:fs'
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

/**
 * Puts `text` in the place of a file, whole: readers see the old text or the new one, also after a crash.
 *
 * write-file-atomic does it (a temporary file beside the target, fsync, rename). Two things that it leaves out
 * are added. It ignores short writes, so a full disk could put half a text under the final name: `tmpfileCreated`
 * writes the text instead, all of it or it throws. And it does not sync the directory, so a power cut could undo
 * the rename.
 */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  await writeFileAtomic(path, '', { tmpfileCreated: (temporary) => promises.writeFile(temporary, text) })
  await syncDirectory(dirname(path))
}

/** As `writeWhole`, before it returns; the directory is not synced. */
export const writeWholeSync = (path: string, text: string): void =>
  writeFileAtomic.sync(path, '', { tmpfileCreated: (temporary) => writeFileSync(temporary, text) })
