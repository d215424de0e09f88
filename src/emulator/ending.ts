import type { Clock } from '../clock.ts'
import { durationText } from '../terminal/duration.ts'
import type { Collector } from './collector.ts'
import type { End } from './findings/evidence.ts'
import type { TaskProcess } from './task-process.ts'

export interface EndingOptions {
  readonly task: TaskProcess
  readonly collector: Collector
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number
  readonly clock: Clock
  readonly tell: (text: string) => void
}

/** How the end was brought about. */
export interface Ending {
  /** SIGKILL was needed after this grace. */
  readonly killedAfterGraceMs: number | undefined
}

const terminate = async ({ task, graceMs, clock }: EndingOptions): Promise<Ending> => {
  let killedAfterGraceMs: number | undefined
  const kill = () => {
    killedAfterGraceMs = graceMs
    task.kill('SIGKILL')
  }
  task.kill('SIGTERM')
  const cancel = clock.after(graceMs, kill, { keepsAlive: true })
  await task.exited
  cancel()
  return { killedAfterGraceMs }
}

/** Does what the platform does at its end of a task; resolves when the task has ended. */
export const bringAbout = async (end: End, options: EndingOptions): Promise<Ending> => {
  const { task, collector, graceMs, tell } = options
  switch (end.kind) {
    case 'completed':
    case 'uploads-failed': {
      // the platform ends task and collector in the same moment
      const [ending] = await Promise.all([terminate(options), collector.end()])
      return ending
    }
    case 'worker-fault':
      task.kill('SIGKILL')
      await Promise.all([task.exited, collector.end()])
      return { killedAfterGraceMs: undefined }
    case 'stopped':
      tell(`${end.signal}: the task has ${durationText(graceMs)} to end; a second signal ends it at once`)
      return terminate(options)
    case 'canceled':
      return terminate(options)
    case 'task-exit':
      await task.exited
      return { killedAfterGraceMs: undefined }
  }
}
