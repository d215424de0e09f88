import { describe, expect, it } from 'vitest'
import type { TrainingCallback } from '../../../src/recorder/training/callbacks.ts'
import { fromWorkload } from '../../../src/recorder/training/from-workload.ts'
import {
  noWorkload,
  type WorkloadMoment,
  type WorkloadReading,
} from '../../../src/recorder/training/workload-state.ts'
import type { CheckpointEvent, SpanEndedEvent, SpanStartedEvent } from '../../../src/workload-events.ts'

/** What happens, after so many seconds. */
type Happening = readonly [atSec: number, moment: WorkloadMoment]

const date = (sec: number) => new Date(sec * 1_000)
const stamp = (sec: number) => ({ wallMs: sec * 1_000, monotonicMs: sec * 1_000 - 5_000 })

/** The callbacks, each with the second that it happened in. */
const map = (happenings: readonly Happening[], reading: WorkloadReading = {}) => {
  let state = noWorkload
  const told: (Omit<TrainingCallback, 'at'> & { readonly sec: number })[] = []
  for (const [atSec, moment] of happenings) {
    const mapped = fromWorkload(state, moment, stamp(atSec), reading)
    state = mapped.state
    told.push(...mapped.callbacks.map(({ at, ...callback }) => ({ ...callback, sec: at.wallMs / 1_000 })))
  }
  return { told, state }
}

const progress = (step: number, more: { readonly loss?: number; readonly totalSteps?: number } = {}) => {
  const { totalSteps, ...metrics } = more
  return { type: 'progress' as const, step, metrics, ...(totalSteps !== undefined && { totalSteps }) }
}
const checkpoint = (fromSec: number, toSec: number, step?: number): CheckpointEvent => ({
  ...{ type: 'checkpoint', name: `checkpoint-${toSec}`, metadata: {}, sizeBytes: 10 },
  ...{ startedAt: date(fromSec), endedAt: date(toSec), ...(step !== undefined && { step }) },
})
const spanStarted = (name: string, sec: number, more: Partial<SpanStartedEvent> = {}): SpanStartedEvent => ({
  ...{ type: 'span-started', at: date(sec), id: name, name, attributes: {} },
  ...more,
})
const spanEnded = (id: string, sec: number, error?: string): SpanEndedEvent => ({
  ...{ type: 'span-ended', at: date(sec), id, attributes: {}, ...(error !== undefined && { error }) },
})

const iterations = (sec: number, count: number, seconds: number, completed: number, isOne = false) => ({
  ...{ type: 'iterations', sec, count, seconds, completed, isOne, loss: undefined },
})
const started = (sec: number, completed: number, isStartKnown: boolean, iterationsTarget?: number) => ({
  ...{ type: 'train-start', sec, completed, isStartKnown, iterationsTarget },
})

describe('steps', () => {
  it('that are told in their moment are single iterations, from the beginning of the first epoch', () => {
    const happenings: Happening[] = [
      [10, { type: 'epoch-started', epoch: 1 }],
      [12, progress(1, { totalSteps: 4 })],
      [13, progress(2)],
    ]
    expect(map(happenings, { isExact: true }).told).toEqual([
      started(10, 0, true, 4),
      iterations(12, 1, 2, 1, true),
      iterations(13, 1, 1, 2, true),
    ])
  })

  it('that are read now and then are iterations of which only the time of all is known', () => {
    expect(
      map([
        [10, progress(1)],
        [14, progress(5)],
        [14, progress(6)],
        [20, progress(16)],
      ]).told,
    ).toEqual([
      started(10, 0, true),
      iterations(10, 0, 0, 1),
      iterations(14, 4, 4, 5),
      iterations(14, 1, 0, 6),
      iterations(20, 10, 6, 16),
    ])
  })

  it('of a training that is met on its way count from there on', () => {
    expect(
      map([
        [10, progress(500)],
        [20, progress(510)],
      ]).told,
    ).toEqual([started(10, 500, false), iterations(20, 10, 10, 510)])
  })

  it('that are each told say where a resumed training started', () => {
    const happenings: Happening[] = [
      [10, { type: 'epoch-started', epoch: 6 }],
      [11, progress(501)],
    ]
    expect(map(happenings, { isExact: true }).told).toEqual([
      started(10, 500, true),
      iterations(11, 1, 1, 501, true),
    ])
  })

  it('that are told again count once; the loss that comes with it is used', () => {
    const happenings: Happening[] = [
      [10, progress(1)],
      [11, progress(2)],
      [13, progress(2)],
      [13, progress(2, { loss: 0.5 })],
      [15, progress(4)],
    ]
    expect(map(happenings).told.slice(2)).toEqual([
      iterations(11, 1, 1, 2),
      { ...iterations(13, 0, 0, 2), loss: 0.5 },
      iterations(15, 2, 4, 4),
    ])
  })

  it('that go back are trained again', () => {
    expect(
      map([
        [10, progress(1)],
        [20, progress(11)],
        [30, progress(5)],
        [32, progress(7)],
      ]).told.slice(2),
    ).toEqual([iterations(20, 10, 10, 11), iterations(30, 0, 0, 5), iterations(32, 2, 2, 7)])
  })

  it('progress without a step is not known to OneLogger', () => {
    expect(map([[10, { type: 'progress', percent: 50, metrics: {} }]]).told).toEqual([])
  })
})

describe('checkpoints', () => {
  it('are saves that have succeeded, at the times that they took', () => {
    const { told } = map([
      [10, progress(1)],
      [20, progress(11)],
      [26, checkpoint(22, 25)],
    ])
    expect(told.slice(3)).toEqual([
      { type: 'save-start', sec: 22, step: 11, holds: { iterations: 11, iterationsSec: 10 } },
      { type: 'save-success', sec: 25, step: 11, sizeBytes: 10, directory: 'checkpoint-25' },
      { type: 'save-end', sec: 25 },
    ])
  })

  it('hold what was trained before them, though they are announced later', () => {
    const { told } = map([
      ...[...Array(40).keys()].map((index): Happening => [10 + index, progress(index + 1)]),
      [50, checkpoint(20.5, 22)],
      [50, checkpoint(30, 32, 15)],
    ])
    expect(told.filter(({ type }) => type === 'save-start')).toMatchObject([
      { sec: 20.5, holds: { iterations: 11, iterationsSec: 10 } },
      { sec: 30, step: 15, holds: { iterations: 15, iterationsSec: 14 } },
    ])
  })

  it('hold the time of their own step, also where steps take less than the marks are apart', () => {
    const { told } = map([
      ...[...Array(60).keys()].map((index): Happening => [10 + index / 100, progress(index + 1)]),
      [11, checkpoint(10.5, 10.6, 41)],
    ])
    expect(told.find(({ type }) => type === 'save-start')).toMatchObject({
      holds: { iterations: 41, iterationsSec: expect.closeTo(0.4, 1) },
    })
  })

  it('of which nobody knows the step are saved all the same', () => {
    const { told } = map([[26, checkpoint(22, 25)]])
    expect(told[0]).toEqual({
      ...{ type: 'save-start', sec: 22, step: undefined },
      holds: { iterations: undefined, iterationsSec: undefined },
    })
  })

  const between: Happening[] = [
    [10, progress(1)],
    [20, progress(11)],
    [25, checkpoint(20, 24)],
    [30, progress(21)],
  ]
  it('take no time of the iterations that wait for them', () => {
    expect(map(between).told.at(-1)).toEqual(iterations(30, 10, 6, 21))
  })

  it('that are written beside the training take none', () => {
    expect(map(between, { savesBeside: true }).told.at(-1)).toEqual(iterations(30, 10, 10, 21))
  })

  it('that began before the last step take only what was after it', () => {
    const late: Happening[] = [...between.slice(0, 2), [25, checkpoint(15, 24)], [30, progress(21)]]
    expect(map(late).told.at(-1)).toEqual(iterations(30, 10, 6, 21))
  })
})

describe("spans of OneLogger's names", () => {
  it.each([
    ['model_initialization', 'span-start', 'span-end'],
    ['checkpoint_load', 'span-start', 'span-end'],
    ['validation_loop', 'validation-start', 'validation-end'],
    ['testing_loop', 'testing-start', 'testing-end'],
  ])('%s is known', (name, start, end) => {
    const { told } = map([
      [11, spanStarted(name, 10)],
      [16, spanEnded(name, 15)],
    ])
    expect(told).toMatchObject([
      { type: start, sec: 10 },
      { type: end, sec: 15 },
    ])
  })

  it('take no time of the iterations around them', () => {
    const happenings: Happening[] = [
      [10, progress(1)],
      [20, progress(11)],
      [22, spanStarted('validation_loop', 22)],
      [25, spanEnded('validation_loop', 25)],
      [30, progress(21)],
    ]
    expect(map(happenings).told.at(-1)).toEqual(iterations(30, 10, 7, 21))
  })

  it('training_loop says where the training starts', () => {
    const attributes = {
      train_iterations_start: 500,
      train_samples_start: 16_000,
      train_iterations_target: -1,
    }
    const { told } = map([
      [10, spanStarted('training_loop', 10, { attributes })],
      [20, progress(510)],
      [30, spanEnded('training_loop', 29)],
    ])
    expect(told).toEqual([
      { ...started(10, 500, true), samplesStart: 16_000, samplesTarget: undefined },
      iterations(20, 10, 10, 510),
      { type: 'train-end', sec: 29 },
    ])
  })

  it('training_loop that does not say it begins when it says, where its first step is', () => {
    const { told } = map([
      [10, spanStarted('training_loop', 10)],
      [20, progress(510)],
      [21, progress(511)],
    ])
    expect(told).toEqual([started(10, 510, false), iterations(21, 1, 1, 511)])
  })

  it('a loop without a step is there', () => {
    const { told } = map([
      [10, spanStarted('training_loop', 10)],
      [20, spanEnded('training_loop', 20, 'no data')],
    ])
    expect(told).toEqual([
      { type: 'train-start', sec: 10, completed: 0, isStartKnown: false },
      { type: 'error', sec: 20, span: 'training_loop', message: 'no data' },
      { type: 'train-end', sec: 20 },
    ])
  })

  it('of other ranks, of other names, or twice at a time are not used', () => {
    const { told, state } = map([
      [10, spanStarted('testing_loop', 10, { rank: 3 })],
      [10, spanStarted('evaluation', 10)],
      [10, spanStarted('validation_loop', 10, { id: 'first' })],
      [11, spanStarted('validation_loop', 11, { id: 'second' })],
      [12, spanEnded('second', 12)],
      [12, spanEnded('nobody', 12)],
    ])
    expect(told).toHaveLength(1)
    expect(Object.keys(state.spans)).toEqual(['validation_loop'])
  })
})

it('a task that fails tells why, and ends the application', () => {
  expect(
    map([
      [1, { type: 'task-started' }],
      [5, { type: 'task-ended', error: 'exit status 1' }],
    ]).told,
  ).toEqual([
    { type: 'app-start', sec: 1 },
    { type: 'error', sec: 5, span: 'application', message: 'exit status 1' },
    { type: 'work-end', sec: 5 },
    { type: 'app-end', sec: 5 },
  ])
})

it('a task began when it says so, and its work is over when nothing trains any more', () => {
  expect(
    map([
      [3, { type: 'task-started', at: date(1) }],
      [5, { type: 'work-ended' }],
      [8, { type: 'work-ended' }],
      [9, { type: 'task-ended' }],
    ]).told,
  ).toEqual([
    { type: 'app-start', sec: 1 },
    { type: 'work-end', sec: 5 },
    { type: 'app-end', sec: 9 },
  ])
})

it('errors are told with their type', () => {
  const [told] = map([
    [5, { type: 'error', at: date(4), message: 'out of memory', errorType: 'CUDAError', attributes: {} }],
  ]).told
  expect(told).toMatchObject({
    type: 'error',
    sec: 4,
    message: 'out of memory',
    error: { name: 'CUDAError' },
  })
})

it('a moment that is later than now is now, and a step back of the wall clock takes no time away', () => {
  const { told } = map([[26, checkpoint(30, 25)]])
  expect(told.map(({ sec }) => sec)).toEqual([26, 25, 25])
})

it('what is kept in mind stays of one size', () => {
  const happenings = (count: number) =>
    [...Array(count).keys()].map((index): Happening => [index, progress(index)])
  const sizeOf = (count: number) => map(happenings(count)).state.marks.length
  expect(sizeOf(20_000)).toBe(sizeOf(1_000))
})
