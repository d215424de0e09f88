import { close, open, promises, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { codeOf } from '../errors.ts'

export interface FoundFile {
  readonly name: string
  readonly bytes: number
}

export interface OpenFile {
  /** Appends all of it, or rejects. */
  readonly append: (text: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** What a logbook needs of the file system. Names are those of files in its directory. */
export interface LogbookDisk {
  /** The regular files of the directory, which is made if it is missing. */
  readonly list: () => Promise<readonly FoundFile[]>
  /** Makes a new file. */
  readonly create: (name: string) => Promise<OpenFile>
  readonly read: (name: string) => Promise<string>
  /** Writes a whole file, over what was there. */
  readonly write: (name: string, text: string) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  /** Does nothing if there is none. */
  readonly remove: (name: string) => Promise<void>
}

// by descriptor: a write through a FileHandle costs twice as much, and there are some each second
const openNew = promisify((path: string, done: (error: Error | null, file: number) => void) =>
  open(path, 'ax', done),
)
const writeSome = promisify(write)
const closeFile = promisify(close)

/** The kernel may take less than it was given. */
const append = async (file: number, bytes: Uint8Array): Promise<void> => {
  for (let rest = bytes; rest.length > 0; ) {
    const { bytesWritten } = await writeSome(file, rest)
    rest = rest.subarray(bytesWritten)
  }
}

const isMissing = (error: unknown) => codeOf(error) === 'ENOENT'

export const logbookDisk = (directory: string): LogbookDisk => ({
  list: async () => {
    await promises.mkdir(directory, { recursive: true })
    const entries = await promises.readdir(directory, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return Promise.all(
      files.map(async ({ name }) => {
        const stats = await promises.stat(join(directory, name)).catch((error: unknown) => {
          if (!isMissing(error)) throw error
          return undefined
        })
        return { name, bytes: stats?.size ?? 0 }
      }),
    )
  },
  create: async (name) => {
    const file = await openNew(join(directory, name))
    return { append: (text) => append(file, Buffer.from(text)), close: () => closeFile(file) }
  },
  read: (name) => promises.readFile(join(directory, name), 'utf8'),
  write: (name, text) => promises.writeFile(join(directory, name), text),
  rename: (from, to) => promises.rename(join(directory, from), join(directory, to)),
  remove: (name) => promises.rm(join(directory, name), { force: true }),
})
