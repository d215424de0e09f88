import { expect, it } from 'vitest'
import { trainingEvents } from '../../../src/recorder/training/names.ts'
import type { WorkloadMoment } from '../../../src/recorder/training/workload-state.ts'
import { recordWorkloadTraining } from '../../../src/recorder/training/workload-training.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { openRecording } from './recorded.ts'

const open = (options: Partial<Parameters<typeof recordWorkloadTraining>[0]> = {}) => {
  const clock = manualClock(new Date(1_000_000))
  const { recorder, recorded, times } = openRecording(clock)
  const tell = recordWorkloadTraining({ recorder, clock, ...options })
  const after = (seconds: number, moment: WorkloadMoment) => {
    clock.suspend(seconds * 1_000)
    tell(moment)
  }
  return { recorder, recorded, times, clock, tell, after }
}

const progress = (step: number) => ({ type: 'progress' as const, step, metrics: { loss: 1 / step } })

it('a command that tells steps and checkpoints has the spans and events of OneLogger', () => {
  const { recorded, times, clock, tell, after } = open({ known: { sessionTag: 'run-1' } })
  tell({ type: 'task-started' })
  after(1, progress(1))
  after(60, progress(61))
  const startedAt = clock.now()
  after(4, {
    ...{ type: 'checkpoint', name: 'checkpoint-61', metadata: {}, sizeBytes: 99, step: 61 },
    ...{ startedAt, endedAt: new Date(startedAt.getTime() + 4_000) },
  })
  after(6, progress(71))
  after(1, { type: 'task-ended' })
  expect(recorded()).toEqual([
    { start: 'application', parent: null, attributes: {} },
    { event: 'one_logger_initialization', span: 'application', attributes: { session_tag: 'run-1' } },
    {
      ...{ start: 'training_loop', parent: 'application' },
      attributes: { train_iterations_start: 0 },
    },
    {
      ...{ event: 'training_metrics_update', span: 'training_loop' },
      attributes: {
        ...{ train_iterations_start: 0, current_iteration: 60, num_iterations: 60, interval: 60 },
        ...{ avg_iteration_time_sec: 1, total_iteration_time_sec: 60 },
        ...{ interval_avg_iteration_time_sec: 1, interval_total_iteration_time_sec: 60 },
        latest_loss: 1 / 61,
        first_logged_train_iterations_finish_timestamp_sec: 1_061,
        last_logged_train_iterations_finish_timestamp_sec: 1_061,
      },
    },
    {
      ...{ start: 'checkpoint_save_sync', parent: 'training_loop' },
      attributes: { current_iteration: 61, save_checkpoint_attempt_count: 1 },
    },
    {
      ...{ event: 'save_checkpoint_success', span: 'checkpoint_save_sync' },
      attributes: {
        current_iteration: 61,
        first_successful_save_checkpoint_timestamp_sec: 1_065,
        latest_successful_save_checkpoint_timestamp_sec: 1_065,
        ...{ save_checkpoint_success_count: 1, productive_train_iterations: 61 },
        ...{ productive_train_iterations_sec: 60, training_start_timestamp_sec: 1_001 },
        ...{ checkpoint_size: 99, checkpoint_directory: 'checkpoint-61' },
      },
    },
    {
      ...{ event: 'sync_checkpoint_metrics_update', span: 'checkpoint_save_sync' },
      attributes: {
        save_checkpoint_sync_time_total_sec: 4,
        save_checkpoint_sync_time_min_sec: 4,
        save_checkpoint_sync_time_max_sec: 4,
        save_checkpoint_sync_time_avg_sec: 4,
        save_checkpoint_sync_time_count: 1,
      },
    },
    { stop: 'checkpoint_save_sync' },
    {
      ...{ event: 'training_metrics_update', span: 'training_loop' },
      attributes: expect.objectContaining({ interval: 10, total_iteration_time_sec: 66 }),
    },
    { stop: 'training_loop' },
    { stop: 'application' },
  ])
  expect(times()).toContainEqual(['checkpoint_save_sync', startedAt])
})

it('what people know of the training is used', () => {
  const known = {
    ...{ worldSize: 2, perfTag: 'p', globalBatchSize: 8, flopsPerSample: 1e12 },
    ...{ isLogThroughputEnabled: true, logEveryNTrainIterations: 2, checkpointStrategy: 'async' as const },
  }
  const { recorded, tell, after, clock } = open({ known, isExact: true })
  tell({ type: 'task-started' })
  tell({ type: 'epoch-started', epoch: 1 })
  after(1, progress(1))
  after(4, progress(2))
  tell({
    ...{ type: 'checkpoint', name: 'c', metadata: {}, sizeBytes: 1, step: 1 },
    ...{ startedAt: clock.now(), endedAt: clock.now() },
  })
  const attributesOf = (name: string) =>
    recorded().flatMap((one) => ('event' in one && one.event === name ? [one.attributes] : []))
  expect(attributesOf(trainingEvents.configUpdate)).toMatchObject([{ perf_tag: 'p' }])
  expect(attributesOf(trainingEvents.trainingMetrics)).toMatchObject([
    { num_train_samples: 16, train_throughput_per_gpu_max: 4, train_throughput_per_gpu_min: 1 },
  ])
  expect(attributesOf(trainingEvents.saveCheckpointSuccess)).toMatchObject([
    ...[{ productive_train_iterations: 1, productive_train_samples: 8, productive_train_tflops: 8 }],
  ])
})

it('never throws: a record that fails says so once, and ends', () => {
  const { recorder, recorded } = openRecording(manualClock())
  const { tell } = open({
    recorder: {
      ...recorder,
      event: () => {
        throw new Error('full')
      },
    },
  })
  tell({ type: 'task-started' })
  tell({ type: 'task-ended' })
  expect(recorded()).toEqual([
    { start: 'application', parent: null, attributes: {} },
    { telemetryDataError: 'the training could not be recorded: full' },
  ])
})

it('any order of moments can be recorded', () => {
  const { recorded, tell } = open()
  const at = new Date(1_000_000)
  const span = (name: string): WorkloadMoment => ({
    ...{ type: 'span-started', at, id: name, name, attributes: {} },
  })
  const end = (id: string): WorkloadMoment => ({ type: 'span-ended', at, id, attributes: {} })
  const checkpoint: WorkloadMoment = {
    ...{ type: 'checkpoint', name: 'c', metadata: {}, startedAt: at, endedAt: at, sizeBytes: 1 },
  }
  const moments = [
    ...[progress(1), progress(9), progress(3), checkpoint, span('training_loop'), end('training_loop')],
    ...[span('validation_loop'), end('validation_loop'), span('model_initialization')],
    ...[end('model_initialization'), { type: 'epoch-started' as const, epoch: 1 }],
    { type: 'error' as const, at, message: 'oops', attributes: {} },
  ]
  tell({ type: 'task-started' })
  // every moment after every other
  for (const first of moments) {
    for (const second of moments) {
      tell(first)
      tell(second)
    }
  }
  tell({ type: 'task-ended', error: 'enough' })
  expect(recorded().filter((one) => 'telemetryDataError' in one)).toEqual([])
  expect(recorded().at(-1)).toEqual({ stop: 'application' })
})

it('a span of the workload’s that is one of OneLogger’s has the workload’s attributes, and its ids are told', () => {
  const { recorder, recorded, tell, clock } = open()
  const span = (type: 'span-started' | 'span-ended', id: string, name: string, attributes: object) =>
    tell({ type, at: clock.now(), id, name, attributes } as WorkloadMoment)
  tell({ type: 'task-started' })
  const loop = span('span-started', 'l', 'training_loop', { lr: 0.1 })
  tell(progress(1))
  const init = span('span-started', 'i', 'model_initialization', { layers: 12 })
  span('span-ended', 'i', 'model_initialization', { parameters: 7 })
  expect(span('span-started', 'o', 'augment', { seed: 1 })).toBeUndefined()
  tell({ type: 'task-ended' })

  expect(recorder.stats().exporters[0]?.failures).toBe(0)
  const starts = recorded().flatMap((record) => ('start' in record ? [record.start] : []))
  expect(starts).toEqual(['application', 'training_loop', 'model_initialization'])
  expect(loop?.spanId).toMatch(/^[\da-f]{16}$/)
  expect(init?.spanId).not.toBe(loop?.spanId)
})

it('steps that say when they were have extremes, however late they are read', () => {
  const { recorded, tell, clock } = open()
  tell({ type: 'task-started' })
  const startMs = clock.now().getTime()
  for (const [step, second] of [1, 2, 4, 9].entries())
    tell({ ...progress(step + 1), at: new Date(startMs - 10_000 + second * 1_000) })
  tell({ type: 'task-ended' })
  const update = recorded().find(
    (record) => 'event' in record && record.event === trainingEvents.trainingMetrics,
  )
  expect(update).toMatchObject({
    attributes: { min_iteration_time_sec: 1, max_iteration_time_sec: 5, total_iteration_time_sec: 8 },
  })
})

it('the training ends when nothing trains any more, not when the task has nothing to wait for any more', () => {
  const { recorded, times, clock, tell, after } = open()
  tell({ type: 'task-started', at: new Date(clock.now().getTime() - 500) })
  const span = { id: 'v', name: 'validation_loop', attributes: {} }
  tell({ type: 'span-started', at: clock.now(), ...span })
  after(1, progress(1))
  after(2, progress(2))
  const endedAt = clock.now()
  tell({ type: 'work-ended' })
  after(30, {
    ...{ type: 'checkpoint', name: 'c', metadata: {}, sizeBytes: 1 },
    ...{ startedAt: endedAt, endedAt },
  })
  after(30, { type: 'task-ended' })
  const ends = ['training_loop', 'validation_loop', 'training_metrics_update']
  expect(times().findLast(([name]) => name === 'application')).toEqual(['application', clock.now()])
  for (const name of ends) expect(times().findLast(([other]) => other === name)).toEqual([name, endedAt])
  expect(times()[0]).toEqual(['application', new Date(999_500)])
  expect(recorded().slice(-4)).toMatchObject([
    { event: 'training_metrics_update' },
    { stop: 'training_loop' },
    { stop: 'validation_loop' },
    { stop: 'application' },
  ])
})

it('a checkpoint that is told late is part of what went on when it was written', () => {
  const { recorded, clock, tell, after } = open()
  tell({ type: 'task-started' })
  after(1, progress(1))
  after(1, progress(2))
  const at = clock.now()
  clock.suspend(1_000)
  tell({ type: 'span-started', at: clock.now(), id: 'v', name: 'validation_loop', attributes: {} })
  after(1, { ...{ type: 'checkpoint', name: 'c', metadata: {}, sizeBytes: 1 }, startedAt: at, endedAt: at })
  const starts = recorded().flatMap((one) => ('start' in one ? [[one.start, one.parent]] : []))
  expect(starts).toEqual([
    ['application', null],
    ['training_loop', 'application'],
    ['validation_loop', 'training_loop'],
    ['checkpoint_save_sync', 'training_loop'],
  ])
})
