import { close, open, promises, type StatsFs, write } from 'node:fs'
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

/** What is left to others, or a sixteenth of all where that is less: the last bytes are the progress file's. */
const mostLeft = 16 * 2 ** 20

const isTight = ({ bsize, blocks, bavail }: Space, neededBytes: number) =>
  // some say that nothing is there, such as those of some networks
  blocks > 0 && bavail * bsize - neededBytes < Math.min(mostLeft, (blocks * bsize) / 16)

const isMissing = (error: unknown) => codeOf(error) === 'ENOENT'

/** What the kernel says of the space of a file system, in blocks of `bsize` bytes. @see statfs(2) */
export type Space = Pick<StatsFs, 'bsize' | 'blocks' | 'bavail'>

/**
 * The files of a directory. Writing rejects with `ENOSPC` before the file system is quite full: a training must not end
 * for want of what was written to look at it.
 */
export const logbookDisk = (
  directory: string,
  ask: (path: string) => Promise<Space> = promises.statfs,
): LogbookDisk => {
  const leaveRoom = async (bytes: number) => {
    // where it is not known, the kernel says so when it is full
    const space = await ask(directory).catch(() => undefined)
    if (space && isTight(space, bytes))
      throw Object.assign(new Error('too little room is left'), { code: 'ENOSPC' })
  }
  return {
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
      return {
        append: async (text) => {
          const bytes = Buffer.from(text)
          await leaveRoom(bytes.length)
          await append(file, bytes)
        },
        close: () => closeFile(file),
      }
    },
    read: (name) => promises.readFile(join(directory, name), 'utf8'),
    write: async (name, text) => {
      await leaveRoom(Buffer.byteLength(text))
      await promises.writeFile(join(directory, name), text)
    },
    rename: (from, to) => promises.rename(join(directory, from), join(directory, to)),
    remove: (name) => promises.rm(join(directory, name), { force: true }),
  }
}
