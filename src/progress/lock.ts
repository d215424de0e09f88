/**
 * The lock, `<results>/.taskbeat/lock`: one line of JSON that names the process whose task this is. Two tasks at
 * once would break the contract, with 90 after 100.
 *
 * Invariants:
 * - A restart is never blocked. The lock counts only while it is certain that its owner lives: the same boot, the
 *   same pid namespace, and a process of that pid that started at that very moment. In every other case (another
 *   container or machine, no /proc, a torn or foreign file) it is taken over without a word.
 * - Without a lock the task goes on: a disk that takes none, or a system without /proc, is no reason to fail.
 * - A leftover is harmless.
 *
 * Two processes that take over the same leftover in the same instant may both believe that they have it.
 *
 * @see proc_pid_stat(5), fields 1, 3 and 22
 */
import { readFileSync, readlinkSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isJsonObject } from '../json.ts'
import { makeDirectory } from '../make-directory.ts'
import { readWhole } from '../whole-file.ts'

/** A process, so described that no other one, now or later, is taken for it. */
export interface Owner {
  readonly pid: number
  /** In clock ticks since the machine has booted. */
  readonly startTime: string
  readonly bootId: string
  readonly pidNamespace: string
}

export type Claim =
  | { readonly kind: 'ours'; readonly release: () => void }
  /** A living process has it. */
  | { readonly kind: 'held'; readonly pid: number }

/** Where the lock of a results directory is. */
export const lockPath = (resultsDir: string) => join(resultsDir, '.taskbeat', 'lock')

/** Pid and start time from the text of `/proc/<pid>/stat`; undefined for a process that is dead but not yet reaped. */
export const parseStat = (stat: string): Pick<Owner, 'pid' | 'startTime'> | undefined => {
  // the name, in parentheses, may hold anything
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTime = fields[18]
  return startTime === undefined || 'ZX'.includes(state)
    ? undefined
    : { pid: Number.parseInt(stat, 10), startTime }
}

/** The owner that a lock file's text names, if it names one. */
export const parseOwner = (text: string): Owner | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { pid, startTime, bootId, pidNamespace } = value
  const isOwner = [startTime, bootId, pidNamespace].every((member) => typeof member === 'string')
  return isOwner && Number.isInteger(pid) ? (value as unknown as Owner) : undefined
}

/** Whether it is certain that the owner lives; `stat` is the text of the `/proc/<pid>/stat` of its pid now. */
export const isCertainlyAlive = (owner: Owner, here: Owner, stat: string | undefined): boolean =>
  owner.bootId === here.bootId &&
  owner.pidNamespace === here.pidNamespace &&
  stat !== undefined &&
  parseStat(stat)?.startTime === owner.startTime

const orUndefined = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch {
    return undefined
  }
}

const readStat = (pid: number | 'self') => readFileSync(`/proc/${pid}/stat`, 'utf8')

const describeSelf = (): Owner | undefined =>
  orUndefined(() => {
    // the pid as /proc has it, which may be that of another namespace than ours
    const self = parseStat(readStat('self'))
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return self && { ...self, bootId, pidNamespace: readlinkSync('/proc/self/ns/pid') }
  })

/** Locks of this process: a program may have become another one under the same pid (exec), which frees them. */
const held = new Set<string>()

const isHeld = (path: string, owner: Owner, here: Owner) =>
  owner.pid === here.pid && owner.startTime === here.startTime
    ? held.has(path)
    : isCertainlyAlive(
        owner,
        here,
        orUndefined(() => readStat(owner.pid)),
      )

const release = (path: string, text: string) => {
  held.delete(path)
  orUndefined(() => {
    if (readWhole(path) !== text) return
    rmSync(path)
    // a directory that holds nothing else was made for the lock
    rmdirSync(dirname(path))
  })
}

/** Takes the lock for this process, unless it is certain that a living one has it. */
export const claimLock = (path: string): Claim => {
  const here = describeSelf()
  const text = `${JSON.stringify(here)}\n`
  const create = () => {
    makeDirectory(dirname(path))
    writeFileSync(path, text, { flag: 'wx' })
    held.add(path)
    return true
  }
  if (here && !orUndefined(create)) {
    const owner = orUndefined(() => parseOwner(readWhole(path) ?? ''))
    if (owner && isHeld(path, owner, here)) return { kind: 'held', pid: owner.pid }
    orUndefined(() => {
      rmSync(path)
      create()
    })
  }
  return { kind: 'ours', release: () => release(path, text) }
}
