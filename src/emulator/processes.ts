import { readFileSync } from 'node:fs'
import { processIds, readProcess } from '../processes/process-table.ts'

const environmentOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    // it has ended, or is somebody else's
    return ''
  }
}

/**
 * Pids of the processes of a session, and of those that were started with `NAME=VALUE` in their environment: daemons
 * have sessions of their own, and who writes its title over its environment cannot be told by that. None without /proc.
 */
export const processesOf = (sessionId: number | undefined, variable: string): readonly number[] =>
  processIds().filter(
    (pid) =>
      environmentOf(pid).split('\0').includes(variable) ||
      (sessionId !== undefined && readProcess(pid)?.sessionId === sessionId),
  )
