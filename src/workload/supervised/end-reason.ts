import { constants } from 'node:os'
import { durationText } from '../../terminal/duration.ts'
import { sizeText } from '../../terminal/size.ts'

/** What is known of the end of a command. */
export interface CommandEnd {
  /** As a shell reports it: 128 + n for a death by signal n. */
  readonly exitStatus: number
  /** The signal that it died by. */
  readonly signal: NodeJS.Signals | undefined
  /** Why it could not be started: an error code of the system. */
  readonly startError: string | undefined
  /** Processes that the kernel killed for want of memory, in this attempt and our cgroup. */
  readonly oomKills: number
  /** The limit of the cgroup, if it has one. */
  readonly memoryLimitBytes: number | undefined
  /** It was ended because it had made no progress for so long, in milliseconds. */
  readonly stalledMs: number | undefined
  /** It was asked to end by this signal, and took so long. */
  readonly asked: { readonly signal: NodeJS.Signals; readonly tookMs: number } | undefined
  /** It was killed because it had not ended in that time after it was asked to. */
  readonly killedAfterMs: number | undefined
}

/** A duration to the tenth of a second while that matters: `2.3 s`, `25 s`, `30 min`. */
const shortDuration = (ms: number) =>
  ms >= 1_000 && ms < 59_950 ? `${Number((ms / 1_000).toFixed(1))} s` : durationText(ms)

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

/** A shell that runs a command reports its death by signal n as a status of its own. */
const statusText = (exitStatus: number) => {
  const name = signalNames.get(exitStatus - 128)
  return `exited with status ${exitStatus}${name === undefined ? '' : ` (128 + ${name})`}`
}

const outOfMemory = ({ memoryLimitBytes }: CommandEnd) =>
  `killed by the out-of-memory killer (${memoryLimitBytes === undefined ? 'no cgroup limit' : `cgroup limit ${sizeText(memoryLimitBytes)}`})`

/** Whether the kernel's victim was the command itself, or one that a shell reports as its own end. */
const isVictim = ({ oomKills, killedAfterMs, signal, exitStatus }: CommandEnd) =>
  oomKills > 0 &&
  killedAfterMs === undefined &&
  (signal === 'SIGKILL' || (signal === undefined && exitStatus === 128 + constants.signals.SIGKILL))

const ownEnd = (end: CommandEnd) => {
  const { killedAfterMs, signal, exitStatus } = end
  if (killedAfterMs !== undefined) return `killed after the grace of ${shortDuration(killedAfterMs)}`
  if (isVictim(end)) return outOfMemory(end)
  return signal === undefined ? statusText(exitStatus) : `died by ${signal}`
}

/** What we did to it. */
const ourPart = ({ stalledMs, asked }: CommandEnd) =>
  stalledMs === undefined ? asked && `stopped by ${asked.signal}` : `stalled for ${shortDuration(stalledMs)}`

/** What it came to after that, if that says more. */
const consequence = (end: CommandEnd) => {
  const { asked, stalledMs } = end
  if (end.killedAfterMs !== undefined) return `, ${ownEnd(end)}`
  if (isVictim(end)) return `, then ${ownEnd(end)}`
  return asked && stalledMs === undefined ? ` and gone after ${shortDuration(asked.tookMs)}` : ''
}

/** The loss of one process of many, such as a rank, may be why the others failed or waited for ever. */
const victims = (end: CommandEnd) => {
  const { oomKills, exitStatus, stalledMs } = end
  if (oomKills === 0 || isVictim(end) || (exitStatus === 0 && stalledMs === undefined)) return ''
  return `, after ${oomKills === 1 ? '1 process was' : `${oomKills} processes were`} ${outOfMemory(end)}`
}

/** In words, why a command has ended: what we did to it before what it did itself. */
export const endReason = (end: CommandEnd): string => {
  if (end.startError !== undefined) return `could not be started (${end.startError})`
  const ours = ourPart(end)
  return `${ours === undefined ? ownEnd(end) : `${ours}${consequence(end)}`}${victims(end)}`
}
