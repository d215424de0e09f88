import { readFileSync } from 'node:fs'
import { processIds } from '../processes/process-table.ts'

const environmentOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    // it has ended, or is somebody else's
    return ''
  }
}

/** Pids of the processes that were started with `NAME=VALUE` in their environment; none without /proc. */
export const processesWith = (variable: string): readonly number[] =>
  processIds().filter((pid) => environmentOf(pid).split('\0').includes(variable))
