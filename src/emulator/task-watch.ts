import { closeSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { POLL_INTERVAL_MS, READY_TIMEOUT_MS, type SentResult, STALE_AFTER_MS } from '../progress/contract.ts'
import type { End, WorkerFault } from './findings/evidence.ts'
import { startLiveWorker } from './live-worker.ts'
import { closeProgressLog, emptyProgressLog, logSighting, type ProgressLog } from './progress-log.ts'
import { watchProgress } from './progress-watch.ts'
import { type Checkpoint, openUploads } from './uploads.ts'
import type { WorkerEvent, WorkerOptions } from './worker.ts'

/** Longer than any limit of the worker, so that it comes to its end, if it ever does. */
const longestWaitMs = READY_TIMEOUT_MS + 2 * STALE_AFTER_MS

/** A task that failed is taken away before the worker's limits count; until then it may look once more. */
const failedWaitMs = 2 * POLL_INTERVAL_MS

export interface TaskWatchOptions {
  readonly resultsDir: string
  readonly worker: WorkerOptions
  readonly clock: Clock
  /** Milliseconds since the task began. */
  readonly elapsedMs: () => number
  readonly tell: (text: string) => void
  readonly onReady: () => void
  /** Is told of each look at the progress file. @default nobody */
  readonly onSighting?: ((before: ProgressLog, now: ProgressLog) => void) | undefined
  /** @default nobody */
  readonly onUploaded?: ((checkpoint: Checkpoint, begun: Begun) => void) | undefined
}

/** How an upload began: `startMs` since 1970, `percent` as the state said. */
export interface Begun {
  readonly startMs: number
  readonly percent: number
}

/** What the platform sees of a task through its results directory. */
export interface TaskWatch {
  /** Resolves when the worker has come to an end, and all uploads have. */
  readonly decided: Promise<End>
  readonly restartWorker: () => void
  /** The task has ended: what the worker would still see and do, it does at once. */
  readonly finish: (exitStatus: number) => Promise<End>
  readonly sent: () => readonly SentResult[]
  /** The latest state that was seen. */
  readonly log: () => ProgressLog
  /** When 100 was accepted. */
  readonly completedMs: () => number | undefined
  readonly close: () => Promise<{
    readonly progress: ProgressLog
    readonly checkpoints: readonly Checkpoint[]
    readonly changedCheckpoints: readonly string[]
    readonly isResultsDirReplaced: boolean
    readonly tooLarge: readonly SentResult[]
    readonly unnamed: readonly string[]
  }>
}

/**
 * Holds a directory, so that its inode number cannot be given to another one, and tells whether it still stands
 * at its path.
 */
const holdDirectory = (directory: string) => {
  const descriptor = openSync(directory, 'r')
  const { dev, ino } = fstatSync(descriptor)
  return {
    isInPlace: () => {
      const now = statSync(directory, { throwIfNoEntry: false })
      return now?.dev === dev && now.ino === ino
    },
    letGo: () => closeSync(descriptor),
  }
}

/** Whether the platform's upload fails; what only we may not read it may. */
const hasFailed = ({ fault }: Checkpoint) => fault !== undefined && fault !== 'unreadable'

const uploadText = ({ name, files, sizeBytes, sha256, fault }: Checkpoint) =>
  fault === undefined
    ? `uploaded ${name}: ${files} ${files === 1 ? 'file' : 'files'}, ${sizeBytes} bytes, sha256 ${sha256.slice(0, 12)}`
    : `cannot upload ${name}: it is ${fault}`

/** Directories that no state has named, those whose names begin with a dot aside. */
const unnamedIn = (resultsDir: string, { states }: ProgressLog, sent: readonly SentResult[]) => {
  const named = new Set([...states, ...sent].map(({ name }) => name))
  try {
    return readdirSync(resultsDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !named.has(entry.name))
      .map(({ name }) => name)
  } catch {
    // it is gone, which is a finding of its own
    return []
  }
}

/** Plays the platform's worker on a results directory that is there. */
export const watchTask = (options: TaskWatchOptions): TaskWatch => {
  const { resultsDir, worker: workerOptions, clock, elapsedMs, tell, onReady, onSighting } = options
  const file = join(resultsDir, 'progress')
  const held = holdDirectory(resultsDir)
  const decided = Promise.withResolvers<End>()
  const sent: SentResult[] = []
  const tooLarge: SentResult[] = []
  const begun = new Map<string, Begun>()
  const uploads = openUploads(resultsDir, (checkpoint) => {
    tell(uploadText(checkpoint))
    const beginning = begun.get(checkpoint.name)
    if (beginning) options.onUploaded?.(checkpoint, beginning)
  })
  let progress = emptyProgressLog
  let completedMs: number | undefined
  let fault: WorkerFault | undefined
  let hasEnded = false

  const read = () => {
    const sighting = watch.look()
    const before = progress
    progress = logSighting(before, { ...sighting, atMs: elapsedMs(), wallMs: clock.now().getTime() })
    onSighting?.(before, progress)
    return sighting.text
  }

  const settleUploads = async () => {
    const checkpoints = await uploads.settled()
    decided.resolve({ kind: checkpoints.some(hasFailed) ? 'uploads-failed' : 'completed' })
  }

  const onEvent = (event: WorkerEvent) => {
    switch (event.type) {
      case 'ready':
        onReady()
        return
      case 'sent': {
        const { name, percentComplete } = event.result
        sent.push(event.result)
        tell(`accepted ${percentComplete} %${name && `  ${name}`}`)
        const isTree = name === '.' || name === '..'
        if (workerOptions.strategy !== 'UPLOAD' || isTree) return
        begun.set(name, { startMs: clock.now().getTime(), percent: percentComplete })
        uploads.begin(name)
        return
      }
      case 'lost':
        tooLarge.push(event.result)
        tell(`refused ${event.result.percentComplete} %  ${event.result.name}: larger than 10 MiB`)
        return
      case 'completed':
        completedMs ??= elapsedMs()
        void settleUploads()
        return
      case 'errored':
        fault = { ...event, document: progress.last }
        if (!hasEnded) decided.resolve({ kind: 'worker-fault', fault })
    }
  }

  const watch = watchProgress(file, () => worker.wake())
  const worker = startLiveWorker({ worker: workerOptions, clock, read, onEvent })

  return {
    decided: decided.promise,
    restartWorker: worker.restart,
    finish: (exitStatus) => {
      hasEnded = true
      // a change may not have been told of yet; of another directory's the worker is never told
      if (held.isInPlace()) worker.wake()
      worker.finish((exitStatus === 0 ? longestWaitMs : failedWaitMs) / (workerOptions.timeScale ?? 1))
      if (completedMs === undefined) decided.resolve({ kind: 'task-exit', ...(fault && { fault }) })
      return decided.promise
    },
    sent: () => sent,
    log: () => progress,
    completedMs: () => completedMs,
    close: async () => {
      worker.stop()
      watch.close()
      const isResultsDirReplaced = !held.isInPlace()
      held.letGo()
      return {
        progress: closeProgressLog(progress, completedMs ?? elapsedMs()),
        checkpoints: await uploads.settled(),
        changedCheckpoints: await uploads.findChanged(),
        isResultsDirReplaced,
        tooLarge,
        unnamed: unnamedIn(resultsDir, progress, sent),
      }
    },
  }
}
