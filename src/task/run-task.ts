import { ATTR_PROCESS_EXIT_CODE } from '@opentelemetry/semantic-conventions/incubating'
import { TaskbeatError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Progress } from '../progress/open-progress.ts'
import type { TaskRecord } from '../recorder/task-record.ts'
import type { Telemetry } from '../telemetry/start.ts'
import type { Workload, WorkloadEvent, WorkloadOutcome } from '../workload/workload.ts'
import { beginTask, type Decision, decideCheckpoint, decideEnd } from './decide.ts'
import { judge, type Verdict } from './outcome.ts'
import { saveSummary } from './summary.ts'
import { stoppedBy, untilStopped } from './until-stopped.ts'
import type { TaskView } from './view.ts'

export interface TaskOptions {
  readonly workload: Workload
  /** Opened, so that the platform sees the task before anything else is loaded. */
  readonly progress: Progress
  readonly resultsDir: string
  readonly telemetry: Telemetry
  readonly record: TaskRecord
  readonly view: TaskView
  /** Asks for the end; the reason is the name of a signal. */
  readonly stop: AbortSignal
  /** Most time that the end waits for telemetry. */
  readonly drainMs: number
}

/**
 * Runs a workload as a task: its events become progress, telemetry and lines for people, and its end becomes a
 * verdict. Whatever happens to telemetry, the verdict is the workload's.
 */
export const runTask = async (options: TaskOptions): Promise<Verdict> => {
  const { workload, progress, resultsDir, telemetry, record, view, stop, drainMs } = options
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

  const emit = (event: WorkloadEvent) => {
    switch (event.type) {
      case 'epoch-started':
        record.epochStarted(event.epoch)
        return
      case 'step':
        record.step(event)
        view.step(event)
        return
      case 'message':
        record.message(event.severity, event.text)
        view.message(event.text)
        return
      case 'checkpoint': {
        record.checkpointSaved(event)
        const { state: next, decisions } = decideCheckpoint(state, event)
        state = next
        for (const decision of decisions) if (decision.kind === 'announce') void announce(decision)
      }
    }
  }

  let isRecorded = false
  const endTelemetry = async (...end: Parameters<TaskRecord['ended']>) => {
    if (isRecorded) return
    isRecorded = true
    record.ended(...end)
    await telemetry.shutdown(drainMs)
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

  const complete = async (last: Decision | undefined): Promise<Verdict> => {
    const stopped = await untilStopped(progress.settled(), stop)
    if (stopped) return end(stopped)
    const isHeld = last?.kind === 'complete'
    const name = isHeld ? last.name : await saveSummary(resultsDir, progress, workload.name)
    await endTelemetry('INFO', `task completed: ${name} carries 100`, { [ATTR_PROCESS_EXIT_CODE]: 0 })
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
    await Promise.all([
      closed,
      endTelemetry(severity, `task ${text}`, { [ATTR_PROCESS_EXIT_CODE]: exitStatus }),
    ])
    return judge(outcome, progress.shown(), progress.waiting())
  }

  const end = async (outcome: WorkloadOutcome): Promise<Verdict> => {
    const last = announceRest(outcome)
    return outcome.kind === 'succeeded' ? complete(last) : fail(outcome)
  }

  const context = { resultsDir, stop, emit, isAnnounced: progress.isUsed }
  try {
    return await end(await workload.run(context))
  } catch (error) {
    if (!(error instanceof TaskbeatError)) {
      await Promise.all([progress.close(), endTelemetry('ERROR', 'task ended by a fault of taskbeat', {})])
      throw error
    }
    return fail({ kind: 'failed', exitStatus: error.exitStatus, reason: error.message })
  }
}
