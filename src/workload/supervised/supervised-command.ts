import { type Clock, wait } from '../../clock.ts'
import { memoryLimitBytes, readOomKills } from '../../host/cgroup/memory.ts'
import { durationText } from '../../terminal/duration.ts'
import type { SignalForwarding } from '../child/forward-signals.ts'
import type { Child } from '../child/start-child.ts'
import type { ChildEvent } from '../child-events/decode.ts'
import { type ChildEventCounts, followChildEvents } from '../child-events/follow.ts'
import type { MetricsFileFollower } from '../progress-reading/metrics-file.ts'
import type { Workload, WorkloadContext, WorkloadOutcome } from '../workload.ts'
import type { Announcer, AnnouncerContext } from './announce-checkpoints.ts'
import { endGroup } from './end-group.ts'
import { endStalled } from './end-stalled.ts'
import type { FollowedOutput } from './follow-output.ts'
import { outcomeOf } from './outcome.ts'
import { redactEvent } from './redact-event.ts'
import { watchForStall } from './stall-watch.ts'

type Emit = WorkloadContext['emit']

export interface SupervisedCommandOptions {
  /** The command's own name, without its arguments, which may hold secrets. */
  readonly name: string
  readonly child: Child
  readonly clock: Clock
  /** Aborted when the command has to end within the grace. */
  readonly stop: AbortSignal
  readonly asked: SignalForwarding['asked']
  /** Passes on and reads what it prints; undefined where that goes its own way. */
  readonly followOutput: ((emit: Emit) => FollowedOutput) | undefined
  /** The file that it may append events to, if it is ours to read. */
  readonly eventsFile: string | undefined
  /** Takes secrets out of what it tells of itself. */
  readonly redact: (text: string) => string
  readonly followMetrics: ((emit: Emit, warn: (text: string) => void) => MetricsFileFollower) | undefined
  readonly totalSteps: number | undefined
  /** Looks for checkpoints; undefined where another process does. */
  readonly startAnnouncer: ((context: AnnouncerContext) => Promise<Announcer>) | undefined
  /** Whether to look for some, even if the command tells of none. */
  readonly expectsCheckpoints: boolean
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly graceMs: number
  /** Longest time without progress, in milliseconds. */
  readonly stallMs: number | undefined
  /** Most time that a failed command's last checkpoints may take to be announced, in milliseconds. */
  readonly drainMs: number
}

/** What is known of a command beside its events. */
export interface SupervisionFacts {
  /** The most telling lines of its output; none if it was not captured. */
  readonly errorLines: readonly string[]
  /** Log records that were not sent because there were too many. */
  readonly cappedLogs: number
  readonly events: ChildEventCounts | undefined
  /** Processes of our cgroup that the out-of-memory killer has ended meanwhile. */
  readonly oomKills: number | undefined
  /** How long there was no progress, if it was ended for that. */
  readonly stalledMs: number | undefined
}

export interface SupervisedCommand extends Workload {
  readonly facts: () => SupervisionFacts
}

/** Time for what a command leaves behind to end by itself. */
const leftoverMs = 1_000
/** Time for output that is still under way when all processes are gone. */
const lateOutputMs = 1_000
/** Time for a reader that does not read, once the end was asked for. */
const stuckReaderMs = 2_000
/** Time for events and metrics that were written before the end, on a disk that answers. */
const lateEventsMs = 10_000
/** A saving that the training has told of exempts from the stall limit for so long. */
const longestSavingMs = 3_600_000

const startCounting = (read: () => number | undefined) => {
  const before = read()
  return () => {
    const now = read()
    return now === undefined || before === undefined ? undefined : now - before
  }
}

/** A running command as a workload. */
export const supervisedCommand = (options: SupervisedCommandOptions): SupervisedCommand => {
  const { name, child, stop, clock, graceMs, eventsFile, stallMs } = options
  const oomKills = startCounting(readOomKills)
  let stalledMs: number | undefined
  let killedAfterMs: number | undefined
  let facts = (): SupervisionFacts => ({
    ...{ errorLines: [], cappedLogs: 0, events: undefined, oomKills: oomKills(), stalledMs },
  })

  const run = async (context: WorkloadContext): Promise<WorkloadOutcome> => {
    const { emit, training } = context
    const warn = (text: string) => emit({ type: 'message', severity: 'WARN', text })
    const startedMs = clock.monotonicMs()
    let savingUntilMs = Number.NEGATIVE_INFINITY
    let savingSince: Date | undefined
    if (options.totalSteps !== undefined)
      emit({ type: 'progress', totalSteps: options.totalSteps, metrics: {} })

    const output = options.followOutput?.(emit)
    const metrics = options.followMetrics?.(emit, warn)
    let announcer: Announcer | undefined
    let starting: Promise<Announcer | undefined> | undefined
    const lookForCheckpoints = () => {
      starting ??= options.startAnnouncer?.(context).then(
        (started) => {
          announcer = started
          return started
        },
        (error: Error) => {
          emit({ type: 'message', severity: 'ERROR', text: `no checkpoint is announced: ${error.message}` })
          return undefined
        },
      )
      return starting
    }
    if (options.expectsCheckpoints) void lookForCheckpoints()

    const onChildEvent = (event: ChildEvent) => {
      if (event.type === 'checkpoint-started') {
        savingUntilMs = clock.monotonicMs() + longestSavingMs
        savingSince = event.at
      } else if (event.type === 'checkpoint-declared') {
        savingUntilMs = Number.NEGATIVE_INFINITY
        const declaration = { ...event, ...(savingSince && { startedAt: savingSince }) }
        savingSince = undefined
        void lookForCheckpoints()?.then((started) => started?.declare(declaration))
      } else emit(redactEvent(event, options.redact))
    }
    const events =
      eventsFile === undefined
        ? undefined
        : followChildEvents({
            ...{ path: eventsFile, clock, emit: onChildEvent },
            onTrouble: (error) => warn(`${eventsFile} cannot be read: ${(error as Error).message}`),
          })
    facts = () => ({
      errorLines: output?.errorLines() ?? [],
      cappedLogs: output?.cappedLogs() ?? 0,
      events: events?.counts(),
      oomKills: oomKills(),
      stalledMs,
    })

    const onStall = async (silentMs: number) => {
      stalledMs = silentMs
      const lines = facts().errorLines.join(' | ')
      const text = `no progress for ${durationText(silentMs)} (--stall): ending ${name}${lines && `; its last lines: ${lines}`}`
      emit({ type: 'message', severity: 'ERROR', text })
      await endStalled(child, graceMs, clock)
    }
    const endStallWatch =
      stallMs === undefined
        ? () => {}
        : watchForStall({
            ...{ limitMs: stallMs, training, clock, lastOutputMs: output?.lastMs ?? (() => startedMs) },
            isSaving: () => announcer?.isSaving() === true || clock.monotonicMs() < savingUntilMs,
            onStall: (ms) => void onStall(ms),
          })
    const onStop = () => {
      clock.after(graceMs, () => {
        if (child.hasExited()) return
        killedAfterMs = graceMs
        child.signalGroup('SIGKILL')
      })
    }
    if (stop.aborted) onStop()
    else stop.addEventListener('abort', onStop, { once: true })
    const graceLeftMs = () => {
      const { at } = options.asked() ?? {}
      return at === undefined ? graceMs : Math.max(0, graceMs - (clock.now().getTime() - at.getTime()))
    }

    const exit = await child.exited
    const exitedAt = clock.now()
    endStallWatch()
    context.ended()
    announcer?.stop()
    const { signal } = options.asked() ?? {}
    await endGroup({ child, signal, clock, graceMs: signal === undefined ? leftoverMs : graceLeftMs() })
    // from here on a stop is for whoever still waits, be it for a reader or for the last turn
    const isStopped = new Promise<void>((resolve) => {
      if (!stop.aborted) stop.addEventListener('abort', () => resolve(), { once: true })
    })
    const isGivenUp = stop.aborted ? wait(clock, stuckReaderMs) : isStopped
    await output?.end(lateOutputMs, isGivenUp)
    await Promise.race([Promise.all([events?.drain(), metrics?.drain()]), wait(clock, lateEventsMs)])
    events?.close()
    metrics?.close()

    const asked = options.asked()
    const outcome = outcomeOf({
      ...{ name, exit, stalledMs, killedAfterMs, oomKills: oomKills() },
      memoryLimitBytes: memoryLimitBytes(),
      asked: asked && { signal: asked.signal, tookMs: exitedAt.getTime() - asked.at.getTime() },
    })
    if (asked) {
      const attributes = { 'taskbeat.signal': asked.signal }
      emit({ type: 'phase', name: 'workload', startedAt: asked.at, endedAt: exitedAt, attributes })
    }
    const last = await starting
    if (!last) return outcome
    const limits = { succeeded: Number.POSITIVE_INFINITY, failed: options.drainMs, stopped: graceLeftMs() }
    const isComplete = outcome.kind === 'succeeded'
    const endedWell = isComplete || (outcome.kind === 'stopped' && exit.signal !== 'SIGKILL')
    const rest = last.finish({ endedWell, isComplete }, limits[outcome.kind])
    await Promise.race([rest, isStopped])
    emit({ type: 'phase', name: 'checkpoints', startedAt: exitedAt, endedAt: clock.now(), attributes: {} })
    return outcome
  }
  return { name, run, facts: () => facts() }
}
