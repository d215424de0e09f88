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
 */
import { rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeDirectory } from '../make-directory.ts'
import { identify, isSameProcess, type ProcessIdentity, parseIdentity } from '../processes/identity.ts'
import { readWhole } from '../whole-file.ts'

export {
  isCertainlyAlive,
  type ProcessIdentity as Owner,
  parseStat,
} from '../processes/identity.ts'

export type Claim =
  | { readonly kind: 'ours'; readonly release: () => void }
  /** A living process has it. */
  | { readonly kind: 'held'; readonly pid: number }

/** Where the lock of a results directory is. */
export const lockPath = (resultsDir: string) => join(resultsDir, '.taskbeat', 'lock')

/** The owner that a lock file's text names, if it names one. */
export const parseOwner = (text: string): ProcessIdentity | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return parseIdentity(value)
}

const orUndefined = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** Locks of this process: a program may have become another one under the same pid (exec), which frees them. */
const held = new Set<string>()

const isHeld = (path: string, owner: ProcessIdentity, here: ProcessIdentity) =>
  owner.pid === here.pid && owner.startTime === here.startTime ? held.has(path) : isSameProcess(owner)

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
  const here = identify('self')
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
