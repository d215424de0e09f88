/**
 * The processes of this machine, or of this container, as Linux lists them under /proc. Where there is no /proc, as
 * on macOS, there are none to be seen: nothing here throws.
 *
 * @see proc_pid_stat(5), proc_pid_status(5)
 */
import { readdirSync } from 'node:fs'
import { readText } from './read-text.ts'

export interface ProcessEntry {
  readonly pid: number
  readonly parentPid: number
  /** The process group: the pid of its leader, which may have ended. */
  readonly groupId: number
  readonly sessionId: number
  /** One letter: `R` runs, `S` and `D` wait, `T` is stopped, `Z` is dead but not yet reaped, and others. */
  readonly state: string
  /** In clock ticks since the machine has booted: with the pid it names one process and no other. */
  readonly startTime: string
  /** What the process calls itself, up to 15 bytes of anything. */
  readonly name: string
}

/** A process from the text of its `/proc/<pid>/stat`; undefined for what is no such text. */
export const parseProcess = (stat: string): ProcessEntry | undefined => {
  // the name, in parentheses, may hold spaces, parentheses and newlines
  const nameEnd = stat.lastIndexOf(')')
  const [state = '', ...fields] = stat.slice(nameEnd + 2).split(' ')
  const none = Number.NaN
  const [parentPid = none, groupId = none, sessionId = none] = fields.slice(0, 3).map(Number)
  const startTime = fields[18]
  const pid = Number.parseInt(stat, 10)
  if (startTime === undefined || ![pid, parentPid, groupId, sessionId].every(Number.isInteger))
    return undefined
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd)
  return { pid, parentPid, groupId, sessionId, state, startTime, name }
}

/** Whether a process is more than an entry that its parent has yet to take away. */
export const isLiving = ({ state }: ProcessEntry): boolean => !/^[ZXx]$/.test(state)

/** The text of `/proc/<pid>/stat`; `self` is this process, by the pid that /proc has for it. */
export const readStat = (pid: number | 'self'): string | undefined => readText(`/proc/${pid}/stat`)

/** The process of that pid, living or not yet reaped. */
export const readProcess = (pid: number): ProcessEntry | undefined => parseProcess(readStat(pid) ?? '')

/** Pids of all processes. */
export const processIds = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** All living processes, each as it was when its turn came: they come and go meanwhile. */
export const readProcessTable = (): readonly ProcessEntry[] =>
  processIds()
    .flatMap((pid) => readProcess(pid) ?? [])
    .filter(isLiving)

/** The descendants of a process in a table, children before grandchildren. */
export const selectDescendants = (table: readonly ProcessEntry[], pid: number): readonly ProcessEntry[] => {
  const children = Map.groupBy(table, ({ parentPid }) => parentPid)
  const found = new Map<number, ProcessEntry>()
  const queue = [pid]
  for (const parent of queue) {
    for (const child of children.get(parent) ?? []) {
      // a table that was read while pids were given anew may have a cycle
      if (child.pid === pid || found.has(child.pid)) continue
      found.set(child.pid, child)
      queue.push(child.pid)
    }
  }
  return [...found.values()]
}

/**
 * Pids of the living processes that a process has started, that these have started, and so on; children before
 * grandchildren. One whose parent has ended belongs to somebody else, and is not among them.
 */
export const descendantsOf = (pid: number): readonly number[] =>
  selectDescendants(readProcessTable(), pid).map((entry) => entry.pid)

/** Pids of the living processes of a process group. */
export const groupMembers = (groupId: number): readonly number[] =>
  readProcessTable()
    .filter((entry) => entry.groupId === groupId)
    .map(({ pid }) => pid)

/** Whether a signal is in a mask of `/proc/<pid>/status`; false if nobody can tell. */
const isInMask = (pid: number, mask: 'SigCgt' | 'SigIgn', signalNumber: number) => {
  const [, digits] =
    new RegExp(`^${mask}:\\s*([0-9a-f]+)$`, 'm').exec(readText(`/proc/${pid}/status`) ?? '') ?? []
  return digits !== undefined && ((BigInt(`0x${digits}`) >> BigInt(signalNumber - 1)) & 1n) === 1n
}

/** Whether a process has a handler for a signal, by its number: `os.constants.signals` knows them. */
export const catchesSignal = (pid: number, signalNumber: number): boolean =>
  isInMask(pid, 'SigCgt', signalNumber)

/** Whether a process ignores a signal, by its number. */
export const ignoresSignal = (pid: number, signalNumber: number): boolean =>
  isInMask(pid, 'SigIgn', signalNumber)
