import type { Clock } from '../../clock.ts'
import type { ErrorStrategy, Recorder } from '../recorder.ts'
import type { Span } from '../span.ts'
import type { TrainingConfig, TrainingConfigUpdate } from './config.ts'

/** When it happened. */
export interface At {
  /** @default now */
  readonly at?: Date
}

export interface TrainStartOptions extends At {
  /** Iterations done before, by the attempts whose checkpoint was loaded. Integer of at least 0. */
  readonly trainIterationsStart: number
  /** Samples of those iterations. @default trainIterationsStart × globalBatchSize */
  readonly trainSamplesStart?: number
  /** @default that of the configuration */
  readonly trainIterationsTarget?: number | (() => number)
  /** @default that of the configuration */
  readonly trainSamplesTarget?: number | (() => number)
}

export interface SaveOptions extends At {
  /** Iterations that were done when the save began, by all attempts. Integer of at least 0. */
  readonly globalStep: number
}

export interface SaveSuccessOptions extends SaveOptions {
  readonly sizeBytes?: number
  readonly directory?: string
}

/** Starts a span; undefined where nothing is recorded. */
export type OnStart = (options?: At) => Span | undefined
export type OnEnd = (options?: At) => void

/**
 * The callbacks of OneLogger, to be called from a training loop. Iterations are counted from 0.
 *
 * @see docs/recorder-training.md
 */
export interface TrainingRecorder {
  readonly onAppStart: OnStart
  /** Stops all that is open, newest first, and closes the recorder. */
  readonly onAppEnd: (options?: At) => Promise<void>
  readonly onDistributedInitStart: OnStart
  readonly onDistributedInitEnd: OnEnd
  readonly onModelInitStart: OnStart
  readonly onModelInitEnd: OnEnd
  readonly onDataloaderInitStart: OnStart
  readonly onDataloaderInitEnd: OnEnd
  readonly onOptimizerInitStart: OnStart
  readonly onOptimizerInitEnd: OnEnd
  readonly onLoadCheckpointStart: OnStart
  readonly onLoadCheckpointEnd: OnEnd
  readonly onTrainStart: (options: TrainStartOptions) => Span | undefined
  readonly onTrainEnd: OnEnd
  readonly onTrainingSingleIterationStart: OnStart
  /** `loss` becomes `latest_loss`. */
  readonly onTrainingSingleIterationEnd: (options?: At & { readonly loss?: number }) => void
  readonly onValidationStart: OnStart
  readonly onValidationEnd: OnEnd
  readonly onValidationSingleIterationStart: OnStart
  readonly onValidationSingleIterationEnd: OnEnd
  readonly onTestingStart: OnStart
  readonly onTestingEnd: OnEnd
  readonly onSaveCheckpointStart: (options: SaveOptions) => Span | undefined
  /** With the strategy `async` whenever it is known, in any order; with `sync` before the end. */
  readonly onSaveCheckpointSuccess: (options: SaveSuccessOptions) => void
  /** The training goes on; without a success before it, a synchronous save has failed. */
  readonly onSaveCheckpointEnd: OnEnd
  /** Adds what was not known before; each field once, and before the training loop starts. */
  readonly updateTrainingConfig: (update: TrainingConfigUpdate) => void
}

export interface TrainingRecorderOptions {
  /** Where the spans and events go. @see {@link trainingFilter} */
  readonly recorder: Recorder
  readonly config: TrainingConfig
  /** The one of the recorder. */
  readonly clock?: Clock
  /** What becomes of wrong use, and of a wrong configuration: as of the recorder's own. @default 'propagate' */
  readonly errorStrategy?: ErrorStrategy
  /** Writes one line for people. @default stderr */
  readonly log?: (line: string) => void
  /** For the rank. @default that of this process */
  readonly environment?: NodeJS.ProcessEnv
}
