import type { Writable } from 'node:stream'
import type { Clock } from '../clock.ts'
import type { Progress } from '../progress/open-progress.ts'
import type { ChosenSetting } from '../settings/listed-settings.ts'
import type { Settings } from '../settings.ts'
import type { Destinations } from '../telemetry/signals.ts'
import type { Screen } from '../terminal/screen.ts'
import type { TaskTrace } from '../trace-context.ts'
import type { SignalForwarding } from '../workload/child/forward-signals.ts'
import type { Child } from '../workload/child/start-child.ts'
import type { AttemptNotes } from './attempt-file.ts'
import type { Role } from './role.ts'

/** A command that was started as a task, and all that belongs to it. */
export interface SupervisedTask {
  /** The command's own name, without its arguments. */
  readonly name: string
  readonly child: Child
  readonly forwarding: SignalForwarding
  readonly progress: Progress
  /** What the previous attempt has noted. */
  readonly previous: AttemptNotes | undefined
  /** What this one has noted so far; undefined for one that leaves the results to another process. */
  readonly notes: AttemptNotes | undefined
  readonly role: Role
  /** The ids of the task's span, which the command was told. */
  readonly trace: TaskTrace | undefined
  readonly startedAt: Date
  /** The same moment by the monotonic clock. */
  readonly startedMs: number
  readonly settings: Settings
  readonly destinations: Destinations
  /** The settings that somebody has chosen, as they may be shown. */
  readonly shownSettings: readonly ChosenSetting[]
  readonly screen: Screen
  /** Of the process that shows the run on a page, while there is one. @default none */
  readonly pagePid?: () => number | undefined
  readonly eventsFile: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: () => Writable
  readonly stderr: () => Writable
  readonly version: string
  readonly clock: Clock
}
