import { describe, expect, it } from 'vitest'
import { appStart, type Beat, eventsOf, iteration, outline, play, trainEnd, trainStart } from './play.ts'

const metrics = (beats: readonly Beat[], fields: Parameters<typeof play>[1] = {}) =>
  eventsOf(play([appStart, ...beats], fields).records, 'training_metrics_update')

const each = (seconds: readonly number[]) => seconds.flatMap(iteration)
const throughput = {
  isLogThroughputEnabled: true,
  flopsPerSample: 1e12,
  logEveryNTrainIterations: 2,
} as const

describe('T11: throughput', () => {
  it('T11: its extremes are those of single iterations: 40 and 5 where the average is 8.9', () => {
    const [event] = metrics([trainStart(), ...each([0.1, 0.8])], { ...throughput, globalBatchSize: 4 })
    // 4 × 10^12 operations in 0.1 s, and in 0.8 s
    expect(event?.train_throughput_per_gpu_max).toBeCloseTo(40, 9)
    expect(event?.train_throughput_per_gpu_min).toBeCloseTo(5, 9)
    expect(event?.train_throughput_per_gpu).toBeCloseTo(80 / 9, 9)
    expect(event).toMatchObject({
      total_flops: 8e12,
      completed_floating_point_operations_overall: 8e12,
    })
  })

  it('is per GPU', () => {
    const [event] = metrics([trainStart(), ...each([1, 1])], { ...throughput, worldSize: 4 })
    expect(event?.train_throughput_per_gpu).toBe(2)
  })

  it('is left out, with all operations, where nobody asks for it', () => {
    const [event = {}] = metrics([trainStart(), ...each([1, 1])], { logEveryNTrainIterations: 2 })
    expect(Object.keys(event).filter((name) => /flops|floating|throughput/.test(name))).toEqual([])
  })

  it('is not infinite where an iteration took no time', () => {
    const [event] = metrics([trainStart(), ...each([0, 1])], throughput)
    expect(event).toMatchObject({ train_throughput_per_gpu_max: 8, train_throughput_per_gpu_min: 8 })
  })
})

describe('T11: the interval', () => {
  const every3 = { logEveryNTrainIterations: 3 }
  const intervals = (beats: readonly Beat[]) =>
    metrics(beats, every3).map((event) => [event.current_iteration, event.interval, event.num_iterations])

  it.each([
    { resumedAt: 0, iterations: 6, told: [[2, 3, 3], [5, 3, 6]] }, // biome-ignore format: a table
    { resumedAt: 2, iterations: 4, told: [[2, 1, 1], [5, 3, 4]] }, // biome-ignore format: a table
    { resumedAt: 4, iterations: 5, told: [[5, 2, 2], [8, 3, 5]] }, // biome-ignore format: a table
    { resumedAt: 3, iterations: 3, told: [[5, 3, 3]] },
  ])('T11: is the true one of a training resumed at $resumedAt', ({ resumedAt, iterations, told }) => {
    expect(intervals([trainStart(resumedAt), ...each(Array(iterations).fill(1))])).toEqual(told)
  })

  it('is told from the first iteration on, where every one is', () => {
    const told = metrics([trainStart(), ...each([1, 1])], { logEveryNTrainIterations: 1 })
    expect(told.map((event) => [event.current_iteration, event.interval])).toEqual([
      [0, 1],
      [1, 1],
    ])
  })

  it('that began last is told at the end of the loop', () => {
    expect(intervals([trainStart(), ...each([1, 1, 1, 1]), trainEnd])).toEqual([
      [2, 3, 3],
      [3, 1, 4],
    ])
    expect(intervals([trainStart(), ...each([1, 1, 1]), trainEnd])).toHaveLength(1)
  })
})

it('times are told of the whole job, and of the interval', () => {
  const told = metrics([trainStart(), ...each([1, 3, 5, 7])], { logEveryNTrainIterations: 2 })
  expect(told[1]).toMatchObject({
    avg_iteration_time_sec: 4,
    min_iteration_time_sec: 1,
    max_iteration_time_sec: 7,
    total_iteration_time_sec: 16,
    interval_avg_iteration_time_sec: 6,
    interval_min_iteration_time_sec: 5,
    interval_max_iteration_time_sec: 7,
    interval_total_iteration_time_sec: 12,
  })
})

it('tokens are counted with the length of each sample', () => {
  const [event] = metrics([trainStart(), ...each([1, 3])], { logEveryNTrainIterations: 2, seqLength: 100 })
  expect(event).toMatchObject({ train_tokens: 1_600, avg_tokens_per_second: 400, num_train_samples: 16 })
})

it('the latest loss is told, also one that is no number', () => {
  const end = (loss: number): Beat => ({ type: 'iteration-end', loss })
  const start: Beat = { type: 'iteration-start' }
  const [event] = metrics([trainStart(), start, 1, end(0.5), start, 1, end(Number.NaN)], {
    logEveryNTrainIterations: 2,
  })
  expect(event?.latest_loss).toBeNaN()
})

describe('iterations that were only seen together', () => {
  const several = (count: number, completed: number, seconds = count): Beat => ({
    ...{ type: 'iterations', count, completed, seconds, isOne: false },
  })
  const every10 = { ...throughput, logEveryNTrainIterations: 10 }

  it('have an average, and no extremes', () => {
    const one: Beat = { type: 'iterations', count: 1, completed: 10, seconds: 1, isOne: true }
    const [event = {}] = metrics([trainStart(), several(6, 6), several(3, 9, 13), one], every10)
    expect(event).toMatchObject({ interval: 10, num_iterations: 10, avg_iteration_time_sec: 2 })
    expect(event.train_throughput_per_gpu).toBe(4)
    expect(Object.keys(event).filter((name) => /_m(in|ax)(_|$)/.test(name))).toEqual([])
  })

  it('are told when they pass a multiple', () => {
    const told = metrics(
      [trainStart(), several(7, 7), several(7, 14), several(5, 19), several(30, 49)],
      every10,
    )
    expect(told.map((event) => event.interval)).toEqual([14, 35])
  })

  it('a training that goes back is where it is, and its intervals are what was trained', () => {
    const told = metrics([trainStart(), several(15, 15), several(0, 5, 0), several(6, 11)], every10)
    const of = (event: (typeof told)[number]) => [
      ...[event.current_iteration, event.interval],
      event.completed_floating_point_operations_overall,
    ]
    expect(told.map(of)).toEqual([
      [14, 15, 120e12],
      [10, 6, 88e12],
    ])
  })

  it('of a training that was met on its way, what was before is not known', () => {
    const met: Beat = { type: 'train-start', completed: 95, isStartKnown: false }
    const { records } = play([appStart, met, several(5, 100)], every10)
    const start = records.find((record) => record.kind === 'start' && record.span === 'training_loop')
    expect(start).toMatchObject({ attributes: { completed_floating_point_operations_overall: 760e12 } })
    const [event = {}] = eventsOf(records, 'training_metrics_update')
    expect(event).toMatchObject({ current_iteration: 99, num_iterations: 5, num_train_samples: 40 })
    expect(event).not.toHaveProperty('train_iterations_start')
    expect(event).not.toHaveProperty('train_samples_start')
  })
})

it('without isTrainIterationsEnabled only the loop is told, and all is counted', () => {
  const { records, state } = play([appStart, trainStart(), ...each([1, 1]), trainEnd], {
    ...{ isTrainIterationsEnabled: false, logEveryNTrainIterations: 1 },
  })
  expect(outline(records).slice(-2)).toEqual(['start training_loop', 'stop training_loop'])
  expect(state).toMatchObject({ completed: 2, iterations: { count: 2, totalSec: 2 } })
})

it('samples that were trained before count for the operations done overall', () => {
  const start: Beat = { type: 'train-start', completed: 10, isStartKnown: true, samplesStart: 60 }
  const { records } = play([appStart, start], throughput)
  expect(records.at(-1)).toMatchObject({
    attributes: { train_samples_start: 60, completed_floating_point_operations_overall: 60e12 },
  })
})

it('the state stays of one size, however long the training is', () => {
  const cycle = (step: number): readonly Beat[] => [
    ...iteration(1),
    { type: 'save-start', step },
    { type: 'save-end' },
    { type: 'validation-start' },
    { type: 'validation-end' },
  ]
  const sizeAfter = (cycles: number) => {
    const beats = Array.from({ length: cycles }, (_, index) => cycle(index + 1)).flat()
    const { state } = play([appStart, trainStart(), ...beats], { checkpointStrategy: 'async' })
    return JSON.stringify(state).replaceAll(/\d+(\.\d+)?(e\+\d+)?/g, '0').length
  }
  expect(sizeAfter(5_000)).toBe(sizeAfter(500))
})
