import { basename } from 'node:path'
import type { Clock } from '../clock.ts'
import { type LoggedSetting, logbookVersion } from '../logbook/entry.ts'
import { openLogbook } from '../logbook/open-logbook.ts'
import { DOCUMENTED_STALE_AFTER_MS } from '../progress/contract.ts'
import type { EmulatedTask } from './emulation.ts'
import type { Status } from './findings/evidence.ts'
import type { ProgressLog } from './progress-log.ts'
import type { Report } from './report.ts'
import type { Checkpoint } from './uploads.ts'
import { limitsOf } from './worker/limits.ts'
import type { WorkerOptions } from './worker.ts'

export interface PlatformLogbookOptions {
  readonly directory: string
  readonly mostBytes: number
  readonly settings: readonly LoggedSetting[]
  readonly task: EmulatedTask
  readonly worker: WorkerOptions
  /** Takes secrets out of what the task has printed: the page of a run is shown to others. */
  readonly redact: (text: string) => string
  readonly clock: Clock
  readonly onTrouble: (message: string) => void
}

/** What the platform sees of a task, written down for people to look at. */
export interface PlatformLogbook {
  readonly onMoment: (text: string) => void
  readonly onStatus: (status: Status, error: string) => void
  /** The progress file was read. */
  readonly onSighting: (before: ProgressLog, now: ProgressLog) => void
  readonly onUploaded: (checkpoint: Checkpoint, begun: { startMs: number; percent: number }) => void
  /** Writes findings and verdict; resolves when all is on the disk, or the disk takes too long. */
  readonly end: (report: Report) => Promise<void>
  /** The same for an emulation that has come to no verdict. */
  readonly close: () => Promise<void>
}

/** Lines of a task's output that tell why it failed. */
const mostLines = 10

const outcomeOf = ({ verdict }: Report) => {
  if (verdict === 'COMPLETED') return 'succeeded'
  return verdict === 'CANCELED' ? 'stopped' : 'failed'
}

const commandOf = (task: EmulatedTask) => ('command' in task ? basename(task.command[0] ?? '') : task.image)

export const openPlatformLogbook = (options: PlatformLogbookOptions): PlatformLogbook => {
  const { directory, mostBytes, settings, task, worker, redact, clock, onTrouble } = options
  const { add, close } = openLogbook({ directory, maxBytes: mostBytes, onTrouble, clock })
  const nowMs = () => clock.now().getTime()
  const { staleMs, maxRunTimeMs, timeScale } = limitsOf(worker)
  add({
    ...{ k: 'begin', t: nowMs(), version: logbookVersion, by: 'platform', taskId: worker.taskId },
    command: commandOf(task),
    limits: {
      staleAfterMs: staleMs,
      documentedStaleAfterMs: DOCUMENTED_STALE_AFTER_MS / timeScale,
      ...(Number.isFinite(maxRunTimeMs) && { maxRunTimeMs }),
    },
    ...{ settings, capturesOutput: false },
  })
  return {
    onMoment: (text) => {
      const severity = /^(fault\b|cannot|refused)/.test(text) ? 'WARN' : 'INFO'
      add({ k: 'moment', t: nowMs(), severity, text: redact(text) })
    },
    onStatus: (status, error) => {
      add({ k: 'status', t: nowMs(), status, ...(error !== '' && { error: redact(error) }) })
    },
    onSighting: (before, now) => {
      const { last } = now
      if (last && now.states.length > before.states.length)
        add({ k: 'state', t: nowMs(), percent: last.percentComplete, name: last.name })
      else if (now.heartbeats > before.heartbeats) add({ k: 'beat', t: nowMs() })
    },
    onUploaded: ({ name, sizeBytes, files, fault }, begun) => {
      add({
        ...{ k: 'checkpoint', t: nowMs(), name, ...begun, sizeBytes, files },
        ...(fault !== undefined && { fault }),
      })
    },
    end: async (report) => {
      for (const { id, severity, isAllowed, seen, platform, remedy } of report.findings)
        add({
          ...{ k: 'finding', id, severity: isAllowed ? 'note' : severity },
          ...{ seen: redact(seen), platform, remedy },
        })
      const outcome = outcomeOf(report)
      const lines = redact(report.task.outputTail)
        .split('\n')
        .filter((line) => line.trim() !== '')
      add({
        ...{ k: 'end', t: nowMs(), text: redact(`${report.verdict}: ${report.reason}`), outcome },
        exitStatus: report.task.status,
        errorLines: outcome === 'failed' ? lines.slice(-mostLines) : [],
      })
      await close()
    },
    close,
  }
}
