import { join } from 'node:path'
import { type Clock, systemClock } from '../clock.ts'
import { cannotWrite } from '../disk-errors.ts'
import { startMetricsFile } from './metrics-file.ts'
import { findResult, listInputFiles, resultName, setAside, writeResult } from './sample-results.ts'
import { type Curve, curveAt } from './training-curve.ts'
import { createTraining, type Faults } from './training-steps.ts'
import type { Workload, WorkloadContext, WorkloadOutcome } from './workload.ts'

/** Parameters of a simulated training; those up to `resourcesDir` are those of NVIDIA's sample. */
export interface SimulationOptions extends Faults {
  /** At least 1 is written. */
  readonly numOfResults: number
  readonly delayMinutes: number
  /** At least 8,192 are written. */
  readonly fileSizeBytes: number
  readonly includeMetadata: boolean
  readonly modelsDir: string
  readonly resourcesDir: string
  readonly stepsPerResult: number
  readonly seed: number
  /** Step from which the loss is NaN. */
  readonly nanAt?: number | undefined
  /** A metrics file to rewrite for a sidecar. */
  readonly metricsFile?: string | undefined
  readonly writeIntervalSeconds: number
  /** The job's name in the metrics file. */
  readonly jobId: string
}

export interface SimulationParts {
  readonly clock?: Clock
  /** Ends the process at once, as the kernel does when memory runs out. */
  readonly crash?: () => void
}

const leastFileBytes = 8_192

/** SIGKILL, which nothing can catch; a container's first process ignores even that from itself, so it aborts. */
const dieAtOnce = () => {
  process.kill(process.pid, 'SIGKILL')
  process.abort()
}

/** The sample's formula; a named state must not have 0, which the sample reaches with more than 100 results. */
const percentAfter = (results: number, numOfResults: number) =>
  Math.max(1, Math.trunc((results / numOfResults) * 100))

/** JSON has no NaN. */
const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null)

/**
 * A training that only looks like one: it writes the results of NVIDIA's sample, an epoch of steps before each,
 * with a loss that falls along a noisy curve. A restart goes on with the first result that is missing.
 */
export const simulatedTraining = (options: SimulationOptions, parts: SimulationParts = {}): Workload => {
  const { clock = systemClock, crash = dieAtOnce } = parts
  const { stepsPerResult, seed, nanAt, jobId, metricsFile } = options
  const numOfResults = Math.max(1, options.numOfResults)
  const sizeBytes = Math.max(leastFileBytes, options.fileSizeBytes)
  const curve: Curve = { seed, nanAt, totalSteps: numOfResults * stepsPerResult }
  const stepMs = (options.delayMinutes * 60_000) / stepsPerResult

  const metadataOf = (index: number, inputFiles: readonly string[]) => {
    if (!options.includeMetadata) return {}
    const step = (index + 1) * stepsPerResult
    const { loss, tokenAccuracy } = curveAt(step, curve)
    return {
      file_desc: `test result for iteration ${index + 1}`,
      input_files: inputFiles,
      'step-number': step,
      epoch: index + 1,
      loss: rounded(loss),
      token_accuracy: rounded(tokenAccuracy),
    }
  }

  const announce = async (
    index: number,
    inputFiles: readonly string[],
    { resultsDir, stop, emit }: WorkloadContext,
  ) => {
    const startedAt = clock.now()
    const found = await findResult(resultsDir, index, sizeBytes)
    if (found === 'partial') {
      const aside = await setAside(resultsDir, index, startedAt)
      emit({
        type: 'message',
        severity: 'WARN',
        text: `${resultName(index)} was incomplete; it is now ${aside}`,
      })
    }
    const saved =
      found === 'complete'
        ? { sizeBytes, files: [] }
        : await writeResult({ resultsDir, index, sizeBytes, clock, stop })
    emit({
      type: 'checkpoint',
      name: resultName(index),
      percentComplete: percentAfter(index + 1, numOfResults),
      metadata: metadataOf(index, inputFiles),
      step: (index + 1) * stepsPerResult,
      epoch: index + 1,
      startedAt,
      endedAt: clock.now(),
      ...saved,
    })
  }

  const run = async (context: WorkloadContext): Promise<WorkloadOutcome> => {
    const { resultsDir, stop, emit, isAnnounced } = context
    const training = createTraining(
      { curve, stepsPerEpoch: stepsPerResult, stepMs, faults: options, jobId, clock, crash },
      context,
    )
    const inputFiles = await listInputFiles([options.modelsDir, options.resourcesDir])
    const text = `training ${numOfResults} epochs of ${stepsPerResult} steps; input files found: ${inputFiles.length}`
    emit({ type: 'message', severity: 'INFO', text })
    const endMetricsFile =
      metricsFile === undefined
        ? async () => {}
        : startMetricsFile({
            path: metricsFile,
            intervalMs: options.writeIntervalSeconds * 1_000,
            clock,
            current: training.metrics,
            onTrouble: (error) =>
              emit({ type: 'message', severity: 'WARN', text: cannotWrite(metricsFile, error).message }),
          })
    let index = 0
    try {
      for (; index < numOfResults; index += 1) {
        if (isAnnounced(resultName(index))) continue
        const isThere = (await findResult(resultsDir, index, sizeBytes)) === 'complete'
        const ending = isThere ? undefined : await training.epoch(index + 1)
        if (ending) return ending
        await announce(index, inputFiles, context)
      }
      return { kind: 'succeeded' }
    } catch (error) {
      if (stop.aborted && error === stop.reason) return { kind: 'stopped', signal: stop.reason }
      if (!(error instanceof Error && 'syscall' in error)) throw error
      const { message, exitStatus } = cannotWrite(join(resultsDir, resultName(index)), error)
      return { kind: 'failed', exitStatus, reason: message }
    } finally {
      await endMetricsFile()
    }
  }
  return { name: 'simulated training', run }
}
