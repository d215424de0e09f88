import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Why a directory cannot be uploaded. */
export type UploadFault = 'missing' | 'empty' | 'not-a-directory' | 'unreadable'

/** What the platform would have uploaded for one name. */
export interface Checkpoint {
  readonly name: string
  readonly files: number
  readonly sizeBytes: number
  /** Files without a byte in them, by their path in the directory; at most 10. */
  readonly emptyFiles: readonly string[]
  /** SHA-256 over paths and contents, in hexadecimal. */
  readonly sha256: string
  readonly fault?: UploadFault
}

const listFiles = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name))
  const isFile = await Promise.all(paths.map((path) => stat(path).then((found) => found.isFile())))
  return paths.filter((_, index) => isFile[index])
}

const hashFile = async (path: string) => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const nothing = (name: string, fault: UploadFault): Checkpoint => ({
  name,
  files: 0,
  sizeBytes: 0,
  emptyFiles: [],
  sha256: '',
  fault,
})

/** Reads a whole directory, as the upload does. */
const takeUp = async (resultsDir: string, name: string): Promise<Checkpoint> => {
  const directory = join(resultsDir, name)
  const found = await lstat(directory).catch(() => undefined)
  if (found === undefined) return nothing(name, 'missing')
  if (!found.isDirectory()) return nothing(name, 'not-a-directory')
  const paths = await listFiles(directory)
  if (paths.length === 0) return nothing(name, 'empty')
  const total = createHash('sha256')
  const emptyFiles: string[] = []
  let sizeBytes = 0
  for (const path of paths.toSorted()) {
    const inside = relative(directory, path)
    const { size } = await stat(path)
    sizeBytes += size
    if (size === 0 && emptyFiles.length < 10) emptyFiles.push(inside)
    total.update(`${inside}\0${await hashFile(path)}\n`)
  }
  return { name, files: paths.length, sizeBytes, emptyFiles, sha256: total.digest('hex') }
}

export interface Uploads {
  /** Begins to upload the directory of a state that was accepted. */
  readonly begin: (name: string) => void
  /** All uploads so far, in the order in which they began. */
  readonly settled: () => Promise<readonly Checkpoint[]>
  /** Names of directories that are no longer what was uploaded. */
  readonly findChanged: () => Promise<readonly string[]>
}

/** Plays the uploads of one task: hashes instead of sending. */
export const openUploads = (resultsDir: string, onDone: (checkpoint: Checkpoint) => void): Uploads => {
  const uploads: Promise<Checkpoint>[] = []
  const settled = () => Promise.all(uploads)
  return {
    begin: (name) => {
      // a file that vanishes while it is read makes the directory one that cannot be uploaded
      const upload = takeUp(resultsDir, name).catch(({ code }: NodeJS.ErrnoException) =>
        nothing(name, code === 'ENOENT' ? 'missing' : 'unreadable'),
      )
      uploads.push(upload)
      void upload.then(onDone)
    },
    settled,
    findChanged: async () => {
      const changed: string[] = []
      const latest = new Map((await settled()).map((checkpoint) => [checkpoint.name, checkpoint]))
      for (const [name, { sha256, fault }] of latest) {
        if (fault !== undefined) continue
        const now = await takeUp(resultsDir, name).catch(() => undefined)
        if (now?.sha256 !== sha256) changed.push(name)
      }
      return changed
    },
  }
}
