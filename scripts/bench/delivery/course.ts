import { setTimeout } from 'node:timers/promises'
import type { EmitPlan, EmitterEnd } from '../emit.ts'
import { emittedSignals, openCollector } from './collector.ts'
import { environmentOf, openDirectory, startEmitter, type Way } from './emitter.ts'
import { allArrived, atMost, type Bar, type Row } from './row.ts'

/** A scenario in which an emitter runs to its end. */
export interface Course {
  readonly name: string
  readonly emit: EmitPlan['course']
  readonly latencyMs?: number
  /** The collector is down from then on, for so long. */
  readonly outage?: { readonly fromS: number; readonly lengthS: number }
  readonly bars: (row: Omit<Row, 'bars'>) => readonly Bar[]
}

export const emittedOf = ({ tallies }: EmitterEnd): number =>
  emittedSignals.reduce((sum, signal) => sum + (tallies[signal]?.emitted ?? 0), 0)

/** Goes through it in one way. */
export const follow = async ({ name, emit, latencyMs, outage, bars }: Course, way: Way): Promise<Row> => {
  await using collector = await openCollector(latencyMs === undefined ? {} : { latencyMs })
  using results = openDirectory()
  const endpoint = collector.endpoint(way.protocol)
  const emitter = await startEmitter(emit, environmentOf(way, endpoint, results.path))
  await emitter.begun
  if (outage) {
    await setTimeout(outage.fromS * 1_000)
    await collector.receiver.close()
    await setTimeout(outage.lengthS * 1_000)
    await collector.recover()
  }
  const { end, exitS, said } = await emitter.exited
  if (!end) throw new Error(`the emitter has not said what became of it: ${said}`)
  const count = emittedOf(end)
  const row = {
    ...{ scenario: name, way, exitS },
    emitted: count,
    arrived: collector.arrived(),
    ...(outage && { resumedAfterS: collector.resumedAfterS() }),
    maxRssMb: end.maxRssMb,
    cpuUsPerItem: (end.cpuMs * 1_000) / count,
  }
  return { ...row, bars: bars(row) }
}

export const burst: Course = {
  name: 'burst of 100,000 + 100,000',
  emit: { kind: 'burst', items: 100_000, thenSeconds: 10 },
  bars: ({ emitted: count, arrived }) => [allArrived(count, arrived)],
}

const leanMb = 160

export const slow: Course = {
  name: '5,000/s + 5,000/s, latency 200 ms',
  emit: { kind: 'rate', perSecond: 5_000, seconds: 30 },
  latencyMs: 200,
  bars: ({ emitted: count, arrived, maxRssMb }) => [
    allArrived(count, arrived),
    atMost('RSS', maxRssMb, leanMb, 'MB'),
  ],
}

const beforeS = 10
const afterS = 100

/** @param lengthS - of the outage */
export const outage = (perSecond: number, lengthS: number): Course => ({
  name: `${perSecond}/s + ${perSecond}/s, ${lengthS} s outage`,
  emit: { kind: 'rate', perSecond, seconds: beforeS + lengthS + afterS },
  outage: { fromS: beforeS, lengthS },
  bars: ({ emitted: count, arrived, resumedAfterS, maxRssMb }) => [
    allArrived(count, arrived),
    atMost('resumes', resumedAfterS, 5, 's'),
    atMost('RSS', maxRssMb, leanMb, 'MB'),
  ],
})

export const steady: Course = {
  name: '2,000/s + 2,000/s, CPU',
  emit: { kind: 'rate', perSecond: 2_000, seconds: 20 },
  bars: ({ emitted: count, arrived }) => [allArrived(count, arrived)],
}
