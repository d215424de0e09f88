import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../make-directory.ts'
import type { Tally } from './tally.ts'

/** What became of one signal on one route, as it stands in a tally file. */
export interface TallyLine extends Tally {
  readonly signal: string
  readonly destination: string
}

/**
 * Keeps the counts of this process in `<dir>/<pid>.json`, so that they outlive it however it ends. The returned
 * function writes them, in one call to the kernel; spaces cover what an older text had more.
 *
 * @throws what the disk says, if the file cannot be opened
 */
export const openTallyFile = (dir: string, lines: () => readonly TallyLine[]): (() => void) => {
  makeDirectory(dir)
  const file = openSync(join(dir, `${process.pid}.json`), 'w')
  let longest = 0
  const write = () => {
    const text = JSON.stringify(lines())
    longest = Math.max(longest, text.length)
    try {
      writeSync(file, text.padEnd(longest), 0)
    } catch {
      // who counts must not harm what is counted; a reader sees older counts
    }
  }
  write()
  return write
}
