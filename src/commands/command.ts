import type { Group, Operands, Settings } from '../settings.ts'
import type { TextStream } from '../terminal/screen.ts'

export interface CommandContext {
  readonly settings: Settings
  /** Paths, or the words after `--`: what the command takes beside flags. */
  readonly operands: readonly string[]
  /** Aborted when the process is asked to end; the reason is the name of the signal. */
  readonly stop: AbortSignal
  /** The version of this program. */
  readonly version: () => string
  readonly stderr: () => TextStream
  readonly stdout: () => NodeJS.WritableStream
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
  /** Resolves to the exit status. Rejects with a `TaskbeatError` for what people can mend. */
  readonly run: (context: CommandContext) => Promise<number>
}
