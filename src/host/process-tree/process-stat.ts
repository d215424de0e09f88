import { type ProcessEntry, parseProcess } from '../../processes/process-table.ts'
import { ticksPerSecond } from '../units.ts'

/** What a process is, and what it has used so far. */
export interface ProcessStat extends ProcessEntry {
  /** Seconds of CPU time of the process itself. */
  readonly user: number
  readonly system: number
  /** Seconds of those of its children, and theirs, that have ended and that it has waited for. */
  readonly childrenUser: number
  readonly childrenSystem: number
  readonly threads: number
  readonly virtualBytes: number
  readonly residentPages: number
}

/** A process from the text of its /proc/<pid>/stat; undefined for what is no such text. @see proc_pid_stat(5) */
export const parseProcessStat = (text: string): ProcessStat | undefined => {
  const entry = parseProcess(text)
  if (!entry) return undefined
  // the first field behind the name is the third of the manual page
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 22)
  const [user, system, childrenUser, childrenSystem, threads, virtualBytes, residentPages] = [
    14, 15, 16, 17, 20, 23, 24,
  ].map((field) => {
    const value = Number(fields[field - 3])
    return Number.isFinite(value) && value > 0 ? value : 0
  }) as [number, number, number, number, number, number, number]
  return {
    ...entry,
    user: user / ticksPerSecond,
    system: system / ticksPerSecond,
    childrenUser: childrenUser / ticksPerSecond,
    childrenSystem: childrenSystem / ticksPerSecond,
    threads,
    virtualBytes,
    residentPages,
  }
}
