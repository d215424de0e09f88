import { type Clock, systemClock } from '../clock.ts'
import type { LoggedSetting } from '../logbook/entry.ts'
import { signals as allSignals, type Signal } from '../otlp/signals.ts'
import type { PlatformProtocol } from '../settings/value.ts'
import type { Fault } from './faults/fault.ts'
import type { Status } from './findings/evidence.ts'
import type { Ledger } from './receiver.ts'
import type { Moment, Report } from './report.ts'

/** What is run: a command of this machine, or a container. */
export type EmulatedTask =
  | { readonly command: readonly string[]; readonly cwd?: string }
  | { readonly image: string; readonly args: readonly string[] }

export interface EmulationOptions {
  readonly task: EmulatedTask
  /** The user's own variables; a command needs at least `PATH`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** @default 'upload' */
  readonly resultHandling?: 'upload' | 'none'
  /** @default 'watch' */
  readonly mode?: 'watch' | 'poll'
  /** @default a new UUID */
  readonly taskId?: string | undefined
  /** The signals with an endpoint. @default all */
  readonly signals?: readonly Signal[]
  /** @default grpc */
  readonly protocols?: Readonly<Record<Signal, PlatformProtocol>>
  /** The platform's ports, or any free ones. @default 'auto' */
  readonly ports?: 'platform' | 'auto'
  readonly faults?: readonly Fault[]
  /** Milliseconds from the first sight of the progress file. @default none */
  readonly maxRunTimeMs?: number | undefined
  /** Milliseconds from SIGTERM to SIGKILL. @default 30_000 */
  readonly graceMs?: number
  /** Divides the platform's own limits. @default 1 */
  readonly timeScale?: number
  /** A new or empty directory that stays. @default a temporary one */
  readonly keepDir?: string | undefined
  /**
   * Writes down in `<keepDir>/logbook`, of at most so many bytes, what the platform sees, for `taskbeat view` to show; the
   * settings are shown beside it. @default none
   */
  readonly logbook?: { readonly mostBytes: number; readonly settings: readonly LoggedSetting[] } | undefined
  /** Ids of findings that do not count. */
  readonly allow?: readonly string[]
  /** Where the task's output goes; without, nowhere. */
  readonly stdout?: NodeJS.WritableStream
  readonly stderr?: NodeJS.WritableStream
  /** Keeps what arrives, for `ledger.spans()` and its like. @default false */
  readonly keepItems?: boolean
  /** Ends the emulation; the reason is the name of a signal. */
  readonly stop?: AbortSignal
  readonly onMoment?: (moment: Moment) => void
  readonly clock?: Clock
}

/** A running emulation. */
export interface Emulation {
  /** What the task was given. */
  readonly environment: Readonly<Record<string, string>>
  readonly resultsDir: string
  /** What arrived so far. */
  readonly ledger: Ledger
  readonly status: () => Status
  /** What the progress file says. */
  readonly progress: () => { readonly percentComplete: number; readonly name: string }
  /** Resolves when the task has ended and nothing is left of it. */
  readonly report: Promise<Report>
}

export const defaults = {
  resultHandling: 'upload',
  mode: 'watch',
  signals: allSignals,
  protocols: { traces: 'grpc', metrics: 'grpc', logs: 'grpc' },
  ports: 'auto',
  faults: [],
  graceMs: 30_000,
  timeScale: 1,
  allow: [],
  keepItems: false,
  clock: systemClock,
} as const

/** The options with the defaults filled in. */
export type ResolvedOptions = typeof defaults & EmulationOptions
