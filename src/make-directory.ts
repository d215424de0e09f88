import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'

/** Makes one directory, unless it is there; another process may make it at the same time. */
const makeOne = (path: string): void => {
  try {
    mkdirSync(path)
  } catch (error) {
    const isThere = codeOf(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()
    if (!isThere) throw error
  }
}

/**
 * Makes a directory and those above it.
 *
 * Not Node's own recursive mkdir: it never returns where a directory cannot be made in one that is there (`/proc/x`).
 */
export const makeDirectory = (path: string): void => {
  try {
    makeOne(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    makeDirectory(dirname(path))
    makeOne(path)
  }
}
