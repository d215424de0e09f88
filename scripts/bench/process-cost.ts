/** What a process costs, as Linux counts it. @see proc_pid_stat(5), proc_pid_status(5) */
import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB. */
export const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

/** CPU time of a process in seconds: user and system, at 100 ticks a second. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
