import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from '../make-directory.ts'

export interface StagedCheckpoint {
  readonly resultsDir: string
  /** Name of the directory under the results directory. */
  readonly name: string
  /** Fills the directory that it is given. */
  readonly fill: (directory: string) => Promise<void>
}

export interface SavedCheckpoint {
  readonly directory: string
  /** Bytes of all files. */
  readonly sizeBytes: number
}

const stagingDirectory = (resultsDir: string) => join(resultsDir, '.taskbeat', 'staging')

const sync = async (path: string) => {
  await using handle = await open(path)
  await handle.sync()
}

/** Forces all files below `directory`, then the directories, to the disk; resolves to the files' bytes. */
const syncTree = async (directory: string): Promise<number> => {
  let sizeBytes = 0
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      sizeBytes += await syncTree(path)
    } else if (entry.isFile()) {
      await sync(path)
      sizeBytes += (await stat(path)).size
    }
  }
  await sync(directory)
  return sizeBytes
}

/**
 * Writes a checkpoint so that its directory is either absent or complete, whatever happens in between: it is
 * filled under `<results>/.taskbeat/staging`, forced to the disk, and renamed.
 *
 * A failure leaves nothing behind and rejects with what `fill` or the disk said; `ENOTEMPTY` or `EEXIST` if a
 * directory of that name is there already.
 */
export const saveCheckpoint = async ({
  resultsDir,
  name,
  fill,
}: StagedCheckpoint): Promise<SavedCheckpoint> => {
  const staged = join(stagingDirectory(resultsDir), name)
  const directory = join(resultsDir, name)
  try {
    await rm(staged, { recursive: true, force: true })
    makeDirectory(staged)
    await fill(staged)
    const sizeBytes = await syncTree(staged)
    await rename(staged, directory)
    await sync(resultsDir)
    return { directory, sizeBytes }
  } catch (error) {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}
