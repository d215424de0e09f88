import { type Signal, signals } from '../otlp/signals.ts'
import { type Account, accountOf } from './findings/account.ts'
import type { Finding } from './findings/catalogue.ts'
import type { Evidence, Status, WorkerFault } from './findings/evidence.ts'
import { findAll } from './findings/find.ts'
import type { SeenState } from './progress-log.ts'
import type { LedgerSummary } from './receiver.ts'
import type { Checkpoint } from './uploads.ts'
import { apiError } from './worker.ts'

/** Something that happened, for people. */
export interface Moment {
  /** Milliseconds since the task began. */
  readonly atMs: number
  readonly text: string
}

/** All that the emulator says of one task. Times are milliseconds since the task began. */
export interface Report {
  readonly verdict: Status
  /** Why, in one sentence. */
  readonly reason: string
  /** COMPLETED, and no finding but notes and those that were allowed. */
  readonly isFlawless: boolean
  /** By how much the platform's own limits were shortened; 1: not at all. */
  readonly timeScale: number
  readonly findings: readonly Finding[]
  readonly timeline: readonly Moment[]
  readonly states: readonly (SeenState & { readonly wasSent: boolean })[]
  readonly heartbeats: {
    readonly count: number
    readonly longestGapMs: number
    readonly longestGapEndMs: number
  }
  readonly checkpoints: readonly (Checkpoint & { readonly isChanged: boolean })[]
  readonly telemetry: Readonly<Record<Signal, Account>>
  readonly received: LedgerSummary
  readonly task: {
    readonly status: number
    readonly signal: string | undefined
    readonly durationMs: number
    /** How long it lived after 100 was accepted. */
    readonly afterCompleteMs: number | undefined
    /** At most 1,024 bytes. */
    readonly outputTail: string
  }
}

const exitText = ({ exit: { status, signal, startError } }: Evidence) => {
  if (startError !== undefined) return `the task could not be started (${startError})`
  return `CONTAINER task EXITED, CODE=${status}${signal ? ` (${signal})` : ''}`
}

const statusOf = ({ rule }: WorkerFault): Status =>
  rule === 'max-run-time' ? 'EXCEEDED_MAX_RUNTIME_DURATION' : 'ERRORED'

/** The verdict, and why, in the platform's words. */
export const verdictOf = (evidence: Evidence): readonly [Status, string] => {
  const { end } = evidence
  switch (end.kind) {
    case 'completed':
      return ['COMPLETED', '100 percent, and all results are complete']
    case 'uploads-failed':
      return ['ERRORED', 'internal error: failed to upload some results']
    case 'canceled':
      return ['CANCELED', 'canceled on request']
    case 'stopped':
      return ['CANCELED', `the emulator was ended by ${end.signal}`]
    case 'worker-fault':
      return [statusOf(end.fault), apiError(end.fault)]
    case 'task-exit':
      return evidence.exit.status === 0 && end.fault
        ? [statusOf(end.fault), `${apiError(end.fault)} (the task ended with 0, without 100)`]
        : ['ERRORED', exitText(evidence)]
  }
}

/** The report that follows from what was seen. */
export const composeReport = (
  evidence: Evidence,
  timeline: readonly Moment[],
  allowed: readonly string[],
): Report => {
  const { progress, sent, checkpoints, changedCheckpoints, received, exit } = evidence
  const [verdict, reason] = verdictOf(evidence)
  const findings = findAll(evidence, allowed)
  const counts = findings.filter(({ severity, isAllowed }) => severity !== 'note' && !isAllowed)
  const accounts = signals.map((signal) => [signal, accountOf(evidence, signal)] as const)
  return {
    verdict,
    reason,
    isFlawless: verdict === 'COMPLETED' && counts.length === 0,
    timeScale: evidence.timeScale,
    findings,
    timeline,
    states: progress.states.map((state) => ({
      ...state,
      wasSent: sent.some(
        ({ name, percentComplete }) => name === state.name && percentComplete === state.percentComplete,
      ),
    })),
    heartbeats: {
      count: progress.heartbeats,
      longestGapMs: progress.longestGapMs,
      longestGapEndMs: progress.longestGapEndMs,
    },
    checkpoints: checkpoints.map((checkpoint) => ({
      ...checkpoint,
      isChanged: changedCheckpoints.includes(checkpoint.name),
    })),
    telemetry: Object.fromEntries(accounts) as Record<Signal, Account>,
    received,
    task: {
      status: exit.status,
      signal: exit.signal,
      durationMs: evidence.durationMs,
      afterCompleteMs: evidence.afterCompleteMs,
      outputTail: evidence.outputTail,
    },
  }
}
