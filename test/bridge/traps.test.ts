import { describe, expect, it } from 'vitest'
import { seedForm } from '../../src/bridge/mapping/seed-form.ts'
import { seriesKey } from '../../src/otlp/points/point.ts'
import {
  bridgeBed,
  distributionOf,
  jobPoints,
  pointOf,
  staleAfterMs,
  startMs,
  valueIn,
} from './bridge-bed.ts'
import { documentWith } from './seed-document.ts'

const iso = (ms: number) => new Date(ms).toISOString()
const start = iso(startMs)

/** A record of that time. */
const at = (ms: number, epoch: number, batch: number, startTime = start, more: object = {}) =>
  documentWith({
    timestamp: iso(ms),
    job: { start_time: startTime },
    metrics: { epoch, batch_number: batch, ...more },
  })

describe('trap 1: counters from absolute values', () => {
  const cases: readonly (readonly [
    title: string,
    records: readonly (readonly [epoch: number, batch: number])[],
    batches: number,
    missed: number,
  ])[] = [
    ['the record before the first batch counts nothing', [[1, 0]], 0, 0],
    ['a batch number of the first epoch is the total', [[1, 0], [1, 1], [1, 2]], 2, 0],
    ['an epoch whose last batch was seen is exact', [[1, 50], [2, 1]], 51, 0],
    ['an epoch whose last batches were missed is a lower bound', [[1, 48], [2, 3]], 51, 2],
    ['which is made up for when a larger batch number is seen', [[1, 48], [2, 3], [2, 50]], 100, 2 + 48],
    ['several epochs between two records', [[1, 50], [4, 2]], 152, 101],
    ['one record at the end of each epoch', [[1, 50], [2, 50], [3, 50]], 150, 98],
    ['a number that goes on over epochs is its own total', [[1, 50], [2, 80], [3, 130]], 130, 78],
    ['epochs that count from 0', [[0, 50], [1, 50], [2, 1]], 101, 49],
    ['the same batch twice', [[1, 7], [1, 7]], 7, 0],
  ] // biome-ignore format: a case is a line
  it.each(cases)('%s', (_, records, batches, missed) => {
    const bed = bridgeBed()
    for (const [epoch, batch] of records) {
      bed.pass(10_000)
      bed.see(at(bed.nowMs(), epoch, batch))
    }
    const points = bed.collect()
    expect(pointOf(points, 'ml.training.batch_number')).toMatchObject({ value: batches, startMs })
    expect(valueIn(points, 'taskbeat.bridge.batches.missed')).toBe(missed)
  })

  it('a number of batches that is known makes the first record exact', () => {
    const bed = bridgeBed(seedForm({ batchesPerEpoch: 50 }))
    bed.see(at(startMs, 5, 10))
    expect(valueIn(bed.collect(), 'ml.training.batch_number')).toBe(210)
  })

  it('a restart of the job, with its id and another start time, begins anew at that start time', () => {
    const bed = bridgeBed()
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 3, 20))
    bed.collect()
    const secondStartMs = bed.nowMs() + 5_000
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 4, iso(secondStartMs)))
    const points = bed.collect()
    expect(pointOf(points, 'ml.training.batch_number')).toMatchObject({ value: 4, startMs: secondStartMs })
    expect(pointOf(points, 'ml.training.epoch')).toMatchObject({ value: 1, startMs: secondStartMs })
    expect(valueIn(points, 'taskbeat.bridge.batches.missed')).toBe(3)
    // one series, not an old one beside it
    expect(points.filter(({ value }) => value === undefined)).toEqual([])
  })

  it('a second run starts after the last point of the first, whatever its clock says', () => {
    const bed = bridgeBed()
    bed.pass(60_000)
    bed.see(at(bed.nowMs(), 1, 9))
    const lastMs = bed.nowMs()
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 1, iso(startMs + 30_000)))
    expect(pointOf(bed.collect(), 'ml.training.batch_number')).toMatchObject({ value: 1, startMs: lastMs })
  })

  it('a job that goes back without a word begins anew at its last record', () => {
    const bed = bridgeBed()
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 30))
    const lastMs = bed.nowMs()
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 5))
    expect(pointOf(bed.collect(), 'ml.training.batch_number')).toMatchObject({ value: 5, startMs: lastMs })
  })
})

describe('trap 2: one record read several times', () => {
  it('is one measurement of a histogram, however often it is read', () => {
    const bed = bridgeBed()
    for (let read = 0; read < 3; read += 1) bed.see(at(startMs, 1, 1))
    expect(distributionOf(bed.collect(), 'ml.training.processing_time_ms')?.count).toBe(1)
  })

  it('is the same also after others, where a file system shows what it had before', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1))
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 2))
    bed.see(at(startMs, 1, 1))
    const points = bed.collect()
    expect(distributionOf(points, 'ml.training.processing_time_ms')?.count).toBe(2)
    expect(valueIn(points, 'ml.training.batch_number')).toBe(2)
  })

  it('is one also to a bridge that was restarted, which exports all of it again', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1), { identity: 'a' })
    const before = bed.collect()
    bed.restart({ isKept: true })
    bed.see(at(startMs, 1, 1), { identity: 'a' })
    expect(bed.collect()).toEqual(before)
  })

  it.each([
    [
      'two values within a second of a time stamp without fractions',
      { training_loss: 0.3 },
      { training_loss: 0.2 },
      2,
    ],
    ['the same values under the same time stamp', { training_loss: 0.3 }, { training_loss: 0.3 }, 1],
  ])('%s', (_, first, second, count) => {
    const bed = bridgeBed()
    for (const more of [first, second]) bed.see(at(startMs, 1, 1, start, more))
    const points = bed.collect()
    expect(distributionOf(points, 'ml.training.processing_time_ms')?.count).toBe(count)
    expect(valueIn(points, 'ml.training.loss')).toBe(second.training_loss)
  })

  it.each([
    ['the same file', ['a', 'a'], 1],
    ['a file that was written again', ['a', 'b'], 2],
  ])('without a time stamp, %s tells', (_, identities, count) => {
    const bed = bridgeBed()
    for (const identity of identities) bed.see(documentWith({ timestamp: null }), { identity })
    expect(distributionOf(bed.collect(), 'ml.training.processing_time_ms')?.count).toBe(count)
  })
})

it('trap 3: records that were missed between two looks are counted', () => {
  const bed = bridgeBed()
  for (const batch of [1, 41, 42, 50]) {
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, batch))
  }
  const points = bed.collect()
  expect(valueIn(points, 'taskbeat.bridge.batches.missed')).toBe(39 + 0 + 7)
  expect(valueIn(points, 'taskbeat.bridge.records')).toBe(4)
})

describe('trap 4: the number of series', () => {
  it('epoch and batch are values by default, and no labels', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 5, 150))
    const points = bed.collect()
    for (const { attributes } of jobPoints(points))
      expect(attributes).toEqual({ job_id: 'training-job-123', model_name: 'resnet-50', dataset: 'imagenet' })
    expect(valueIn(points, 'ml.training.current_epoch')).toBe(5)
    expect(valueIn(points, 'ml.training.current_batch')).toBe(150)
  })

  it("with the seed's five labels each record ends the series of the last", () => {
    const bed = bridgeBed(seedForm({ attributes: 'seed' }))
    const alive = new Set<string>()
    for (let batch = 1; batch <= 200; batch += 1) {
      bed.pass(10_000)
      bed.see(at(bed.nowMs(), 1, batch))
      for (const point of bed.collect()) {
        if (point.value === undefined) alive.delete(seriesKey(point))
        else if (!point.name.startsWith('taskbeat.')) alive.add(seriesKey(point))
      }
      expect(alive.size).toBe(11)
    }
    expect(pointOf(bed.collect(), 'ml.training.loss')?.attributes).toEqual({
      'job.id': 'training-job-123',
      'model.name': 'resnet-50',
      dataset: 'imagenet',
      epoch: 1,
      batch: 200,
    })
  })

  it('what a record does not have any more ends with it', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1))
    bed.collect()
    bed.pass(10_000)
    bed.see(at(bed.nowMs(), 1, 2, start, { validation_loss: undefined }))
    const ended = bed.collect().filter(({ value }) => value === undefined)
    expect(ended).toMatchObject([{ name: 'ml.training.validation_loss', timeMs: bed.nowMs() }])
    expect(bed.collect().filter(({ value }) => value === undefined)).toEqual([])
  })

  it('another job ends the series of the last, and begins its own histogram', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1))
    bed.collect()
    bed.pass(10_000)
    bed.see(documentWith({ timestamp: iso(bed.nowMs()), job: { job_id: 'other' } }))
    const points = bed.collect()
    expect(points.filter(({ value }) => value === undefined)).toHaveLength(11)
    expect(distributionOf(points, 'ml.training.processing_time_ms')?.count).toBe(1)
  })
})

describe('trap 5: a file outlives its job', () => {
  it('without a new record its points stop, each with one end mark, and come back with the next', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1))
    bed.collect()
    bed.pass(staleAfterMs - 1)
    bed.see(at(startMs, 1, 1), { writtenAtMs: startMs })
    expect(jobPoints(bed.collect())).toHaveLength(11)
    bed.pass(1)
    const last = bed.collect()
    expect(jobPoints(last)).toEqual([])
    expect(last.filter(({ value }) => value === undefined)).toHaveLength(11)
    expect(valueIn(last, 'taskbeat.bridge.file.age')).toBe(staleAfterMs / 1000)
    bed.pass(10_000)
    expect(bed.collect().filter(({ name }) => !name.startsWith('taskbeat.'))).toEqual([])
    bed.see(at(startMs + 1_000, 1, 2))
    const again = bed.collect()
    expect(jobPoints(again)).toHaveLength(11)
    // a mark was sent for a later time than the record says
    expect(pointOf(again, 'ml.training.loss')?.timeMs).toBeGreaterThan(startMs + staleAfterMs)
  })

  it('a file that an earlier job has left is not exported at all', () => {
    const bed = bridgeBed()
    const longAgoMs = startMs - 3_600_000
    bed.see(at(longAgoMs, 1, 1), { writtenAtMs: longAgoMs })
    expect(jobPoints(bed.collect())).toEqual([])
  })
})

describe('trap 6: the time of a record', () => {
  const nowMs = startMs + 1_000_000
  const cases: readonly (readonly [string, unknown, number, number])[] = [
    ['its own, in UTC', iso(nowMs - 2_000), nowMs - 1_000, nowMs - 2_000],
    ['its own, with an offset', '2024-10-22T12:16:38.5+02:00', nowMs - 1_000, nowMs - 1_500],
    ['its own, naive, which is in UTC', '2024-10-22T10:16:38.500000', nowMs - 1_000, nowMs - 1_500],
    ['that of the file, if its own is in the future', iso(nowMs + 90_000), nowMs - 1_000, nowMs - 1_000],
    [
      'that of the file, if its own is hours before',
      iso(nowMs - 5 * 3_600_000),
      nowMs - 1_000,
      nowMs - 1_000,
    ],
    ['that of the file, if it has none', null, nowMs - 1_000, nowMs - 1_000],
    ['that of the file, if its own is none', 'yesterday', nowMs - 1_000, nowMs - 1_000],
    ['now, if the file is in the future too', iso(nowMs + 90_000), nowMs + 50_000, nowMs],
  ]
  it.each(cases)('%s', (_, timestamp, writtenAtMs, timeMs) => {
    const bed = bridgeBed()
    bed.pass(1_000_000)
    bed.see(documentWith({ timestamp }), { writtenAtMs })
    expect(pointOf(bed.collect(), 'ml.training.loss')?.timeMs).toBe(timeMs)
  })

  it('is never as old as what was sent', () => {
    const bed = bridgeBed()
    bed.pass(10_000)
    const times = [0, -3_000, -3_000].map((offset, index) => {
      bed.see(at(bed.nowMs() + offset, 1, index + 1))
      return pointOf(bed.collect(), 'ml.training.loss')?.timeMs
    })
    expect(times).toEqual([bed.nowMs(), bed.nowMs() + 1, bed.nowMs() + 2])
  })

  it('a clock that is hours off is off for the start of the job too', () => {
    const bed = bridgeBed()
    bed.pass(60_000)
    const off = -5 * 3_600_000
    bed.see(at(bed.nowMs() + off, 1, 3, iso(startMs + off)))
    expect(pointOf(bed.collect(), 'ml.training.batch_number')).toMatchObject({ startMs, timeMs: bed.nowMs() })
    expect(bed.troubles).toMatchObject([{ kind: 'time' }])
  })
})

describe('trap 7: what is wrong in a record', () => {
  const names = (metrics: object) => {
    const bed = bridgeBed()
    bed.see(documentWith({ metrics: { ...metrics } }))
    const there = new Set(jobPoints(bed.collect()).map(({ name }) => name.replace('ml.training.', '')))
    const all = bridgeBed()
    all.see(documentWith({}))
    const missing = jobPoints(all.collect())
      .map(({ name }) => name.replace('ml.training.', ''))
      .filter((name) => !there.has(name))
    return { missing, kinds: bed.troubles.map(({ kind }) => kind) }
  }
  it.each<[string, object, readonly string[], readonly string[]]>([
    ['a text', { training_loss: '0.3' }, ['loss'], ['field']],
    ['a null', { training_loss: null }, ['loss'], ['missing-field']],
    ['nothing', { accuracy: undefined }, ['accuracy'], ['missing-field']],
    ['a list', { learning_rate: [1] }, ['learning_rate'], ['field']],
    ['NaN for a gauge, which is news', { training_loss: Number.NaN }, [], ['not-finite']],
    ['Infinity for a histogram', { processing_time_ms: Infinity }, ['processing_time_ms'], ['not-finite']],
    ['a negative count', { batch_number: -1 }, ['batch_number'], ['field']],
    ['a wrong epoch', { epoch: 'five' }, ['current_epoch', 'batch_number', 'epoch'], ['field']],
    ['an unknown number', { grad_norm: 1.5 }, [], ['unknown-field']],
  ])('%s costs no other field', (_, metrics, missing, kinds) => {
    expect(names(metrics)).toEqual({ missing, kinds })
  })

  it('a diverged loss is exported as NaN, not as the last good one', () => {
    const bed = bridgeBed()
    bed.see(documentWith({ metrics: { training_loss: Number.NaN } }))
    expect(valueIn(bed.collect(), 'ml.training.loss')).toBeNaN()
  })

  it('a record without its metadata belongs to the run that was known', () => {
    const bed = bridgeBed()
    bed.see(at(startMs, 1, 1))
    const before = bed.collect()
    bed.pass(10_000)
    bed.see({ timestamp: iso(bed.nowMs()), training_metrics: { epoch: 1, batch_number: 2 } })
    const point = pointOf(bed.collect(), 'ml.training.batch_number')
    expect(point).toMatchObject({ value: 2, startMs })
    expect(point?.attributes).toEqual(pointOf(before, 'ml.training.batch_number')?.attributes)
  })

  it('unknown numbers become gauges where that is asked for, 64 of them at most', () => {
    const bed = bridgeBed(seedForm({ unknown: true }))
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`layer ${index}`, index]))
    bed.see(documentWith({ metrics: { grad_norm: 1.5, deep: { down: 2 }, ...many } }))
    const points = bed.collect()
    expect(valueIn(points, 'ml.training.grad_norm')).toBe(1.5)
    expect(valueIn(points, 'ml.training.deep.down')).toBe(2)
    expect(valueIn(points, 'ml.training.layer_0')).toBe(0)
    expect(jobPoints(points)).toHaveLength(11 + 64)
    expect(bed.troubles).toMatchObject([{ kind: 'too-many-fields' }])
  })
})
