import { describe, expect, it } from 'vitest'
import { beginSave, mostPendingSaves, noSaves, succeedSave } from '../../../src/recorder/training/saves.ts'
import {
  appStart,
  type Beat,
  eventsOf,
  failedSave,
  iteration,
  outline,
  play,
  save,
  saveEnd,
  saveStart,
  saveSuccess,
  trainStart,
} from './play.ts'

const begun = [appStart, trainStart()]
const scheduled = (step: number): readonly Beat[] => [saveStart(step), saveEnd]

const times = (total: number, min: number, max: number, avg: number, count: number) => ({
  save_checkpoint_sync_time_total_sec: total,
  save_checkpoint_sync_time_min_sec: min,
  save_checkpoint_sync_time_max_sec: max,
  save_checkpoint_sync_time_avg_sec: avg,
  save_checkpoint_sync_time_count: count,
})

describe('T9: the times of saves', () => {
  it('T9: of 20 s and 40 s are 2, 30 s on average, 20 s, 40 s and 60 s', () => {
    const { records } = play([...begun, ...save(1, 20), ...save(2, 40)])
    expect(eventsOf(records, 'sync_checkpoint_metrics_update')).toEqual([
      times(20, 20, 20, 20, 1),
      times(60, 20, 40, 30, 2),
    ])
  })

  it('T9: are not told before the first one', () => {
    const { records } = play([...begun, saveStart(1), 5])
    expect(eventsOf(records, 'sync_checkpoint_metrics_update')).toEqual([])
  })
})

it('T9: a save that failed is an attempt, and no success', () => {
  const { records } = play([...begun, ...failedSave(1, 1), ...save(2, 1), ...failedSave(3, 1), ...save(4, 1)])
  const attempts = records.flatMap((record) =>
    record.kind === 'start' && record.span === 'checkpoint_save_sync'
      ? [record.attributes.save_checkpoint_attempt_count]
      : [],
  )
  expect(attempts).toEqual([1, 2, 3, 4])
  const successes = eventsOf(records, 'save_checkpoint_success')
  expect(successes.map((event) => event.save_checkpoint_success_count)).toEqual([1, 2])
})

describe('T9: what is productive', () => {
  const productive = (records: Parameters<typeof eventsOf>[0]) =>
    eventsOf(records, 'save_checkpoint_success').map((event) => [
      event.current_iteration,
      event.productive_train_iterations,
      event.productive_train_samples,
      event.productive_train_iterations_sec,
    ])

  it('T9: never becomes less, though asynchronous saves succeed out of order', () => {
    const { records } = play(
      [
        ...[...begun, ...iteration(1), ...scheduled(1), ...iteration(2), ...scheduled(2), ...iteration(4)],
        ...[saveSuccess(2), saveSuccess(1), ...scheduled(3), saveSuccess(3)],
      ],
      { checkpointStrategy: 'async' },
    )
    expect(productive(records)).toEqual([
      [2, 2, 16, 3],
      [1, 2, 16, 3],
      [3, 3, 24, 7],
    ])
  })

  it('is what was done when the save began, not when it succeeded', () => {
    const { records } = play(
      [...begun, ...iteration(1), ...scheduled(1), ...iteration(1), ...iteration(1), saveSuccess(1)],
      { checkpointStrategy: 'async' },
    )
    expect(productive(records)).toEqual([[1, 1, 8, 1]])
  })

  it('is not known of a save that nobody saw begin, and does not become less by it', () => {
    const { records } = play(
      [...begun, saveSuccess(7), ...iteration(1), ...scheduled(1), saveSuccess(1), saveSuccess(9)],
      { checkpointStrategy: 'async' },
    )
    expect(productive(records)).toEqual([
      [7, undefined, undefined, undefined],
      [1, 1, 8, 1],
      [9, 1, 8, 1],
    ])
  })

  it('is not increased by a save that failed', () => {
    const { records, state } = play([
      ...[...begun, ...iteration(1), ...save(1, 1), ...iteration(1), ...failedSave(2, 1)],
      ...save(1, 1),
      ...failedSave(3, 1),
    ])
    expect(state.saves.pending).toEqual([])
    // the last one saves what there is, under an old number
    expect(productive(records).map(([, iterations]) => iterations)).toEqual([1, 2])
  })
})

it('a save that never ended has failed, and does not stop the next one', () => {
  const { records, state } = play([...begun, saveStart(1), 5, ...save(2, 1)])
  expect(outline(records.slice(-7))).toEqual([
    'start checkpoint_save_sync',
    'error checkpoint_save_sync',
    'stop checkpoint_save_sync',
    'start checkpoint_save_sync',
    'event checkpoint_save_sync save_checkpoint_success',
    'event checkpoint_save_sync sync_checkpoint_metrics_update',
    'stop checkpoint_save_sync',
  ])
  expect(state.saves).toMatchObject({ attempts: 2, successes: 1, pending: [] })
  expect(state.saveTimes).toMatchObject({ count: 1, totalSec: 1 })
})

it('an asynchronous success belongs to the application, as the span of the save is over', () => {
  const { records } = play([...begun, ...scheduled(1), 60, saveSuccess(1)], { checkpointStrategy: 'async' })
  expect(outline(records).at(-1)).toBe('event application save_checkpoint_success')
})

it('without isSaveCheckpointEnabled a save is a span, and no more', () => {
  const { records } = play([...begun, ...save(1, 1)], { isSaveCheckpointEnabled: false })
  expect(records.slice(-2)).toEqual([
    { kind: 'start', span: 'checkpoint_save_sync', parent: 'training_loop', attributes: {} },
    { kind: 'stop', span: 'checkpoint_save_sync' },
  ])
})

it('size and directory of a checkpoint are told where they are known', () => {
  const success: Beat = { type: 'save-success', step: 1, sizeBytes: 4_096, directory: 'checkpoint-1' }
  const { records } = play([...begun, saveStart(1), success, saveEnd])
  expect(eventsOf(records, 'save_checkpoint_success')[0]).toMatchObject({
    checkpoint_size: 4_096,
    checkpoint_directory: 'checkpoint-1',
  })
})

it(`of saves that nobody hears of again the newest ${mostPendingSaves} are remembered`, () => {
  let saves = noSaves
  for (let step = 1; step <= 1_000; step += 1) saves = beginSave(saves, { step, holds: { iterations: step } })
  expect(saves.attempts).toBe(1_000)
  expect(saves.pending).toHaveLength(mostPendingSaves)
  expect(succeedSave(saves, 1_000, 0).productive.iterations).toBe(1_000)
  expect(succeedSave(saves, 1, 0).productive.iterations).toBeUndefined()
})

it('first and latest success are the earliest and the latest moment, in whatever order they are told', () => {
  const saves = [30, 10, 20].reduce((known, atSec) => succeedSave(known, 1, atSec), noSaves)
  expect(saves).toMatchObject({ firstSuccessSec: 10, latestSuccessSec: 30 })
})
