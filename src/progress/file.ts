import { constants, copyFileSync, promises, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeDirectory } from '../make-directory.ts'
import { isTemporaryOf, readWhole, writeWhole, writeWholeSync } from '../whole-file.ts'
import { type Claim, claimLock } from './lock.ts'

/** The file operations that progress needs; tests bring a disk that fails at will. */
export interface Disk {
  readonly makeDirectory: (path: string) => void
  /** The file's text, or undefined if there is none; throws for what is no regular file. */
  readonly read: (path: string) => string | undefined
  readonly copy: (from: string, to: string) => void
  readonly writeWholeSync: (path: string, text: string) => void
  readonly writeWhole: (path: string, text: string) => Promise<void>
  /** Appends and, if asked, waits until the bytes are on the disk. */
  readonly append: (path: string, text: string, options: { flush: boolean }) => Promise<void>
  /** Removes those of the file's temporary files whose text is what a killed process left of a whole write. */
  readonly removeUnfinished: (path: string, isUnfinished: (text: string) => boolean) => void
  /** Takes a lock file for this process, unless a living one has it. */
  readonly claim: (lockFile: string) => Claim
}

/** The real disk. */
export const realDisk: Disk = {
  makeDirectory,
  read: readWhole,
  copy: (from, to) => copyFileSync(from, to, constants.COPYFILE_EXCL),
  writeWholeSync,
  writeWhole,
  append: (path, text, { flush }) => promises.appendFile(path, text, { flush }),
  removeUnfinished: (path, isUnfinished) => {
    const directory = dirname(path)
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (!entry.isFile() || !isTemporaryOf(basename(path), entry.name)) continue
      const temporary = join(directory, entry.name)
      if (isUnfinished(readWhole(temporary) ?? '')) rmSync(temporary, { force: true })
    }
  },
  claim: claimLock,
}
