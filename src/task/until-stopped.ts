import type { WorkloadOutcome } from '../workload/workload.ts'

type Stopped = Extract<WorkloadOutcome, { kind: 'stopped' }>

/** How a task ends that was asked to; the reason of the signal that asks is the name of a process signal. */
export const stoppedBy = (stop: AbortSignal): Stopped => ({
  kind: 'stopped',
  signal: stop.reason as NodeJS.Signals,
})

/** Waits, but no longer than until `stop` is aborted: resolves to how the task then ends, else to undefined. */
export const untilStopped = async (
  waiting: Promise<unknown>,
  stop: AbortSignal,
): Promise<Stopped | undefined> => {
  const stopped = Promise.withResolvers<void>()
  const onAbort = () => stopped.resolve()
  stop.addEventListener('abort', onAbort)
  if (stop.aborted) onAbort()
  try {
    await Promise.race([stopped.promise, waiting])
  } finally {
    stop.removeEventListener('abort', onAbort)
  }
  return stop.aborted ? stoppedBy(stop) : undefined
}
