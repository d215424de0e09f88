import {
  constants,
  copyFileSync,
  mkdirSync,
  promises,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { writeWhole, writeWholeSync } from '../whole-file.ts'

/** The file operations that progress needs; tests bring a disk that fails at will. */
export interface Disk {
  readonly makeDirectory: (path: string) => void
  /** The file's text, or undefined if there is none. */
  readonly read: (path: string) => string | undefined
  readonly copy: (from: string, to: string) => void
  readonly writeWholeSync: (path: string, text: string) => void
  readonly writeWhole: (path: string, text: string) => Promise<void>
  /** Appends and, if asked, waits until the bytes are on the disk. */
  readonly append: (path: string, text: string, options: { flush: boolean }) => Promise<void>
  /** Removes what a killed process left of its unfinished whole writes. */
  readonly removeUnfinished: (path: string) => void
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

/** Node's own recursive mkdir never returns where a directory cannot be made in one that is there (`/proc/x`). */
const makeDirectory = (path: string): void => {
  try {
    mkdirSync(path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(path).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    makeDirectory(dirname(path))
    mkdirSync(path)
  }
}

/** The real disk. */
export const realDisk: Disk = {
  makeDirectory,
  read: (path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  },
  copy: (from, to) => copyFileSync(from, to, constants.COPYFILE_EXCL),
  writeWholeSync,
  writeWhole,
  append: (path, text, { flush }) => promises.appendFile(path, text, { flush }),
  removeUnfinished: (path) => {
    const directory = dirname(path)
    const isUnfinished = new RegExp(`^${RegExp.escape(basename(path))}\\.\\d+$`)
    for (const name of readdirSync(directory)) {
      if (isUnfinished.test(name)) rmSync(join(directory, name), { force: true })
    }
  },
}
