import type { Group, Settings } from '../settings.ts'
import type { TextStream } from '../terminal/screen.ts'

export interface CommandContext {
  readonly settings: Settings
  /** Aborted when the process is asked to end; the reason is the name of the signal. */
  readonly stop: AbortSignal
  /** The version of this program. */
  readonly version: () => string
  readonly stderr: () => TextStream
}

/** One command of the command line. */
export interface Command {
  /** What it does, in a few words. */
  readonly summary: string
  /** A line to paste. */
  readonly example: string
  /** The settings that it takes flags for. */
  readonly groups: readonly Group[]
  /** Resolves to the exit status. Rejects with a `TaskbeatError` for what people can mend. */
  readonly run: (context: CommandContext) => Promise<number>
}
