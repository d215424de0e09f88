import { basename } from 'node:path'
import { systemClock } from '../clock.ts'
import { keepCompiled } from '../compile-cache.ts'
import { TaskbeatError } from '../errors.ts'
import { giveUpRoot } from '../give-up-root.ts'
import { signals } from '../otlp/signals.ts'
import { unwrittenProgress } from '../progress/unwritten.ts'
import { randomUuid } from '../random-uuid.ts'
import type { Settings } from '../settings.ts'
import { writeFirstNotes } from '../task/first-notes.ts'
import { type Role, roleOf } from '../task/role.ts'
import { childVariables } from '../telemetry/child-variables.ts'
import { correlationKeysOf } from '../telemetry/correlation.ts'
import { type Destinations, selectDestinations } from '../telemetry/signals.ts'
import { taskTraceOf } from '../telemetry/task-trace.ts'
import { openScreen } from '../terminal/screen.ts'
import { shareStandardOutput } from '../terminal/shared-output.ts'
import { childEnvironment } from '../workload/child/environment.ts'
import { makeEventsFile } from '../workload/child/events-file.ts'
import { forwardSignals } from '../workload/child/forward-signals.ts'
import { loadLibC } from '../workload/child/libc.ts'
import { startChild } from '../workload/child/start-child.ts'
import type { Command } from './command.ts'
import { openTaskProgress } from './open-task-progress.ts'
import { shownSettingsOf } from './shown-settings.ts'
import { startPage } from './start-page.ts'

const openRunProgress = (
  settings: Settings,
  { writesProgress }: Role,
  onTrouble: (message: string) => void,
) => {
  if (writesProgress) return openTaskProgress(settings, onTrouble)
  return unwrittenProgress(settings.runId ?? settings.taskId ?? randomUuid(), settings.outerAttempt ?? 1)
}

/** All that can be wrong with the settings, before the command starts. */
const check = async (settings: Settings, destinations: Destinations, command: readonly string[]) => {
  if (command[0] === undefined || command[0] === '') {
    const message = 'run needs a command after --, as in: taskbeat run -- python train.py'
    throw new TaskbeatError('USAGE', message, { exitStatus: 64 })
  }
  const { checkpointGlobs, checkpointMarker } = settings
  if (checkpointGlobs.length > 0) {
    const { checkCheckpoints } = await import('../checkpoint/check.ts')
    checkCheckpoints(checkpointGlobs, checkpointMarker)
  }
  const places = signals.flatMap((signal) => destinations[signal])
  if (places.some((place) => place.kind === 'otlp' && (place.certificate ?? place.clientKey))) {
    const { checkTls } = await import('../telemetry/tls.ts')
    for (const signal of signals) for (const place of destinations[signal]) checkTls(place, signal)
  }
}

/** Whether the command's output has to pass through us. */
const mustCapture = (settings: Settings, destinations: Destinations, isShown: boolean) =>
  (settings.captureLogs ?? (isShown || destinations.logs.length > 0)) ||
  settings.progressPreset !== undefined ||
  settings.progressPattern !== undefined

/** What it reads, in the order of its help. */
const groups = [
  'general',
  'progress',
  'supervision',
  'telemetry',
  'machine',
  'ui',
  'logbook',
  'platform',
] as const

/** `taskbeat run`: any command, as a task. */
export const run: Command = {
  summary: 'run any command as a task',
  example: "taskbeat run --progress-preset hf --checkpoints 'checkpoint-*' -- python train.py",
  groups,
  operands: 'command',
  statuses: `the command's own; 128+n it died by signal n; 126 it may not be executed; 127 it is not there; 124 it stalled;
64 wrong use; 70 a fault of taskbeat; 73 results cannot be written; 78 wrong configuration`,
  supervises: true,
  run: async ({ settings, diagnosis, operands: command, environment, version, stdout, stderr }) => {
    const { resultsDir } = settings
    const destinations = selectDestinations(settings, 'nothing')
    await check(settings, destinations, command)
    const forwarding = forwardSignals()
    const role = roleOf(settings)
    if (settings.dropRoot) giveUpRoot(resultsDir)
    // of several ranks one is shown
    const isShown = settings.ui && role.writesProgress
    const capturesOutput = mustCapture(settings, destinations, isShown && settings.logbookMb > 0)
    // a pipe that the command has too is not ours to change
    if (!capturesOutput) shareStandardOutput()
    const screen = openScreen(() => ({ write: (text) => stderr().write(text) }))
    const progress = openRunProgress(settings, role, (message) => screen.line(`taskbeat: ${message}`))
    const { attempt, runId } = progress
    if (progress.start === 'complete') {
      const { leaveCompleted } = await import('../task/leave-completed.ts')
      return leaveCompleted({ progress, resultsDir, screen, stop: forwarding.stop })
    }
    const previous =
      role.writesProgress && progress.start !== 'fresh'
        ? await (await import('../task/previous-attempt.ts')).settlePrevious(resultsDir, screen)
        : undefined

    const eventsFile = settings.outerEvents ?? makeEventsFile(resultsDir, attempt, role.rank)
    const trace = taskTraceOf(settings, destinations)
    const startedAt = new Date()
    const startedMs = systemClock.monotonicMs()
    const libC = capturesOutput ? await loadLibC() : undefined
    const keys = correlationKeysOf(settings, progress)
    const childsEnvironment = childEnvironment(environment, {
      ...{ eventsFile, runId, attempt, capturesOutput },
      // spans of its own would have a parent that nobody sends
      traceparent: destinations.traces.length > 0 ? trace?.traceparent : undefined,
      beginsTrace: trace?.parentSpanId === undefined,
      telemetry: childVariables({ environment, settings, destinations, keys }),
    })
    const child = startChild({
      command,
      environment: childsEnvironment,
      capturesOutput,
      openPipe: libC?.openPipe,
    })
    forwarding.attach(child)
    const notes = role.writesProgress
      ? writeFirstNotes(resultsDir, { runId, attempt, startedAt, trace, pid: child.pid, previous })
      : undefined

    const task = {
      name: basename(command[0] ?? ''),
      ...{
        child,
        forwarding,
        progress,
        previous,
        notes,
        role,
        trace,
        startedAt,
        startedMs,
        settings,
        destinations,
        shownSettings: shownSettingsOf({ settings, diagnosis, groups }),
        screen,
      },
      // what its output must not show may have come from the file
      ...{ eventsFile, environment: childsEnvironment, stdout, stderr },
      version: version(),
      clock: systemClock,
    }
    // the command runs; all that takes time to load comes after
    keepCompiled(environment)
    const sentence = `This run has ended: taskbeat view ${resultsDir} shows it again.`
    const page = isShown
      ? startPage({ settings, directory: resultsDir, sentence, tell: screen.line })
      : undefined
    const supervised = import('../task/supervise-task.ts').then(({ superviseTask }) =>
      superviseTask({ ...task, pagePid: () => page?.pid() }),
    )
    const status = await supervised.catch(async (error: unknown) => {
      // a fault of ours is not the command's: it goes on to its end, its signals too, if without a heartbeat
      screen.line(`taskbeat: supervision has failed, and the command goes on without: ${error}`)
      const { stdout: out, stderr: err } = child.output ?? {}
      // nobody reads it yet, and a full pipe would hold the command up
      if (out?.readableFlowing === null) out.pipe(stdout(), { end: false })
      if (err?.readableFlowing === null) err.pipe(stderr(), { end: false })
      const { status } = await child.exited
      if (status === 0) throw error
      return status
    })
    await page?.end(forwarding.stop)
    return status
  },
}
