import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDirectory } from '../../make-directory.ts'

/**
 * Makes the file that a command may append events to, `<results>/.taskbeat/events-<attempt>.jsonl`, one for each rank;
 * where the results directory takes none, which concerns rank 0 alone, in the directory for temporary files.
 */
export const makeEventsFile = (resultsDir: string, attempt: number, rank: number | undefined): string => {
  const name = `events-${attempt}${rank ? `-rank-${rank}` : ''}.jsonl`
  const make = (directory: string, file: string) => {
    makeDirectory(directory)
    const path = join(directory, file)
    // what an earlier life has left there was used then
    closeSync(openSync(path, 'w'))
    return path
  }
  try {
    return make(join(resultsDir, '.taskbeat'), name)
  } catch {
    return make(tmpdir(), `taskbeat-${process.pid}-${name}`)
  }
}
