import type { Settings } from '../settings.ts'
import { goNowhere } from '../telemetry/signals.ts'
import { type SupervisedCommand, supervisedCommand } from '../workload/supervised/supervised-command.ts'
import { keepsLogbook } from './keeps-logbook.ts'
import type { SupervisedTask } from './supervised-task.ts'

const lookPauseMs = 2_000

/** Nothing is secret from nobody: where events go nowhere, but perhaps into the logbook, nothing is taken out here. */
export const redactsEvents = ({ destinations, child }: SupervisedTask): boolean =>
  !goNowhere(destinations) || child.output !== undefined

const redactorOf = async (task: SupervisedTask) => {
  if (!redactsEvents(task)) return (text: string) => text
  return (await import('../workload/output/redact.ts')).createRedactor(task.environment)
}

/** What passes the output on and reads it, loaded only where output comes to us. */
const outputOf = async (task: SupervisedTask, redact: (text: string) => string) => {
  const { settings, destinations, child, stdout, stderr, clock } = task
  if (!child.output) return undefined
  const { followOutput } = await import('../workload/supervised/follow-output.ts')
  const readProgress = await progressReaderOf(settings)
  const sendsLogs = (settings.captureLogs ?? true) && (destinations.logs.length > 0 || keepsLogbook(task))
  return (emit: Parameters<typeof followOutput>[0]['emit']) =>
    followOutput({
      ...{ child, stdout, stderr, sendsLogs, logRate: settings.logRate, redact, readProgress, emit, clock },
    })
}

const progressReaderOf = async ({
  progressPreset: preset,
  progressPattern: pattern,
  totalSteps,
}: Settings) => {
  if (preset === undefined && pattern === undefined) return undefined
  const { createProgressReader } = await import('../workload/progress-reading/presets.ts')
  return createProgressReader({
    ...(preset !== undefined && { preset }),
    ...(pattern !== undefined && { pattern }),
    ...(totalSteps !== undefined && { totalSteps }),
  })
}

const metricsOf = async ({ settings: { watchedMetricsFile: path }, clock }: SupervisedTask) => {
  if (path === undefined) return undefined
  const { followMetricsFile } = await import('../workload/progress-reading/metrics-file.ts')
  type Options = Parameters<typeof followMetricsFile>[0]
  return (emit: Options['emit'], onTrouble: NonNullable<Options['onTrouble']>) =>
    followMetricsFile({ path, clock, emit, onTrouble })
}

const announcerOf = ({ settings, progress, role, clock }: SupervisedTask) => {
  if (!role.writesProgress) return undefined
  const { resultsDir, checkpointGlobs: globs, checkpointMarker: marker, progressFile } = settings
  return async (context: Parameters<NonNullable<Options['startAnnouncer']>>[0]) => {
    const [{ createCheckpointWatch }, { startAnnouncer }] = await Promise.all([
      import('../checkpoint/watch.ts'),
      import('../workload/supervised/announce-checkpoints.ts'),
    ])
    const watch = createCheckpointWatch({
      ...{ resultsDir, globs, marker, progressFile, clock },
      ...{ quietMs: settings.checkpointQuietMs, isUsed: progress.isUsed },
    })
    return startAnnouncer({ watch, context, clock, pauseMs: lookPauseMs })
  }
}

type Options = Parameters<typeof supervisedCommand>[0]

/** The command of a task as a workload, of which is loaded what the settings ask for. */
export const commandOf = async (task: SupervisedTask): Promise<SupervisedCommand> => {
  const { settings, role, child, forwarding, clock } = task
  const redact = await redactorOf(task)
  const [followOutput, followMetrics] = await Promise.all([outputOf(task, redact), metricsOf(task)])
  return supervisedCommand({
    ...{ name: task.name, child, clock, stop: forwarding.stop, asked: forwarding.asked },
    ...{ redact, followOutput, followMetrics, startAnnouncer: announcerOf(task) },
    eventsFile: role.isNested ? undefined : task.eventsFile,
    totalSteps: settings.totalSteps,
    expectsCheckpoints: settings.checkpointGlobs.length > 0,
    graceMs: settings.stopGraceMs,
    stallMs: settings.stallMs,
    drainMs: settings.drainSeconds * 1_000,
  })
}
