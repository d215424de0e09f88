/**
 * SIGKILL at random moments. What had been acknowledged or written to disk by then, by the tally file of the killed
 * process, has to arrive; what was only in memory is lost, and counted here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { TallyLine } from '../../../src/delivery/tally-file.ts'
import { median } from '../harness.ts'
import { type Collector, emittedSignals, openCollector } from './collector.ts'
import { environmentOf, openDirectory, startEmitter, type Way } from './emitter.ts'
import { replay } from './replay.ts'
import type { Row } from './row.ts'

const modes = ['down', 'up, latency 50 ms', 'flapping each 0.5 s'] as const
type Mode = (typeof modes)[number]

const perSecond = 1_000
const earliestMs = 500
const latestMs = 4_000
const flapMs = 500
/** What the kernel still holds of a killed process reaches the collector within it. */
const settleMs = 200
const atOnce = 3

interface Killed {
  readonly mode: Mode
  readonly emitted: number
  readonly unique: number
  /** Acknowledged or on disk, and never arrived. */
  readonly lost: number
  /** Arrived twice while the process lived, and by the replay. */
  readonly twiceLive: number
  readonly twiceReplayed: number
}

/** Numbers from 0 to 1, the same each time. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Opens and closes the collector by turns; the returned function ends that, with the collector up. */
const flap = (collector: Collector) => {
  let isOver = false
  const done = (async () => {
    for (;;) {
      await setTimeout(flapMs)
      if (isOver) break
      if (collector.receiver.isOpen()) await collector.receiver.close()
      else await collector.receiver.open()
    }
    await collector.receiver.open()
  })()
  return () => {
    isOver = true
    return done
  }
}

const readTally = (dir: string): readonly TallyLine[] => {
  const [file = ''] = readdirSync(dir)
  return JSON.parse(readFileSync(join(dir, file), 'utf8'))
}

const killOnce = async (mode: Mode, way: Way, afterMs: number): Promise<Killed> => {
  const latencyMs = mode === 'up, latency 50 ms' ? 50 : 0
  await using collector = await openCollector({ startClosed: mode === 'down', latencyMs })
  using results = openDirectory()
  using tallies = openDirectory()
  const env = environmentOf(way, collector.endpoint(way.protocol), results.path)
  const counted = { ...env, TASKBEAT_TALLY_DIR: tallies.path }
  const emitter = await startEmitter({ kind: 'rate', perSecond, seconds: 60 }, counted)
  await emitter.begun
  const settleDown = mode === 'flapping each 0.5 s' ? flap(collector) : async () => {}
  await setTimeout(afterMs)
  emitter.kill()
  await emitter.exited
  await settleDown()
  await setTimeout(settleMs)
  const before = new Map(emittedSignals.map((signal) => [signal, collector.arrived([signal])]))
  await collector.recover()
  if (way.delivery === 'outbox') await replay(env)
  let [emitted, lost, twiceLive] = [0, 0, 0]
  for (const line of readTally(tallies.path)) {
    const signal = emittedSignals.find((name) => name === line.signal)
    if (!signal) continue
    const live = before.get(signal) ?? { unique: 0, duplicates: 0 }
    const now = collector.arrived([signal])
    const replayed = now.unique + now.duplicates - live.unique - live.duplicates
    emitted += line.emitted
    lost += Math.max(0, line.delivered - live.unique) + Math.max(0, line.waiting - replayed)
    twiceLive += live.duplicates
  }
  const { unique, duplicates } = collector.arrived()
  return { mode, emitted, unique, lost, twiceLive, twiceReplayed: duplicates - twiceLive }
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

const rowOf = (mode: Mode, way: Way, kills: readonly Killed[]): Row => {
  const sumOf = (of: (killed: Killed) => number) => sum(kills.map(of))
  const lost = sumOf((killed) => killed.lost)
  return {
    scenario: `SIGKILL × ${kills.length}, collector ${mode}`,
    way,
    emitted: sumOf((killed) => killed.emitted),
    arrived: {
      unique: sumOf((killed) => killed.unique),
      duplicates: sumOf((killed) => killed.twiceLive + killed.twiceReplayed),
    },
    bars: [{ text: '0 of what was acknowledged or on disk lost', holds: lost === 0 }],
  }
}

export const killHeads = [
  'collector',
  'protocol',
  'delivery',
  'kills',
  'acknowledged or on disk, lost',
  'only in memory, lost: median',
  'most',
  'seconds of emission: median',
  'most',
  'twice while alive',
  'twice by the replay: sum',
  'most of one kill',
]

const detailOf = (mode: Mode, { protocol, delivery }: Way, kills: readonly Killed[]) => {
  const inMemory = kills.map(({ emitted, unique, lost }) => emitted - unique - lost)
  const seconds = inMemory.map((items) => items / perSecond / emittedSignals.length)
  const twice = kills.map(({ twiceReplayed }) => twiceReplayed)
  return [
    mode,
    protocol,
    delivery === 'outbox' ? 'taskbeat' : 'stock',
    String(kills.length),
    String(sum(kills.map(({ lost }) => lost))),
    median(inMemory).toFixed(0),
    String(Math.max(...inMemory)),
    median(seconds).toFixed(2),
    Math.max(...seconds).toFixed(2),
    String(sum(kills.map(({ twiceLive }) => twiceLive))),
    String(sum(twice)),
    String(Math.max(...twice)),
  ]
}

/** @param count - of kills for each state of the collector; the same moments in each way */
export const killAtRandom = async (way: Way, count: number) => {
  const random = seeded(6)
  const moments = Array.from({ length: count }, () => earliestMs + (latestMs - earliestMs) * random())
  const left = modes.flatMap((mode) => moments.map((afterMs) => ({ mode, afterMs })))
  const kills: Killed[] = []
  const killSome = async () => {
    for (let next = left.shift(); next; next = left.shift())
      kills.push(await killOnce(next.mode, way, next.afterMs))
  }
  await Promise.all(Array.from({ length: atOnce }, killSome))
  const byMode = modes.map((mode) => ({ mode, those: kills.filter((killed) => killed.mode === mode) }))
  return {
    rows: byMode.map(({ mode, those }) => rowOf(mode, way, those)),
    details: byMode.map(({ mode, those }) => detailOf(mode, way, those)),
  }
}
