import type { Progress } from '../progress/open-progress.ts'
import type { Screen } from '../terminal/screen.ts'
import { judge } from './outcome.ts'
import { stoppedBy, untilStopped } from './until-stopped.ts'

export interface CompletedTask {
  readonly progress: Progress
  readonly resultsDir: string
  readonly screen: Screen
  readonly stop: AbortSignal
}

/** A completed task, or one that has yet to say so: there is nothing to run. Resolves to the exit status. */
export const leaveCompleted = async ({
  progress,
  resultsDir,
  screen,
  stop,
}: CompletedTask): Promise<number> => {
  await untilStopped(progress.settled(), stop)
  await progress.close()
  const { percentComplete, name } = progress.shown()
  if (percentComplete < 100) {
    const { text, exitStatus } = judge(stoppedBy(stop), progress.shown(), progress.waiting())
    screen.line(`taskbeat: ${text}`)
    return exitStatus
  }
  screen.line(
    `taskbeat: the task was completed before (100 % with ${name}); for a new one name another results directory, or empty ${resultsDir}`,
  )
  return 0
}
