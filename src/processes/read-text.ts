import { readFileSync } from 'node:fs'

/**
 * The text of a file of /proc or /sys, read at once: the kernel makes it up and no disk is asked. Undefined where it is
 * not there, not ours to read, or gone meanwhile.
 */
export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
