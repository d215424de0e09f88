import { TaskbeatError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { TrainerStatus } from '../kubeflow/trainer-status.ts'
import type { Progress } from '../progress/open-progress.ts'
import type { TellWorkload } from '../recorder/training/workload-training.ts'
import type { TaskRecord } from '../task-record/record.ts'
import type { Workload, WorkloadOutcome } from '../workload/workload.ts'
import type { Attributes, CheckpointEvent, ProgressEvent, WorkloadEvent } from '../workload-events.ts'
import { beginTask, type Decision, decideCheckpoint, decideEnd } from './decide.ts'
import { judge, type Verdict } from './outcome.ts'
import { saveSummary } from './summary.ts'
import { percentOf, type Training } from './training.ts'
import { stoppedBy, untilStopped } from './until-stopped.ts'
import type { TaskView } from './view.ts'

/** `process.exit.code` of the semantic conventions, of which nothing is loaded for a task without telemetry. */
const exitCodeKey = 'process.exit.code'

export interface TaskOptions {
  readonly workload: Workload
  /** Opened, so that the platform sees the task before anything else is loaded. */
  readonly progress: Progress
  readonly resultsDir: string
  readonly record: TaskRecord
  readonly view: TaskView
  readonly training: Training
  /** Asks for the end; the reason is the name of a signal. */
  readonly stop: AbortSignal
  /** Delivers what was recorded; resolves within the limit. */
  readonly shutdown: (limitMs: number) => Promise<unknown>
  /** Most time that the end waits for telemetry. */
  readonly drainMs: number
  /** Whether the progress file follows the percentage between two checkpoints, as it may where none are uploaded. */
  readonly percentMovesAlone: boolean
  /**
   * The files of the directory that carries 100 where no checkpoint does: name → text. Absent for a task that leaves the
   * results to another process.
   */
  readonly summaryFiles?: () => Readonly<Record<string, string>>
  /** Is told of all that happens to the workload, until the end; of a span, where it is recorded already. */
  readonly witness?: TellWorkload | undefined
  /** Is told of each event of the workload, once all else was. @default nobody */
  readonly onEvent?: ((event: WorkloadEvent) => void) | undefined
  /** Is told of progress too. @default nobody */
  readonly trainerStatus?: TrainerStatus | undefined
  /** What the end's telemetry tells beside the exit status. @default nothing */
  readonly facts?: () => Attributes
}

/**
 * Runs a workload as a task: its events become progress, telemetry and lines for people, and its end becomes a
 * verdict. Whatever happens to telemetry, the verdict is the workload's.
 */
export const runTask = async (options: TaskOptions): Promise<Verdict> => {
  const { workload, progress, resultsDir, record, view, training, stop, shutdown, drainMs } = options
  const { facts = () => ({}), witness, onEvent, trainerStatus } = options
  let state = beginTask(progress.last().percentComplete)

  const announce = async ({ name, percentComplete, metadata }: Extract<Decision, { kind: 'announce' }>) => {
    try {
      await progress.checkpoint(name, percentComplete, metadata)
      view.progress(percentComplete, name)
    } catch (error) {
      if (!(error instanceof TaskbeatError)) throw error
      // what was not announced when the task ended is counted in the verdict
      if (error.code === 'CLOSED') return
      // people were told by the progress file itself
      record.message('ERROR', `${name} was not announced: ${error.message}`)
    }
  }

  const announceCheckpoint = (event: CheckpointEvent) => {
    const { step, epoch, totalSteps, percent = 0 } = training.state()
    // by its own step, where it has one: it may be announced when the training is further already
    const own = percentOf(event.step, totalSteps) ?? percent
    const checkpoint = {
      ...event,
      percentComplete: event.percentComplete ?? Math.floor(own),
      ...(step !== undefined && event.step === undefined && { step }),
      ...(epoch !== undefined && event.epoch === undefined && { epoch }),
    }
    training.advance()
    record.checkpointSaved(checkpoint)
    const { state: next, decisions } = decideCheckpoint(state, checkpoint)
    state = next
    for (const decision of decisions) if (decision.kind === 'announce') void announce(decision)
  }

  const follow = (event: ProgressEvent) => {
    const now = training.apply(event)
    record.progress(now, event.metrics)
    view.step(now)
    trainerStatus?.tell({ ...now, timeToGoSeconds: training.timeToGoSeconds() })
    const percent = Math.min(99, Math.floor(now.percent ?? 0))
    if (!options.percentMovesAlone || percent <= progress.last().percentComplete) return
    // one that still waits is replaced; nobody looks at each
    progress.checkpoint(progress.last().name, percent, progress.last().metadata).catch(() => {})
  }

  const take = (event: WorkloadEvent) => {
    const recorded = witness?.(event)
    switch (event.type) {
      case 'epoch-started':
        return record.epochStarted(event.epoch)
      case 'progress':
        return follow(event)
      case 'checkpoint':
        return announceCheckpoint(event)
      case 'message':
        record.message(event.severity, event.text)
        return view.message(event.text)
      case 'log':
        return record.log(event)
      case 'event':
        return record.event(event)
      case 'error':
        return record.error(event)
      case 'span-started':
        return record.spanStarted(event, recorded)
      case 'span-ended':
        return record.spanEnded(event)
      case 'metric':
        return record.metric(event)
      case 'phase':
        return record.phase(event)
    }
  }

  const emit = (event: WorkloadEvent) => {
    take(event)
    onEvent?.(event)
  }

  let isRecorded = false
  const endTelemetry = async (...end: Parameters<TaskRecord['ended']>) => {
    if (isRecorded) return
    isRecorded = true
    const [severity, text, attributes] = end
    witness?.({ type: 'task-ended', error: severity === 'ERROR' ? text : undefined })
    record.ended(severity, text, { ...facts(), ...attributes })
    await Promise.all([shutdown(drainMs), trainerStatus?.end()])
  }

  /** Announces what is left to announce, and resolves to what has to happen last. */
  const announceRest = (outcome: WorkloadOutcome) => {
    const { decisions } = decideEnd(state, outcome)
    for (const decision of decisions) if (decision.kind === 'announce') void announce(decision)
    return decisions.at(-1)
  }

  const publish = async (name: string, metadata: JsonObject): Promise<WorkloadOutcome> => {
    if (stop.aborted) {
      announceRest(stoppedBy(stop))
      return stoppedBy(stop)
    }
    try {
      return (await untilStopped(progress.complete(name, metadata), stop)) ?? { kind: 'succeeded' }
    } catch (error) {
      if (!(error instanceof TaskbeatError)) throw error
      return { kind: 'failed', exitStatus: error.exitStatus, reason: error.message }
    }
  }

  const saveOwn = async () => {
    const files = options.summaryFiles?.()
    return files ? saveSummary(resultsDir, progress, files) : ''
  }

  const complete = async (last: Decision | undefined): Promise<Verdict> => {
    const stopped = await untilStopped(progress.settled(), stop)
    if (stopped) return end(stopped)
    const isHeld = last?.kind === 'complete'
    const name = isHeld ? last.name : await saveOwn()
    trainerStatus?.tell({ ...training.state(), percent: 100, timeToGoSeconds: 0 })
    await endTelemetry('INFO', `task completed${name && `: ${name} carries 100`}`, { [exitCodeKey]: 0 })
    const outcome = await publish(name, isHeld ? last.metadata : {})
    // 100 that could not be written stays in the journal: the next attempt publishes it, not this one any more
    await progress.close()
    if (progress.shown().percentComplete < 100) return judge(outcome, progress.shown(), progress.waiting())
    view.progress(100, name)
    return judge({ kind: 'succeeded' }, progress.shown(), 0)
  }

  const fail = async (outcome: WorkloadOutcome): Promise<Verdict> => {
    const { severity, text, exitStatus } = judge(outcome, progress.shown(), progress.waiting())
    // a task that was asked to end leaves what waits to the next attempt
    const closed =
      outcome.kind === 'stopped'
        ? progress.fail(text)
        : untilStopped(progress.fail(text, { drainMs }), stop).then(progress.close)
    await Promise.all([closed, endTelemetry(severity, `task ${text}`, { [exitCodeKey]: exitStatus })])
    return judge(outcome, progress.shown(), progress.waiting())
  }

  const end = async (outcome: WorkloadOutcome): Promise<Verdict> => {
    const last = announceRest(outcome)
    return outcome.kind === 'succeeded' ? complete(last) : fail(outcome)
  }

  const context = {
    resultsDir,
    stop,
    emit,
    isAnnounced: progress.isUsed,
    announced: progress.announced,
    ended: () => {
      progress.rest()
      witness?.({ type: 'work-ended' })
    },
    training,
  }
  try {
    const outcome = await workload.run(context)
    witness?.({ type: 'work-ended' })
    return await end(outcome)
  } catch (error) {
    if (!(error instanceof TaskbeatError)) {
      await Promise.all([progress.close(), endTelemetry('ERROR', 'task ended by a fault of taskbeat', {})])
      throw error
    }
    return fail({ kind: 'failed', exitStatus: error.exitStatus, reason: error.message })
  }
}
