import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { MetricsDocument } from './metrics-file.ts'
import { sleep } from './sleep.ts'
import { type Curve, curveAt, gpuLoadAt } from './training-curve.ts'
import type { WorkloadContext, WorkloadOutcome } from './workload.ts'

/** Steps at which something is made to go wrong, so that people can try their alerts. */
export interface Faults {
  readonly failAt?: number | undefined
  readonly crashAt?: number | undefined
  readonly stallAt?: number | undefined
}

export interface TrainingOptions {
  readonly curve: Curve
  readonly stepsPerEpoch: number
  /** Time that a step takes; 0 trains as fast as the machine can. */
  readonly stepMs: number
  readonly faults: Faults
  /** The job's name in the metrics document. */
  readonly jobId: string
  readonly clock: Clock
  /** Ends the process at once, as the kernel does when memory runs out. */
  readonly crash: () => void
}

export interface Training {
  /** Trains one epoch, counted from 1; resolves to an outcome if the training ends in it. */
  readonly epoch: (epoch: number) => Promise<WorkloadOutcome | undefined>
  /** What a sidecar would be told now; undefined before the first step. */
  readonly metrics: () => MetricsDocument | undefined
}

const batchSamples = 32

/** The steps of a simulated training, at their pace and with their faults. */
export const createTraining = (options: TrainingOptions, { emit, stop }: WorkloadContext): Training => {
  const { curve, stepsPerEpoch, stepMs, faults, jobId, clock, crash } = options
  const startedAt = clock.now()
  let latest: Omit<MetricsDocument, 'timestamp'> | undefined

  const describe = (step: number, epoch: number, tookMs: number, samplesPerSecond: number) => {
    const point = curveAt(step, curve)
    return {
      job_metadata: {
        job_id: jobId,
        model_name: 'simulated',
        dataset: 'none',
        start_time: startedAt.toISOString(),
      },
      training_metrics: {
        epoch,
        batch_number: step - (epoch - 1) * stepsPerEpoch,
        training_loss: point.loss,
        validation_loss: point.validationLoss,
        accuracy: point.tokenAccuracy,
        learning_rate: point.learningRate,
        gpu_utilization: gpuLoadAt(step, curve.seed),
        processing_time_ms: tookMs,
        samples_per_second: samplesPerSecond,
      },
    }
  }

  const misbehave = async (step: number): Promise<WorkloadOutcome | undefined> => {
    if (step === faults.crashAt) crash()
    if (step === faults.failAt) {
      return {
        kind: 'failed',
        exitStatus: 1,
        reason: `the training failed at step ${step}, as --fail-at asked`,
      }
    }
    if (step === curve.nanAt) {
      emit({ type: 'message', severity: 'ERROR', text: `the loss is NaN from step ${step} on` })
    }
    if (step === faults.stallAt) {
      emit({ type: 'message', severity: 'WARN', text: `the training hangs at step ${step}` })
      while (!stop.aborted) await sleep(86_400_000, { clock, stop })
    }
    return undefined
  }

  const train = async (step: number, epoch: number, tookMs: number) => {
    const samplesPerSecond = (batchSamples * 1_000) / Math.max(0.1, tookMs)
    latest = describe(step, epoch, tookMs, samplesPerSecond)
    const { training_loss: loss, learning_rate: learningRate } = latest.training_metrics
    const metrics = { loss, learningRate, samplesPerSecond }
    emit({ type: 'progress', step, totalSteps: curve.totalSteps, epoch, metrics })
  }

  return {
    epoch: async (epoch) => {
      emit({ type: 'epoch-started', epoch })
      const epochStartedMs = clock.monotonicMs()
      let stepStartedMs = epochStartedMs
      for (let batch = 1; batch <= stepsPerEpoch; batch += 1) {
        const leftMs = epochStartedMs + batch * stepMs - clock.monotonicMs()
        await (leftMs > 0 ? sleep(leftMs, { clock, stop }) : setImmediate())
        const step = (epoch - 1) * stepsPerEpoch + batch
        const ending = stop.aborted ? undefined : await misbehave(step)
        if (stop.aborted) return { kind: 'stopped', signal: stop.reason as NodeJS.Signals }
        if (ending) return ending
        const nowMs = clock.monotonicMs()
        await train(step, epoch, nowMs - stepStartedMs)
        stepStartedMs = nowMs
      }
      return undefined
    },
    metrics: () => latest && { timestamp: clock.now().toISOString(), ...latest },
  }
}
