import type { Writable } from 'node:stream'
import type { Group, Operands, Origins, Problem, Settings } from '../settings.ts'
import type { TextStream } from '../terminal/screen.ts'

/** What a command that diagnoses is told beside the settings. */
export interface Diagnosis {
  readonly origins: Origins
  /** What is wrong in the environment and the file; the settings have defaults there. */
  readonly problems: readonly Problem[]
}

export interface CommandContext {
  readonly settings: Settings
  /** For a command that diagnoses. */
  readonly diagnosis?: Diagnosis
  /** Paths, or the words after `--`: what the command takes beside flags. */
  readonly operands: readonly string[]
  /** Aborted when the process is asked to end; the reason is the name of the signal. */
  readonly stop: AbortSignal
  /** Something to do, and to wait for, before a fault of ours that nobody caught ends the process. */
  readonly atFault: (lastWish: () => Promise<unknown>) => void
  /** The version of this program. */
  readonly version: () => string
  /** The environment of this process; settings are read from it already. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stderr: () => TextStream & Writable
  readonly stdout: () => Writable
  readonly stdin: () => NodeJS.ReadableStream
}

/** One command of the command line. */
export interface Command {
  /** What it does, in a few words. */
  readonly summary: string
  /** A line to paste. */
  readonly example: string
  /** The settings that it reads. */
  readonly groups: readonly Group[]
  /** What it takes beside flags. @default 'none' */
  readonly operands?: Operands
  /**
   * It looks after another program: signals are its own matter, `stop` is never aborted, and a fault of ours that nobody
   * waits for is told, but ends nothing. @default false
   */
  readonly supervises?: boolean
  /**
   * Wrong values in the environment and the file do not keep it from running: it tells of them itself. @default false
   */
  readonly diagnoses?: boolean
  /** Its exit statuses, where they are not those of a task. */
  readonly statuses?: string
  /** What `--help` says beside the options. */
  readonly more?: () => Promise<string>
  /** Resolves to the exit status. Rejects with a `TaskbeatError` for what people can mend. */
  readonly run: (context: CommandContext) => Promise<number>
}
