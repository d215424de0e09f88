import { silentRecord } from '../task-record/record.ts'
import type { Route } from '../telemetry/route.ts'
import { destinationText, goNowhere } from '../telemetry/signals.ts'
import { loadLibC } from '../workload/child/libc.ts'
import type { Attributes, WorkloadEvent } from '../workload-events.ts'
import { stepsLost } from './attempt-file.ts'
import { commandOf, redactsEvents } from './command-of.ts'
import { keepNotes } from './keep-notes.ts'
import { keepsLogbook } from './keeps-logbook.ts'
import { loadTelemetry, type Recording } from './load-telemetry.ts'
import { openTaskLogbook, type TaskLogbook } from './logbook/open-task-logbook.ts'
import type { MachineSubject } from './machine-of.ts'
import type { Verdict } from './outcome.ts'
import { destinationLines } from './places.ts'
import { withAccount } from './run-account.ts'
import { type RunFacts, runSummary } from './run-summary.ts'
import { runTask } from './run-task.ts'
import { saveOwnSummary } from './summary.ts'
import { summaryMarkdown } from './summary-markdown.ts'
import type { SupervisedTask } from './supervised-task.ts'
import { writeTerminationLog } from './termination-log.ts'
import { trainerStatusOf } from './trainer-status-of.ts'
import { createTraining, type Training } from './training.ts'
import { verdictText } from './verdict-text.ts'
import { createView, lostItems } from './view.ts'

interface Telling extends Recording {
  readonly routes: readonly Route[]
  readonly shutdown: (limitMs: number) => Promise<unknown>
  /** Of a process that telemetry has started. */
  readonly helperPid: () => number | undefined
}

const silence: Telling = {
  record: silentRecord,
  routes: [],
  shutdown: async () => true,
  helperPid: () => undefined,
}

const subjectOf = (task: SupervisedTask, training: Training): MachineSubject => ({
  // one that could not be started has no processes
  pid: task.child.pid ?? process.pid,
  environment: task.environment,
  steps: () => training.state().step,
})

/** Loads and starts what telemetry needs. */
const startTelemetryOf = async (
  task: SupervisedTask,
  training: Training,
  logbook: TaskLogbook | undefined,
): Promise<Telling> => {
  const { previous, role, trace, startedAt } = task
  const source = { ...task, onMachine: logbook?.onMachine }
  const { start, ...telemetry } = await loadTelemetry(source, {
    ...{ trace, rank: role.rank },
    subject: subjectOf(task, training),
  })
  const lost = stepsLost(previous)
  const recording = start(task.name, {
    ...{ startedAt, previous: previous?.traceparent, isExact: false },
    readings: {
      progressAgeSeconds: () => training.ageMs() / 1_000,
      timeToGoSeconds: training.timeToGoSeconds,
    },
    attributes: lost === undefined ? {} : { 'taskbeat.steps.lost': lost },
  })
  return { ...recording, ...telemetry }
}

/** Its logbook, if it keeps one. */
const openLogbookOf = (task: SupervisedTask, training: Training): TaskLogbook | undefined => {
  if (!keepsLogbook(task)) return undefined
  const capturesOutput = task.child.output !== undefined && task.settings.captureLogs !== false
  const loadRedactor = async () => {
    const { createRedactor } = await import('../workload/output/redact.ts')
    return createRedactor(task.environment)
  }
  return openTaskLogbook({
    ...{ ...task, command: task.name, training, capturesOutput },
    loadRedactor: redactsEvents(task) ? undefined : loadRedactor,
  })
}

/** Nothing is loaded if there is nowhere to send it; a telemetry that cannot start is no reason to end a command. */
const startRecording = async (
  task: SupervisedTask,
  training: Training,
  logbook: TaskLogbook | undefined,
): Promise<Telling> => {
  if (goNowhere(task.destinations)) return silence
  try {
    return await startTelemetryOf(task, training, logbook)
  } catch (error) {
    task.screen.line(`taskbeat: telemetry could not be started: ${(error as Error).message}`)
    return silence
  }
}

/** As process 1 of a container we wait for the children of others too. */
const reapAsInit = async (
  { child, screen, pagePid }: SupervisedTask,
  helperPid: () => number | undefined,
) => {
  if (process.pid !== 1) return
  const { reapOrphans } = await import('../workload/child/reap-orphans.ts')
  const libC = await loadLibC()
  if (libC) reapOrphans(libC.waitId, (pid) => [child.pid, helperPid(), pagePid?.()].includes(pid))
  else
    screen.line(
      'taskbeat: orphans stay in the process table, as koffi is not installed; use docker run --init',
    )
}

const hint =
  'no telemetry: name a collector with --endpoint (OTEL_EXPORTER_OTLP_ENDPOINT), or show it with --console text'

const placeLines = ({ settings, destinations }: SupervisedTask) => {
  if (!goNowhere(destinations)) return destinationLines(destinations)
  return settings.sdkDisabled ? [] : [hint]
}

/** Reads the machine for the page of the run, where telemetry does not; it shows nothing without a logbook. */
const watchMachineOf = async (task: SupervisedTask, training: Training, logbook: TaskLogbook | undefined) => {
  if (!logbook || !task.settings.ui) return undefined
  const { watchMachine } = await import('./logbook/watch-machine.ts')
  const onTrouble = (text: string) => task.screen.line(`taskbeat: ${text}`)
  // what is only to be looked at is no reason to leave the command alone
  return watchMachine({ ...task, ...subjectOf(task, training), onTrouble }, logbook.onMachine).catch(
    (error: unknown) => {
      onTrouble(`the page has nothing of the machine: ${error}`)
      return undefined
    },
  )
}

/** Runs a command that was started as a task; the verdict is the last on stderr. Resolves to the exit status. */
export const superviseTask = async (given: SupervisedTask): Promise<number> => {
  const { settings, progress, role, screen, forwarding, clock, startedAt } = given
  const { resultsDir } = settings
  const training = createTraining(clock)
  let helperPid = (): number | undefined => undefined
  const reaping = reapAsInit(given, () => helperPid())
  const logbook = openLogbookOf(given, training)
  // what is told of trouble is written down too
  const task = { ...given, ...(logbook && { screen: logbook.screen }) }
  const recording = await startRecording(task, training, logbook)
  const machine = await watchMachineOf(task, training, logbook)
  logbook?.followRoutes(recording.routes)
  const { record, witness, routes, shutdown: deliver } = recording
  helperPid = () => recording.helperPid() ?? machine?.helperPid()
  let flush: { name: string; startedAt: Date; endedAt: Date } | undefined
  const shutdown = async (limitMs: number) => {
    const flushedFrom = clock.now()
    machine?.close()
    await deliver(limitMs)
    flush = { name: 'telemetry', startedAt: flushedFrom, endedAt: clock.now() }
  }
  const notes = task.notes && keepNotes(resultsDir, task.notes, clock)
  const command = await commandOf(task)
  const { timeToGoSeconds } = training
  // the terminal is the command's, which tells of its steps itself; one rank tells of states
  const full = createView({ screen, clock, routes, timeToGoSeconds })
  const view = { ...full, step: () => {}, progress: role.writesProgress ? full.progress : () => {} }
  for (const line of placeLines(task)) view.tell(line)

  const { workload, account } = withAccount(command, clock, (event: WorkloadEvent) => {
    if (event.type === 'progress') notes?.step(training.state())
    if (event.type === 'checkpoint') {
      const { name, step = training.state().step } = event
      notes?.checkpoint({ name, ...(step !== undefined && { step }) })
    }
  })
  const factsOf = (verdict: Pick<Verdict, 'exitStatus'>): RunFacts => {
    const { errorLines, cappedLogs, events, oomKills, stalledMs } = command.facts()
    const { outcome, checkpoints, checkpointCount, phases } = account()
    return {
      ...{ taskId: settings.taskId, taskName: settings.taskName, command: [task.name] },
      ...{ runId: progress.runId, attempt: progress.attempt, startedAt, endedAt: clock.now() },
      durationMs: clock.monotonicMs() - task.startedMs,
      outcome: {
        kind: outcome?.kind ?? 'failed',
        exitStatus: verdict.exitStatus,
        ...(outcome?.kind === 'stopped' && { signal: outcome.signal }),
        ...(outcome?.kind === 'failed' && { reason: outcome.reason }),
        ...(oomKills !== undefined && { oomKills }),
        stalled: stalledMs !== undefined,
      },
      ...{ training: training.state(), checkpoints, checkpointCount },
      errorLines: outcome?.kind === 'succeeded' ? [] : errorLines,
      telemetry: routes.map(({ signal, destination, tally, reasons }) => ({
        ...{ signal, destination: destinationText(destination) },
        ...{ emitted: tally.emitted, delivered: tally.delivered, waiting: tally.waiting },
        ...{ retried: tally.retried, replayed: tally.replayed },
        dropped: Object.fromEntries(reasons),
      })),
      childEvents: events ?? { used: 0, refused: {} },
      logRecordsCapped: cappedLogs,
      endPhases: flush ? [...phases, flush] : phases,
      stepsLost: stepsLost(task.previous),
    }
  }
  const summaryFiles = (exitStatus: number) => {
    const summary = runSummary(factsOf({ exitStatus }))
    return {
      'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
      'summary.md': summaryMarkdown(summary),
    }
  }
  const facts = (): Attributes => {
    const { oomKills, errorLines } = command.facts()
    const hasFailed = account().outcome?.kind !== 'succeeded'
    const { step } = training.state()
    const { checkpoint } = notes?.notes() ?? {}
    return {
      ...(oomKills !== undefined && { 'taskbeat.oom_kills': oomKills }),
      ...(step !== undefined && { 'taskbeat.step.last': step }),
      ...(checkpoint && { 'taskbeat.checkpoint': checkpoint.name }),
      ...(hasFailed && errorLines.length > 0 && { 'taskbeat.error_lines': errorLines.join('\n') }),
    }
  }
  const verdict = await runTask({
    ...{ workload, progress, resultsDir, record, witness, view, training, shutdown, facts },
    onEvent: logbook?.onEvent,
    stop: forwarding.stop,
    drainMs: settings.drainSeconds * 1_000,
    percentMovesAlone: settings.results === 'none',
    ...(role.writesProgress && {
      trainerStatus: await trainerStatusOf(settings, screen.line, clock),
      summaryFiles: () => summaryFiles(0),
    }),
  }).catch(async (error: unknown) => {
    await logbook?.close()
    throw error
  })

  const { checkpoint } = notes?.notes() ?? {}
  const errorLines = verdict.severity === 'ERROR' ? command.facts().errorLines : []
  const lines = verdictText({
    sentence: verdict.text,
    errorLines,
    training: training.state(),
    checkpoint,
    lost: lostItems(routes),
  })
  if (notes) {
    const { exitStatus, text } = verdict
    await Promise.all([
      notes.end({ at: clock.now().toISOString(), exitStatus, text }),
      saveOwnSummary(resultsDir, summaryFiles(exitStatus)),
      logbook?.end(verdict, errorLines),
    ])
  }
  if (verdict.severity !== 'INFO') writeTerminationLog(lines.join('\n'))
  await reaping
  const [first, ...rest] = lines
  screen.line(`taskbeat: ${first}`)
  for (const line of rest) screen.line(line)
  return verdict.exitStatus
}
