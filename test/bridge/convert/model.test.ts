import { describe, expect, it } from 'vitest'
import { seedForm } from '../../../src/bridge/mapping/seed-form.ts'
import { parseJson } from '../../../src/bridge/reading/parse-json.ts'
import { isJsonObject } from '../../../src/json.ts'
import { seriesKey } from '../../../src/otlp/points/point.ts'
import { seededRandom } from '../../support/random.ts'
import { bridgeBed, distributionOf, jobPoints, pointOf, valueIn } from '../bridge-bed.ts'
import { documentWith } from '../seed-document.ts'

const batchesPerEpoch = 20

/** A training that counts its batches as the seed's simulator does: 0 first, then from 1 in each epoch. */
const trainingJob = (nowMs: () => number) => {
  let run = { startMs: nowMs(), batches: 0 }
  return {
    train: (batches: number) => {
      run = { ...run, batches: run.batches + batches }
    },
    restart: () => {
      run = { startMs: nowMs(), batches: 0 }
    },
    run: () => run,
    batchesToEndOfEpoch: () => batchesPerEpoch - (run.batches % batchesPerEpoch),
    /** As Python writes it. */
    text: (loss: string) => {
      const { batches, startMs } = run
      const epoch = batches === 0 ? 1 : Math.ceil(batches / batchesPerEpoch)
      const document = documentWith({
        timestamp: new Date(nowMs()).toISOString().replace('Z', '000+00:00'),
        job: { start_time: new Date(startMs).toISOString() },
        metrics: { epoch, batch_number: batches - (epoch - 1) * batchesPerEpoch },
      })
      return JSON.stringify(document).replace('"training_loss":0.342', `"training_loss": ${loss}`)
    },
  }
}

/** How a bridge comes to know how many batches an epoch has. */
const ways = [
  { way: 'it is known', known: true, seesEnds: false },
  { way: 'the last batch of each epoch is seen', known: false, seesEnds: true },
  { way: 'it is never known for sure', known: false, seesEnds: false },
]

describe.each(ways)(
  '1,000 rewrites, restarts of job and bridge at random moments; $way',
  ({ known, seesEnds }) => {
    it.each([1, 2, 3])('are counted as they were (seed %i)', (seed) => {
      const random = seededRandom(seed)
      const happens = (probability: number) => random() < probability
      const bed = bridgeBed(seedForm(known ? { batchesPerEpoch } : {}))
      const job = trainingJob(bed.nowMs)
      const alive = new Set<string>()
      const seen = { records: 0, missed: 0, run: job.run(), losses: 0 }
      let lastTotal = { startMs: 0, value: 0 }
      let lastTimeMs = 0

      for (let rewrite = 0; rewrite < 1000; rewrite += 1) {
        bed.pass(1 + Math.floor(random() * 20))
        if (happens(0.02)) job.restart()
        else job.train(Math.min(1 + Math.floor(random() * 6), job.batchesToEndOfEpoch()))
        const text = job.text(happens(0.05) ? 'NaN' : String(random()))
        const isRestarted = happens(0.02)
        if (isRestarted) bed.restart({ isKept: true })

        const { batches, startMs } = job.run()
        const isEnd = batches % batchesPerEpoch === 0
        // a bridge looks as soon as it starts
        if (happens(0.7) || (seesEnds && isEnd) || isRestarted) {
          const isFirst = seen.records === 0
          const before = seen.run.startMs === startMs ? seen.run.batches : 0
          seen.records += 1
          if (!isFirst) seen.missed += Math.max(0, batches - before - 1)
          seen.run = job.run()
          const document = parseJson(text)
          if (!isJsonObject(document)) throw new Error(text)
          for (let read = 0; read < (happens(0.3) ? 3 : 1); read += 1)
            bed.see(document, { identity: `${rewrite}` })
        }
        if (seen.records === 0 || happens(0.3)) continue

        const points = bed.collect()
        for (const point of points) {
          if (point.value === undefined) alive.delete(seriesKey(point))
          else if (!point.name.startsWith('taskbeat.')) alive.add(seriesKey(point))
        }
        expect(alive.size).toBe(11)
        expect(jobPoints(points)).toHaveLength(11)
        expect(valueIn(points, 'taskbeat.bridge.records')).toBe(seen.records)
        for (const name of ['ml.training.processing_time_ms', 'ml.training.samples_per_second'])
          expect(distributionOf(points, name)?.count).toBe(seen.records)

        const counter = pointOf(points, 'ml.training.batch_number')
        const total = Number(counter?.value)
        expect(counter?.startMs).toBe(seen.run.startMs)
        if (known || seesEnds) {
          expect(total).toBe(seen.run.batches)
          expect(valueIn(points, 'taskbeat.bridge.batches.missed')).toBe(seen.missed)
        } else {
          expect(total).toBeLessThanOrEqual(seen.run.batches)
          expect(valueIn(points, 'taskbeat.bridge.batches.missed')).toBeLessThanOrEqual(seen.missed)
          if (lastTotal.startMs === seen.run.startMs) expect(total).toBeGreaterThanOrEqual(lastTotal.value)
          lastTotal = { startMs: seen.run.startMs, value: total }
        }
        const timeMs = counter?.timeMs ?? 0
        expect(timeMs).toBeGreaterThanOrEqual(lastTimeMs)
        expect(timeMs).toBeLessThanOrEqual(bed.nowMs())
        lastTimeMs = timeMs
      }
      expect(seen.records).toBeGreaterThan(600)
    })
  },
)

it('a bridge that could keep nothing counts from its new start on, and says so by the start time', () => {
  const bed = bridgeBed()
  const job = trainingJob(bed.nowMs)
  const see = () => {
    bed.pass(1000)
    job.train(1)
    bed.see(parseJson(job.text('0.1')) as ReturnType<typeof documentWith>)
    return pointOf(bed.collect(), 'ml.training.processing_time_ms')
  }
  const before = [see(), see(), see()].at(-1)
  bed.restart({ isKept: false })
  expect(see()).toMatchObject({ value: { count: 1 }, startMs: before?.timeMs })
})

it.each(['job', 'seed'] as const)(
  '24 hours of records leave no trace in memory (attributes: %s)',
  (attributes) => {
    const bed = bridgeBed(seedForm({ attributes }))
    const job = trainingJob(bed.nowMs)
    const sizeAfter = (hours: number) => {
      for (let record = 0; record < hours * 360; record += 1) {
        bed.pass(10_000)
        job.train(41)
        bed.see(parseJson(job.text('0.1')) as ReturnType<typeof documentWith>)
        bed.collect()
      }
      return JSON.stringify(bed.state()).length
    }
    const afterOne = sizeAfter(1)
    expect(Math.abs(sizeAfter(23) - afterOne)).toBeLessThan(100)
    expect(afterOne).toBeLessThan(20_000)
  },
)
