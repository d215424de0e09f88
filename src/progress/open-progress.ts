import { join } from 'node:path'
import { type Clock, systemClock } from '../clock.ts'
import { cannotWrite } from '../disk-errors.ts'
import { TaskbeatError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { randomUuid } from '../random-uuid.ts'
import type { ResultStrategy } from './contract.ts'
import { type Disk, realDisk } from './file.ts'
import { documentText, writeFirst } from './first-write.ts'
import { startHeartbeat } from './heartbeat.ts'
import { journalPath, openJournal } from './journal.ts'
import { accept, beginPlan, lastState, type Plan, type ProgressState } from './plan.ts'
import type { Resumption } from './resume.ts'

export type { ProgressState } from './plan.ts'

export interface ProgressOptions {
  /** Directory that holds the checkpoints; made if it is missing. */
  readonly resultsDir: string
  /** @default `<resultsDir>/progress` */
  readonly file?: string
  /** The task's id (`NVCT_TASK_ID`); empty where no platform runs the task. @default '' */
  readonly taskId?: string
  /** Whether the platform uploads each named directory. @default 'UPLOAD', the stricter one */
  readonly strategy?: ResultStrategy
  /**
   * Longest time between two writes, in milliseconds, up to 180,000; each process takes up to a tenth less.
   * @default 60_000
   */
  readonly heartbeatMs?: number
  /** Least time that a state stays in the file, in milliseconds. @default 6_000 with a task id, else 0 */
  readonly dwellMs?: number
  /** Name of the run, the same across restarts. @default the one of the last attempt here, else a new UUID */
  readonly runId?: string
  /** Told, in a sentence, of a write that failed, a state that was refused, and what an earlier attempt left broken. */
  readonly onTrouble?: (message: string) => void
  readonly clock?: Clock
  readonly disk?: Disk
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number
}

/** What is told of a progress file as it happens. */
export interface ProgressListener {
  /** It was written: for a new state, or for a heartbeat. */
  readonly onWritten: (state: ProgressState) => void
  /** As `ProgressOptions.onTrouble` is told. */
  readonly onTrouble: (message: string) => void
}

/** The progress file of one task, kept alive until it is completed, failed or closed. */
export interface Progress {
  /** What the file says now. */
  readonly shown: () => ProgressState
  /** What it will say when nothing waits any more. */
  readonly last: () => ProgressState
  /** How many accepted states are not in the file yet. */
  readonly waiting: () => number
  /** What was found at the start. `complete`: an earlier attempt has published 100, or has yet to. */
  readonly start: 'fresh' | 'resumed' | 'corrupt' | 'complete'
  readonly runId: string
  /** 1 for the first life of the run in this results directory. */
  readonly attempt: number
  /** Whether a state of that name was accepted before, by this attempt or an earlier one. */
  readonly isUsed: (name: string) => boolean

  /**
   * Announces a complete directory under the results directory. States queue, each staying for the dwell time;
   * the promise resolves when this one is in the file. Nobody needs to wait for it: a rejection that is not
   * handled ends no program, and a refusal is told to `onTrouble` as well.
   *
   * @param name - the directory's name: 1 to 190 of `a-z A-Z 0-9 ! _ - . * ' ( )`, never used before. Free, and
   * may repeat, where results are not uploaded
   * @param percentComplete - integer from 1 to 99 that does not fall
   * @throws {TaskbeatError} as a rejection: `RULE` if the platform would refuse it, and nothing is written;
   * `CLOSED` if it was still waiting at the end, when the next attempt announces it, or came after the end
   */
  readonly checkpoint: (name: string, percentComplete: number, metadata?: JsonObject) => Promise<void>
  /**
   * Resolves when nothing waits.
   *
   * @throws {TaskbeatError} as `settled` does
   */
  readonly announced: () => Promise<void>
  /**
   * Resolves when nothing waits and the shown state has stayed for the dwell time; 100, which nothing follows, need
   * not stay.
   *
   * @throws {TaskbeatError} as a rejection: `NOT_WRITABLE` (73) when the disk refuses for a minute, `CLOSED` at the end
   */
  readonly settled: () => Promise<void>
  /**
   * Announces the last directory with 100, and ends the heartbeat. The platform stops task and collector the
   * moment it reads 100: flush telemetry before.
   *
   * @param name - as for `checkpoint`; may be left out only where results are not uploaded
   * @throws {TaskbeatError} as `checkpoint` and `settled` do
   */
  readonly complete: (name?: string, metadata?: JsonObject) => Promise<void>
  /**
   * The workload failed: what waits is still announced for up to `drainMs` (default 0), then the heartbeat ends.
   * Never writes 100.
   */
  readonly fail: (reason: string, options?: { drainMs?: number }) => Promise<void>
  /** Tells of all that happens from now on; a listener must not throw. */
  readonly follow: (listener: ProgressListener) => void
  /** Nothing trains any more: no heartbeat says so from now on; what waits is still announced. */
  readonly rest: () => void
  /** Ends the heartbeat, leaves the file as it is, and the results directory to the next attempt. */
  readonly close: () => Promise<void>
}

/** The platform's documentation asks for a change every 3 minutes; its worker waits for 5. */
const longestHeartbeatMs = 180_000

/** After so many failures in a row, a minute of them, a task that is otherwise over does not wait any longer. */
const mostFailures = 8

const outOfRange = (name: string, value: number, accepted: string) =>
  new TaskbeatError('RULE', `${name} is ${value}, but accepted is ${accepted}`, { exitStatus: 64 })

const tooEarly = () =>
  new TaskbeatError('RULE', '100 ends the task at once: announce the last directory with complete()')

const closed = ({ name }: ProgressState, consequence: string) =>
  new TaskbeatError('CLOSED', `'${name}' was not announced: ${consequence}`)

const isCompleted = ({ shown, pending }: Resumption) => (pending.at(-1) ?? shown).percentComplete === 100

/**
 * Opens the progress file of a task, and keeps it alive.
 *
 * When it returns the first document is on the disk: percent 0 for a new task, the last state for a restarted
 * one. A file that says nothing usable is copied to `<file>.corrupt-<time>` and reported, not trusted.
 *
 * @throws {TaskbeatError} `NOT_WRITABLE` (exit status 73) if the file cannot be written, `FOREIGN_TASK` (73) if it
 * belongs to another task, `IN_USE` (73) if a task that still runs has the results directory, `RULE` (64) if
 * `heartbeatMs` or `dwellMs` is out of range
 *
 * @example
 * ```ts
 * const progress = openProgress({ resultsDir: '/var/task/results', taskId: process.env.NVCT_TASK_ID ?? '' })
 * await progress.checkpoint('step-100', 50, { loss: 0.7 })
 * await progress.complete('final')
 * ```
 *
 * @see docs/progress.md
 */
export const openProgress = (options: ProgressOptions): Progress => {
  const {
    resultsDir,
    strategy = 'UPLOAD',
    heartbeatMs = 60_000,
    clock = systemClock,
    disk = realDisk,
    random = Math.random,
  } = options
  const { file = join(resultsDir, 'progress') } = options
  const listeners: ProgressListener[] = []
  const onTrouble = (message: string) => {
    options.onTrouble?.(message)
    for (const listener of listeners) listener.onTrouble(message)
  }
  if (!(heartbeatMs > 0 && heartbeatMs <= longestHeartbeatMs)) {
    throw outOfRange('heartbeatMs', heartbeatMs, `more than 0 and at most ${longestHeartbeatMs}`)
  }
  const { dwellMs = 0 } = options
  if (!(dwellMs >= 0 && dwellMs < Number.POSITIVE_INFINITY)) {
    throw outOfRange('dwellMs', dwellMs, 'a number of at least 0')
  }
  const givenTaskId = options.taskId ?? ''
  const journalFile = journalPath(resultsDir)
  const first = writeFirst({ resultsDir, file, taskId: givenTaskId, clock, disk, onTrouble })
  const { resumption, entries, isTorn } = first

  const taskId = givenTaskId || resumption.taskId
  // tasks that start together do not write together for ever
  const ownHeartbeatMs = heartbeatMs * (0.9 + 0.1 * random())
  let pace = { heartbeatMs: ownHeartbeatMs, dwellMs: options.dwellMs ?? (taskId === '' ? 0 : 6_000) }
  const usedNames = new Set(resumption.usedNames)
  const previous = entries.findLast((entry) => entry.type === 'attempt')
  const runId = options.runId ?? previous?.runId ?? randomUuid()
  const attempt = previous?.runId === runId ? previous.attempt + 1 : 1

  let journalFailed = false
  const journal = openJournal({
    path: journalFile,
    disk,
    isTorn,
    onFailure: (error) => {
      if (!journalFailed)
        onTrouble(`${cannotWrite(journalFile, error).message}; a restart may announce a state again`)
      journalFailed = true
    },
  })
  const at = () => clock.now().toISOString()
  const markShown = ({ name, percentComplete }: ProgressState) => {
    if (name !== '') journal.append({ type: 'shown', name, percentComplete })
  }
  const impatient = new Set<PromiseWithResolvers<never>>()
  const announced = new Map<ProgressState, PromiseWithResolvers<void>>()

  const settleAnnouncement = (state: ProgressState) => {
    announced.get(state)?.resolve()
    announced.delete(state)
  }

  const heartbeat = startHeartbeat({
    plan: beginPlan(resumption.shown, clock.monotonicMs(), resumption.pending),
    pace: () => pace,
    clock,
    write: async (state, kind) => {
      // without its journal a state is still announced: the platform waits for it, a restart may never come
      if (kind === 'publish') await journal.flush().catch(() => undefined)
      await disk.writeWhole(file, documentText(taskId, state, clock.now()))
      for (const { onWritten } of listeners) onWritten(state)
    },
    onPublished: (state) => {
      markShown(state)
      settleAnnouncement(state)
    },
    onFailure: (error, failuresInARow) => {
      if (failuresInARow === 1) onTrouble(`${cannotWrite(file, error).message}; trying again`)
      if (failuresInARow < mostFailures) return
      for (const { reject } of impatient) reject(cannotWrite(file, error))
    },
  })

  if (!isCompleted(resumption)) journal.append({ type: 'attempt', runId, attempt, at: at() })
  // the last attempt died right after it was shown, or another program wrote the file
  if (!resumption.isMarked) markShown(resumption.shown)

  let ending: Promise<void> | undefined
  const end = () => {
    ending ??= heartbeat.stop().then(async () => {
      for (const [state, { reject }] of announced) {
        reject(closed(state, 'its turn had not come; the next attempt announces it'))
      }
      announced.clear()
      await journal.flush().catch(() => undefined)
      first.release()
    })
    return ending
  }

  const announce = async (state: ProgressState) => {
    if (ending !== undefined) throw closed(state, 'the progress file is closed')
    const before = heartbeat.plan()
    const acceptance = accept(before, state, { strategy, isUsed: (name) => usedNames.has(name) })
    if (!acceptance.ok)
      throw new TaskbeatError('RULE', `this state breaks the contract: ${acceptance.reason}`)
    const isNewName = state.name !== lastState(before).name
    if (isNewName) journal.append({ type: 'accepted', ...state, at: at() })
    usedNames.add(state.name)
    const done = Promise.withResolvers<void>()
    announced.set(state, done)
    heartbeat.update(() => acceptance.plan)
    if (acceptance.replaced) settleAnnouncement(acceptance.replaced)
    await done.promise
  }

  const patiently = async (waiting: Promise<void>) => {
    const limit = Promise.withResolvers<never>()
    impatient.add(limit)
    try {
      await Promise.race([waiting, limit.promise])
    } finally {
      impatient.delete(limit)
    }
  }

  const isSettled = ({ queue, shown, shownSinceMs }: Plan, nowMs: number) =>
    queue.length === 0 && (shown.percentComplete === 100 || nowMs >= shownSinceMs + pace.dwellMs)

  return {
    shown: () => heartbeat.plan().shown,
    last: () => lastState(heartbeat.plan()),
    waiting: () => heartbeat.plan().queue.length,
    start: isCompleted(resumption)
      ? 'complete'
      : resumption.kind === 'complete'
        ? 'resumed'
        : resumption.kind,
    runId,
    attempt,
    isUsed: (name) => usedNames.has(name),
    checkpoint: (name, percentComplete, metadata = {}) => {
      const isTooEarly = percentComplete === 100
      const outcome = isTooEarly ? Promise.reject(tooEarly()) : announce({ name, percentComplete, metadata })
      outcome.catch(({ code, message }: TaskbeatError) => {
        if (code === 'RULE') onTrouble(`'${String(name)}' was not announced: ${message}`)
      })
      return outcome
    },
    announced: () => patiently(heartbeat.until(({ queue }) => queue.length === 0)),
    settled: () => patiently(heartbeat.until(isSettled)),
    complete: async (name = '', metadata = {}) => {
      await patiently(announce({ name, percentComplete: 100, metadata }))
      await end()
    },
    fail: async (reason, { drainMs = 0 } = {}) => {
      journal.append({ type: 'failed', reason, at: at() })
      if (drainMs > 0) {
        const limit = Promise.withResolvers<void>()
        const cancelLimit = clock.after(drainMs, limit.resolve, { keepsAlive: true })
        const drained = heartbeat.until((plan) => plan.queue.length === 0)
        await Promise.race([drained, limit.promise]).catch(() => undefined)
        cancelLimit()
      }
      await end()
    },
    follow: (listener) => {
      listeners.push(listener)
    },
    rest: () => {
      pace = { ...pace, heartbeatMs: Number.POSITIVE_INFINITY }
      heartbeat.update((plan) => plan)
    },
    close: end,
  }
}
