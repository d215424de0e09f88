import { type Clock, systemClock } from '../../clock.ts'
import { messageOf, RecorderError } from '../recorder-error.ts'
import type { Span, Timestamp } from '../span.ts'
import { writeStderrLine } from '../stderr-line.ts'
import { advance } from './advance.ts'
import type { PlainSpan, TrainingCallback } from './callbacks.ts'
import { isComplete, type TrainingConfig, type TrainingSettings } from './config.ts'
import { wrongConfig, wrongUse } from './errors.ts'
import { trainingSpans } from './names.ts'
import { createPerformer } from './perform.ts'
import { extendConfig, readSettings } from './read-settings.ts'
import { isOpen } from './records.ts'
import { noTraining } from './state.ts'
import type {
  At,
  OnEnd,
  OnStart,
  SaveOptions,
  SaveSuccessOptions,
  TrainingRecorder,
  TrainingRecorderOptions,
  TrainStartOptions,
} from './training-recorder.ts'

/** A moment that was given is found on the clock that only grows by its distance from now. */
const timestampOf = (clock: Clock, at: Date | undefined): Timestamp => {
  const monotonicMs = clock.monotonicMs()
  const nowMs = clock.now().getTime()
  // the recorder tells of what is no date
  const isUsable = at instanceof Date && !Number.isNaN(at.getTime())
  const wallMs = isUsable ? at.getTime() : nowMs
  return { wallMs, monotonicMs: monotonicMs - (nowMs - wallMs) }
}

const wholeNumber = (name: string, value: number): number => {
  if (Number.isInteger(value) && value >= 0) return value
  throw wrongUse(`${name} must be an integer of at least 0, not ${value} (${typeof value})`)
}

const target = (name: string, value: number | (() => number) | undefined): number | undefined => {
  const asked = typeof value === 'function' ? value() : value
  return asked === undefined ? undefined : wholeNumber(name, asked)
}

const checkThroughput = (settings: TrainingSettings) => {
  if (settings.isLogThroughputEnabled === true && settings.flopsPerSample === undefined) {
    throw wrongConfig('flopsPerSample must be a number greater than 0 where isLogThroughputEnabled is true')
  }
}

type CallbackOf<T> = T extends unknown ? Omit<T, 'at'> : never

/**
 * Creates the callbacks of a training, over a recorder.
 *
 * @throws {RecorderError} (`WRONG_USE`) if the configuration cannot be used and the strategy is `propagate`; the
 *   callbacks throw the same where they are called in an order that cannot be
 */
export const createTrainingRecorder = (options: TrainingRecorderOptions): TrainingRecorder => {
  const { recorder, clock = systemClock, errorStrategy = 'propagate', log = writeStderrLine } = options
  const { environment = process.env } = options
  const { perform, performed } = createPerformer(recorder)
  let config = options.config
  let settings: TrainingSettings | undefined
  let state = noTraining

  const say = (message: string) => {
    try {
      log(`taskbeat: training telemetry is off: ${message}`)
    } catch {
      // a log that fails is no reason to end a training
    }
  }
  /** Everything that can go wrong goes through here. */
  const guarded = <T>(body: () => T): T | undefined => {
    try {
      return body()
    } catch (error) {
      const message = messageOf(error)
      try {
        recorder.telemetryDataError(message)
      } catch {
        // what is told to the caller is the mistake, not what came of it
      }
      if (errorStrategy === 'propagate') {
        throw error instanceof RecorderError
          ? error
          : new RecorderError('INTERNAL', message, { cause: error })
      }
      settings = undefined
      say(message)
      return undefined
    }
  }
  const configure = (next: TrainingConfig) => {
    const read = readSettings(next, environment)
    if (isComplete(next)) checkThroughput(read)
    config = next
    settings = read.enableForCurrentRank === false ? undefined : read
  }
  guarded(() => configure(config))

  const handle = (callback: CallbackOf<TrainingCallback>, at: Date | undefined): Span | undefined => {
    if (!settings) return undefined
    const told = { ...callback, at: timestampOf(clock, at) } as TrainingCallback
    const step = advance(state, told, settings)
    state = step.state
    for (const record of step.records) perform(record, at)
    const started = step.records.find(({ kind }) => kind === 'start')
    return started && performed(started.span)
  }
  const on =
    (callback: CallbackOf<TrainingCallback>): OnStart =>
    (when) =>
      settings && guarded(() => handle(callback, when?.at))
  /** For callbacks that have something to say: read where what is missing is an error, and no crash. */
  const onTold =
    <O extends At>(read: (told: O) => CallbackOf<TrainingCallback>) =>
    (told: O) =>
      settings && guarded(() => handle(read(told), told.at))
  const onEnd = (callback: CallbackOf<TrainingCallback>): OnEnd => on(callback)
  const onSpan = (span: PlainSpan) =>
    [on({ type: 'span-start', span }), onEnd({ type: 'span-end', span })] as const

  const [onDistributedInitStart, onDistributedInitEnd] = onSpan(trainingSpans.distributedInit)
  const [onModelInitStart, onModelInitEnd] = onSpan(trainingSpans.modelInit)
  const [onDataloaderInitStart, onDataloaderInitEnd] = onSpan(trainingSpans.dataloaderInit)
  const [onOptimizerInitStart, onOptimizerInitEnd] = onSpan(trainingSpans.optimizerInit)
  const [onLoadCheckpointStart, onLoadCheckpointEnd] = onSpan(trainingSpans.checkpointLoad)

  return {
    onAppStart: on({ type: 'app-start' }),
    onAppEnd: async (when) => {
      try {
        on({ type: 'app-end' })(when)
      } finally {
        await recorder.close()
      }
    },
    ...{ onDistributedInitStart, onDistributedInitEnd, onModelInitStart, onModelInitEnd },
    ...{ onDataloaderInitStart, onDataloaderInitEnd, onOptimizerInitStart, onOptimizerInitEnd },
    ...{ onLoadCheckpointStart, onLoadCheckpointEnd },
    onTrainStart: onTold((start: TrainStartOptions) => {
      if (!isComplete(config))
        throw wrongConfig('perfTag and globalBatchSize must be set before the training starts')
      const { trainSamplesStart: samples } = start
      return {
        type: 'train-start',
        completed: wholeNumber('trainIterationsStart', start.trainIterationsStart),
        isStartKnown: true,
        samplesStart: samples === undefined ? undefined : wholeNumber('trainSamplesStart', samples),
        iterationsTarget: target('trainIterationsTarget', start.trainIterationsTarget),
        samplesTarget: target('trainSamplesTarget', start.trainSamplesTarget),
      }
    }),
    onTrainEnd: onEnd({ type: 'train-end' }),
    onTrainingSingleIterationStart: on({ type: 'iteration-start' }),
    onTrainingSingleIterationEnd: (done) => {
      if (settings) guarded(() => handle({ type: 'iteration-end', loss: done?.loss }, done?.at))
    },
    onValidationStart: on({ type: 'validation-start' }),
    onValidationEnd: onEnd({ type: 'validation-end' }),
    onValidationSingleIterationStart: on({ type: 'validation-iteration-start' }),
    onValidationSingleIterationEnd: onEnd({ type: 'validation-iteration-end' }),
    onTestingStart: on({ type: 'testing-start' }),
    onTestingEnd: onEnd({ type: 'testing-end' }),
    onSaveCheckpointStart: onTold(({ globalStep }: SaveOptions) => ({
      type: 'save-start',
      step: wholeNumber('globalStep', globalStep),
    })),
    onSaveCheckpointSuccess: onTold(({ globalStep, sizeBytes, directory }: SaveSuccessOptions) => ({
      type: 'save-success',
      step: wholeNumber('globalStep', globalStep),
      sizeBytes,
      directory,
    })),
    onSaveCheckpointEnd: onEnd({ type: 'save-end' }),
    updateTrainingConfig: (update) => {
      if (!settings) return
      guarded(() => {
        if (isOpen(state, trainingSpans.trainingLoop)) {
          throw wrongConfig('the configuration cannot be updated while the training loop runs')
        }
        configure(extendConfig(config, update))
        handle({ type: 'config-update' }, undefined)
      })
    },
  }
}
