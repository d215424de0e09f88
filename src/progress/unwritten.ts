import type { Progress } from './open-progress.ts'
import { initialState, type ProgressState } from './plan.ts'

/** The progress of a process that leaves the file to another one: all is accepted, and nothing written. */
export const unwrittenProgress = (runId: string, attempt: number): Progress => {
  let state: ProgressState = initialState
  const show = async (next: ProgressState) => {
    state = next
  }
  const nothing = async () => {}
  return {
    shown: () => state,
    last: () => state,
    waiting: () => 0,
    start: 'fresh',
    runId,
    attempt,
    isUsed: () => false,
    checkpoint: (name, percentComplete, metadata = {}) => show({ name, percentComplete, metadata }),
    announced: nothing,
    settled: nothing,
    complete: (name = '', metadata = {}) => show({ name, percentComplete: 100, metadata }),
    fail: nothing,
    follow: () => {},
    rest: () => {},
    close: nothing,
  }
}
