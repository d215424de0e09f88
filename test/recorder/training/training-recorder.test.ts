import { describe, expect, it, vi } from 'vitest'
import type { Recorder } from '../../../src/recorder/recorder.ts'
import { RecorderError } from '../../../src/recorder/recorder-error.ts'
import {
  createTrainingRecorder,
  type TrainingConfig,
  type TrainingRecorder,
  type TrainingRecorderOptions,
} from '../../../src/recorder/training/index.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { openRecording, type Recorded } from './recorded.ts'

const config: TrainingConfig = {
  ...{ worldSize: 1, sessionTag: 's', nodeName: 'n', perfTag: 'p', globalBatchSize: 8 },
  logEveryNTrainIterations: 2,
}

const open = (more: Partial<TrainingRecorderOptions> = {}) => {
  const clock = manualClock()
  const { recorder, recorded, times } = openRecording(clock)
  const training = createTrainingRecorder({ recorder, config, clock, environment: {}, ...more })
  return { recorder, recorded, times, clock, training }
}

const start = (training: TrainingRecorder, trainIterationsStart = 0) => {
  training.onAppStart()
  training.onTrainStart({ trainIterationsStart })
}

/** Names of what was recorded: `+` starts, `-` stops, `!` an error. */
const outline = (recorded: () => readonly Recorded[]) =>
  recorded().map((one) => {
    if ('start' in one) return `+${one.start}`
    if ('stop' in one) return `-${one.stop}`
    if ('event' in one) return one.event
    return 'error' in one ? `!${one.error}` : Object.keys(one)[0]
  })

describe('callbacks', () => {
  it('that start a span return it', () => {
    const { training } = open()
    expect(training.onAppStart()?.name).toBe('application')
    expect(training.onTrainStart({ trainIterationsStart: 0 })?.name).toBe('training_loop')
    expect(training.onSaveCheckpointStart({ globalStep: 1 })?.name).toBe('checkpoint_save_sync')
    // the one before has not ended
    expect(training.onSaveCheckpointStart({ globalStep: 2 })?.name).toBe('checkpoint_save_sync')
  })

  it('may be told when it was', () => {
    const { training, recorded, times, clock } = open()
    const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1_000)
    start(training)
    for (const [from, to] of [
      [20, 18],
      [15, 11],
    ] as const) {
      training.onTrainingSingleIterationStart({ at: ago(from) })
      training.onTrainingSingleIterationEnd({ at: ago(to), loss: 0.25 })
    }
    expect(times()).toContainEqual(['training_single_iteration', ago(15)])
    expect(recorded()).toContainEqual({
      event: 'training_metrics_update',
      span: 'training_loop',
      attributes: expect.objectContaining({
        total_iteration_time_sec: 6,
        max_iteration_time_sec: 4,
        latest_loss: 0.25,
        last_logged_train_iterations_finish_timestamp_sec: ago(11).getTime() / 1_000,
      }),
    })
  })

  it('measure by the clock that only grows', () => {
    const { training, recorded, clock } = open()
    start(training)
    for (let step = 0; step < 2; step += 1) {
      training.onTrainingSingleIterationStart()
      clock.suspend(1_000)
      clock.setWall(new Date(0))
      training.onTrainingSingleIterationEnd()
    }
    expect(recorded().at(-2)).toMatchObject({ attributes: { total_iteration_time_sec: 2 } })
  })

  it('start spans within those of the training’s own', () => {
    const { training, recorder, recorded } = open()
    const parent = training.onAppStart() ?? null
    recorder.timedSpan('epoch', { parent }, () => training.onTrainStart({ trainIterationsStart: 0 }))
    recorder.timedSpan('elsewhere', {}, () => training.onTrainingSingleIterationStart())
    expect(recorded()).toMatchObject([
      { start: 'application', parent: null },
      {},
      {},
      { start: 'epoch', parent: 'application' },
      { start: 'training_loop', parent: 'epoch' },
      { stop: 'epoch' },
      { start: 'elsewhere', parent: null },
      { start: 'training_single_iteration', parent: 'training_loop' },
      { stop: 'elsewhere' },
    ])
  })
})

it('what cannot be used as a time is now, and callers without types get an error, not a crash', () => {
  const { training, recorded, clock } = open()
  start(training)
  training.onTrainingSingleIterationStart()
  clock.suspend(1_000)
  training.onTrainingSingleIterationEnd({ at: new Date('yesterday') })
  training.onTrainEnd(null as never)
  const told = recorded().find((one) => 'event' in one && one.event === 'training_metrics_update')
  expect(told).toMatchObject({ attributes: { total_iteration_time_sec: 1 } })
  const withoutOptions = training.onTrainStart as () => void
  expect(withoutOptions).toThrow(expect.objectContaining({ name: 'RecorderError' }))
  const quiet = open({ errorStrategy: 'quiet', log: () => {} }).training
  expect(quiet.onTrainStart as () => void).not.toThrow()
  expect(quiet.onSaveCheckpointSuccess as () => void).not.toThrow()
})

describe('onAppEnd', () => {
  it('T13: stops what is open, newest first, tells of the last iterations, and closes', async () => {
    const { training, recorded } = open()
    start(training)
    training.onTrainingSingleIterationStart()
    training.onTrainingSingleIterationEnd()
    training.onValidationStart()
    training.onValidationSingleIterationStart()
    await training.onAppEnd()
    expect(outline(recorded).slice(-7)).toEqual([
      '!validation_single_iteration',
      '-validation_single_iteration',
      '-validation_loop',
      'training_metrics_update',
      '-training_loop',
      '-application',
      'closed',
    ])
  })
})

describe('a configuration', () => {
  it('that is known later is told then', () => {
    const { perfTag, globalBatchSize, ...known } = config
    const { training, recorded } = open({ config: known as TrainingConfig })
    training.onAppStart()
    expect(outline(recorded)).toEqual(['+application', 'one_logger_initialization'])
    training.updateTrainingConfig({ perfTag: 'p', globalBatchSize: 8, trainingMetadata: { layers: 2 } })
    expect(recorded().at(-1)).toMatchObject({
      event: 'update_training_telemetry_config',
      span: 'application',
      attributes: { perf_tag: 'p', global_batch_size: 8, custom_metadata: ['layers:2'] },
    })
  })

  it('that is known before the application starts is told when it does', () => {
    const { perfTag, ...known } = config
    const { training, recorded } = open({ config: known as TrainingConfig })
    training.updateTrainingConfig({ perfTag: 'p' })
    training.onAppStart()
    expect(outline(recorded)).toEqual([
      '+application',
      'one_logger_initialization',
      'update_training_telemetry_config',
    ])
  })

  it('may have a batch that grows', () => {
    let size = 8
    const { training, recorded } = open({ config: { ...config, globalBatchSize: () => size } })
    start(training)
    for (size of [8, 16]) {
      training.onTrainingSingleIterationStart()
      training.onTrainingSingleIterationEnd()
    }
    expect(recorded().at(-2)).toMatchObject({ attributes: { num_train_samples: 24 } })
  })

  it('of a process that does not record makes every callback do nothing', async () => {
    const { training, recorded } = open({ config: { ...config, enableForCurrentRank: false } })
    expect(training.onAppStart()).toBeUndefined()
    // in an order that could not be
    training.onTrainEnd()
    training.onSaveCheckpointSuccess({ globalStep: -1 })
    training.updateTrainingConfig({ perfTag: 'again' })
    await training.onAppEnd()
    expect(outline(recorded)).toEqual(['closed'])
  })
})

type Use = readonly [what: string, use: (training: TrainingRecorder) => unknown, message: string]

const wrongUses: readonly Use[] = [
  [
    'an end without a start',
    ({ onModelInitEnd }) => onModelInitEnd(),
    'model_initialization ends, but was not started',
  ],
  ['two starts', ({ onAppStart }) => onAppStart(), 'application is started twice: it has not ended yet'],
  [
    'an iteration outside of the loop',
    ({ onTrainEnd, onTrainingSingleIterationStart }) => {
      onTrainEnd()
      onTrainingSingleIterationStart()
    },
    'training_single_iteration is part of training_loop, which is not open',
  ],
  [
    'an iteration in an iteration',
    ({ onTrainingSingleIterationStart }) => {
      onTrainingSingleIterationStart()
      onTrainingSingleIterationStart()
    },
    'training_single_iteration is started twice: it has not ended yet',
  ],
  [
    'a success of no save',
    ({ onSaveCheckpointSuccess }) => onSaveCheckpointSuccess({ globalStep: 1 }),
    'a save succeeds outside of checkpoint_save_sync, which is not open',
  ],
  [
    'a step that is none',
    ({ onSaveCheckpointStart }) => onSaveCheckpointStart({ globalStep: -1 }),
    'globalStep must be an integer of at least 0, not -1 (number)',
  ],
  [
    'a target that is none',
    ({ onTrainEnd, onTrainStart }) => {
      onTrainEnd()
      onTrainStart({ trainIterationsStart: 0, trainIterationsTarget: () => 0.5 })
    },
    'trainIterationsTarget must be an integer of at least 0, not 0.5 (number)',
  ],
  [
    'an update that comes too late',
    ({ updateTrainingConfig }) => updateTrainingConfig({ seqLength: 1 }),
    'the configuration cannot be updated while the training loop runs',
  ],
  [
    'a loss that cannot be read',
    ({ onTrainingSingleIterationEnd }) =>
      onTrainingSingleIterationEnd({
        get loss(): number {
          throw new RecorderError('WRONG_USE', 'no loss')
        },
      }),
    'no loss',
  ],
]

describe('wrong use', () => {
  it.each(wrongUses)('T4: %s is thrown, and told to all exporters before', (_, use, message) => {
    const { training, recorded } = open()
    start(training)
    expect(() => use(training)).toThrow(expect.objectContaining({ name: 'RecorderError', message }))
    expect(recorded().at(-1)).toEqual({ telemetryDataError: message })
    // and nothing has changed
    training.onValidationStart()
    expect(outline(recorded).at(-1)).toBe('+validation_loop')
  })

  it.each(wrongUses)('T4: %s ends a quiet record with one line', (_, use, message) => {
    const log = vi.fn()
    const { training, recorded } = open({ errorStrategy: 'quiet', log })
    start(training)
    use(training)
    use(training)
    training.onValidationStart()
    expect(log.mock.calls).toEqual([[`taskbeat: training telemetry is off: ${message}`]])
    expect(recorded().at(-1)).toEqual({ telemetryDataError: message })
  })

  it('T4: a wrong configuration is wrong use too', () => {
    const log = vi.fn()
    const wrong = { ...config, isLogThroughputEnabled: true }
    const message = 'flopsPerSample must be a number greater than 0 where isLogThroughputEnabled is true'
    expect(() => open({ config: wrong })).toThrow(message)
    const { training, recorded } = open({ config: wrong, errorStrategy: 'quiet', log })
    training.onAppStart()
    expect(log).toHaveBeenCalledTimes(1)
    expect(outline(recorded)).toEqual(['telemetryDataError'])
  })

  it('T4: a training that starts without what it needs is refused', () => {
    const { training } = open({ config: { worldSize: 1, sessionTag: 's' } })
    training.onAppStart()
    expect(() => training.onTrainStart({ trainIterationsStart: 0 })).toThrow(
      'perfTag and globalBatchSize must be set before the training starts',
    )
  })

  it('T4: what a recorder throws that is no RecorderError becomes the cause of one', () => {
    const cause = new TypeError('broken')
    const recorder: Recorder = {
      ...openRecording(manualClock()).recorder,
      start: () => {
        throw cause
      },
    }
    expect(() => open({ recorder }).training.onAppStart()).toThrow(
      expect.objectContaining({ name: 'RecorderError', code: 'INTERNAL', cause }),
    )
  })
})
