import { closeSync, constants, fstatSync, openSync, readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { codeOf } from '../errors.ts'

/** One look at the progress file. */
export interface Sighting {
  /** Undefined: there is no file. */
  readonly text: string | undefined
  /** Why there is a file and no text: an error code of the system, or `ENOTREG` for what is no regular file. */
  readonly unreadable?: string
  /** Other text than at the last look in the very same file: it was not replaced, but written into. */
  readonly isInPlace: boolean
}

export interface ProgressWatch {
  /** What the file says now. */
  readonly look: () => Sighting
  readonly close: () => void
}

interface Held {
  readonly descriptor: number
  readonly text: string
}

const sameFile = (a: number, b: number) => {
  const [first, second] = [fstatSync(a), fstatSync(b)]
  return first.dev === second.dev && first.ino === second.ino
}

/**
 * Watches the progress file as the worker does, through its directory, and calls `onChange` for each change of it.
 *
 * The file of the last look is held open, so that its inode number cannot be given to the next one.
 */
export const watchProgress = (file: string, onChange: () => void): ProgressWatch => {
  let held: Held | undefined
  const letGo = () => {
    if (held) closeSync(held.descriptor)
    held = undefined
  }

  const look = (): Sighting => {
    let descriptor: number
    // a pipe must not make us wait for its other end
    try {
      descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      letGo()
      const code = codeOf(error)
      const isAbsent = code === 'ENOENT' || code === 'ENOTDIR'
      return isAbsent
        ? { text: undefined, isInPlace: false }
        : { text: '', isInPlace: false, unreadable: code }
    }
    try {
      if (!fstatSync(descriptor).isFile()) throw Object.assign(new Error('no file'), { code: 'ENOTREG' })
      const text = readFileSync(descriptor, 'utf8')
      const isInPlace = held !== undefined && held.text !== text && sameFile(held.descriptor, descriptor)
      letGo()
      held = { descriptor, text }
      return { text, isInPlace }
    } catch (error) {
      // a pipe or a directory in its place, or a disk that fails: to the worker, too, it says nothing
      closeSync(descriptor)
      return { text: '', isInPlace: false, unreadable: codeOf(error) }
    }
  }

  const name = basename(file)
  const watcher = watch(dirname(file), (_, changed) => {
    if (changed === name) onChange()
  })
  // the directory is gone: from here on the watch is as blind as the platform's
  watcher.on('error', () => {})
  return {
    look,
    close: () => {
      watcher.close()
      letGo()
    },
  }
}
