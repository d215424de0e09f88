import { readdirSync, readFileSync } from 'node:fs'

const environmentOf = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    // it has ended, or is somebody else's
    return ''
  }
}

/** Pids of the processes that were started with `NAME=VALUE` in their environment; none without /proc. */
export const processesWith = (variable: string): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && environmentOf(name).split('\0').includes(variable))
      .map(Number)
  } catch {
    return []
  }
}
