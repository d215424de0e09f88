/** The files of /proc that tell of one process. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import { parseKeys } from '../parse-numbers.ts'
import { type ProcessStat, parseProcessStat } from './process-stat.ts'

/** Bytes that reached disks, or came from them, by the process and by those that it has waited for. */
export interface ProcessDisk {
  readonly read: number
  readonly written: number
}

export interface ProcessFiles {
  /** Whether there is one of that pid, living or not yet taken away; costs a tenth of a look at it. */
  readonly exists: (pid: number) => boolean
  readonly stat: (pid: number) => ProcessStat | undefined
  /** Undefined if it is somebody else's. */
  readonly disk: (pid: number) => ProcessDisk | undefined
  /** How many files it has open; undefined if it is somebody else's. */
  readonly openFiles: (pid: number) => number | undefined
  /** Pids of what its main thread has started and that still lives. */
  readonly children: (pid: number) => readonly number[]
  /** All pids of this machine, or container. */
  readonly all: () => readonly number[]
  /** The pid that was given out last, to a process or a thread; undefined where that is not told. */
  readonly newest: () => number | undefined
}

const isNumber = (name: string) => /^\d+$/.test(name)

/** `proc` is where they are. */
export const processFiles = (proc: string): ProcessFiles => ({
  exists: (pid) => existsSync(`${proc}/${pid}`),
  stat: (pid) => parseProcessStat(readText(join(proc, `${pid}/stat`)) ?? ''),
  disk: (pid) => {
    const bytes = parseKeys(readText(join(proc, `${pid}/io`)))
    const read = bytes.get('read_bytes')
    const written = bytes.get('write_bytes')
    return read === undefined || written === undefined ? undefined : { read, written }
  },
  openFiles: (pid) => {
    const directory = join(proc, `${pid}/fd`)
    try {
      // since Linux 6.2 the size of the directory is their number; before, it is 0
      return statSync(directory).size || readdirSync(directory).length
    } catch {
      return undefined
    }
  },
  children: (pid) =>
    (readText(join(proc, `${pid}/task/${pid}/children`)) ?? '').split(' ').filter(isNumber).map(Number),
  all: () => {
    try {
      return readdirSync(proc).filter(isNumber).map(Number)
    } catch {
      return []
    }
  },
  newest: () => {
    // some sandboxes always say 0
    const pid = Number(/ (\d+)\n?$/.exec(readText(join(proc, 'loadavg')) ?? '')?.[1])
    return pid > 0 ? pid : undefined
  },
})

/** In the auxiliary vector: pairs of a key and a value, in the machine's words. @see getauxval(3) */
const pageSizeKey = 6n

/** Bytes in a page of memory, in which resident memory is told: 4 KiB, on ARM also 16 or 64. */
export const readPageBytes = (proc: string): number => {
  try {
    const words = new BigUint64Array(new Uint8Array(readFileSync(join(proc, 'self/auxv'))).buffer)
    const at = words.findIndex((word, index) => index % 2 === 0 && word === pageSizeKey)
    return Number(words[at + 1] ?? 4_096n)
  } catch {
    return 4_096
  }
}
