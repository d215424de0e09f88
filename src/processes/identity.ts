import { readFileSync, readlinkSync } from 'node:fs'
import { isJsonObject } from '../json.ts'
import { isLiving, parseProcess, readStat } from './process-table.ts'

/** A process, so described that no other one, now or later, here or elsewhere, is taken for it. */
export interface ProcessIdentity {
  readonly pid: number
  /** In clock ticks since the machine has booted. */
  readonly startTime: string
  readonly bootId: string
  /** The namespace in which the pid counts. */
  readonly pidNamespace: string
}

/** Where pids count: a boot of a machine, and a pid namespace, such as a container's. */
type Place = Pick<ProcessIdentity, 'bootId' | 'pidNamespace'>

/** The identity in a value from outside, and nothing else of it; undefined if there is none. */
export const parseIdentity = (value: unknown): ProcessIdentity | undefined => {
  if (!isJsonObject(value)) return undefined
  const { pid, startTime, bootId, pidNamespace } = value
  return Number.isInteger(pid) &&
    typeof startTime === 'string' &&
    typeof bootId === 'string' &&
    typeof pidNamespace === 'string'
    ? { pid: Number(pid), startTime, bootId, pidNamespace }
    : undefined
}

/** Pid and start time from the text of `/proc/<pid>/stat`; undefined for a process that is dead but not yet reaped. */
export const parseStat = (stat: string): Pick<ProcessIdentity, 'pid' | 'startTime'> | undefined => {
  const entry = parseProcess(stat)
  return entry && isLiving(entry) ? { pid: entry.pid, startTime: entry.startTime } : undefined
}

const readPlace = (): Place | undefined => {
  try {
    return {
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      // our own also for other processes: it is where we see their pids, and needs no right to look into them
      pidNamespace: readlinkSync('/proc/self/ns/pid'),
    }
  } catch {
    return undefined
  }
}

/** Describes a living process, `self` by the pid that /proc has for it; undefined if it is gone, or without /proc. */
export const identify = (pid: number | 'self'): ProcessIdentity | undefined => {
  const living = parseStat(readStat(pid) ?? '')
  const place = living && readPlace()
  return place && { ...living, ...place }
}

/** Whether it is certain that the process lives; `stat` is the text of the `/proc/<pid>/stat` of its pid now. */
export const isCertainlyAlive = (identity: ProcessIdentity, here: Place, stat: string | undefined): boolean =>
  identity.bootId === here.bootId &&
  identity.pidNamespace === here.pidNamespace &&
  stat !== undefined &&
  parseStat(stat)?.startTime === identity.startTime

/** Whether it is certain that the process lives, and that its pid is not another's by now. */
export const isSameProcess = (identity: ProcessIdentity): boolean => {
  const here = readPlace()
  return here !== undefined && isCertainlyAlive(identity, here, readStat(identity.pid))
}
