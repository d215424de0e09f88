import { describe, expect, it } from 'vitest'
import type { TaskRecord } from '../../src/task-record/record.ts'
import { longestSegmentMs } from '../../src/task-record/segments.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { logEvent, state } from './events.ts'
import { recorded } from './recording.ts'

const checkpoint = {
  ...({ type: 'checkpoint', name: 'c', percentComplete: 1, metadata: {}, sizeBytes: 1 } as const),
  ...{ startedAt: new Date(), endedAt: new Date() },
}

/** The segments of a task, by what they say of themselves. */
const segmentsOf = async (use: (record: TaskRecord, clock: ManualClock) => void | Promise<void>) => {
  const clock = manualClock()
  const { spans } = await recorded((record) => use(record, clock), { clock })
  expect(clock.pending()).toBe(0)
  return spans
    .filter(({ name }) => name === 'taskbeat.segment')
    .map(({ attributes }) => ({
      epoch: attributes['taskbeat.epoch'],
      last: attributes['taskbeat.step.last'],
    }))
}

const step = (step: number, epoch?: number) => state({ step, epoch })

describe('a run whose workload tells no epochs', () => {
  it('has a segment to each checkpoint', async () => {
    const segments = await segmentsOf((record) => {
      record.progress(step(1))
      record.checkpointSaved(checkpoint)
      record.progress(step(2, 0.5))
      record.progress(step(3, 0.75))
      record.checkpointSaved(checkpoint)
    })
    expect(segments).toEqual([
      { epoch: undefined, last: 1 },
      { epoch: 0.75, last: 3 },
    ])
  })

  it('has none before anything happens', async () => {
    expect(await segmentsOf((record) => record.message('INFO', 'nothing yet'))).toEqual([])
  })

  it('has one although it only prints', async () => {
    expect(await segmentsOf((record) => record.log(logEvent('epoch 1')))).toHaveLength(1)
  })

  it('is cut after five minutes, and goes on without a gap', async () => {
    const segments = await segmentsOf(async (record, clock) => {
      record.progress(step(1))
      await clock.advance(longestSegmentMs - 1)
      record.progress(step(2))
      await clock.advance(1)
      expect(clock.pending()).toBe(1)
      record.progress(step(3))
    })
    expect(segments.map(({ last }) => last)).toEqual([2, 3])
  })

  it('has one more if it hangs, and no other until it goes on', async () => {
    const segments = await segmentsOf(async (record, clock) => {
      record.progress(step(1))
      await clock.advance(100 * longestSegmentMs)
      expect(clock.pending()).toBe(0)
      record.progress(step(2))
    })
    expect(segments.map(({ last }) => last)).toEqual([1, 1, 2])
  })
})

describe('a run whose workload tells epochs', () => {
  it('has a segment for each, to its checkpoint', async () => {
    const segments = await segmentsOf((record) => {
      for (const epoch of [1, 2]) {
        record.epochStarted(epoch)
        record.progress(step(epoch * 10, epoch))
        record.checkpointSaved(checkpoint)
      }
    })
    expect(segments).toEqual([
      { epoch: 1, last: 10 },
      { epoch: 2, last: 20 },
    ])
  })

  it('has more than one for a long epoch', async () => {
    const segments = await segmentsOf(async (record, clock) => {
      record.epochStarted(7)
      record.progress(step(1))
      await clock.advance(longestSegmentMs)
      record.progress(step(2))
      record.epochStarted(8)
    })
    expect(segments).toEqual([
      { epoch: 7, last: 1 },
      { epoch: 7, last: 2 },
      { epoch: 8, last: 2 },
    ])
  })
})
