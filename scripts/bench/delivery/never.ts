import { emittedSignals, openCollector } from './collector.ts'
import { emittedOf } from './course.ts'
import { drainMs, environmentOf, openDirectory, startEmitter, type Way } from './emitter.ts'
import { replay } from './replay.ts'
import { allArrived, atMost, type Row } from './row.ts'

/** The collector comes up only when the task is over; then what is on disk is replayed. */
export const neverUp = async (way: Way): Promise<Row> => {
  await using collector = await openCollector({ startClosed: true })
  using results = openDirectory()
  const env = environmentOf(way, collector.endpoint(way.protocol), results.path)
  const emitter = await startEmitter({ kind: 'rate', perSecond: 20, seconds: 10 }, env)
  const { end, exitS, said } = await emitter.exited
  if (!end) throw new Error(`the emitter has not said what became of it: ${said}`)
  const emitted = emittedOf(end)
  const onDisk = emittedSignals.reduce((sum, signal) => sum + (end.tallies[signal]?.waiting ?? 0), 0)
  await collector.recover()
  if (way.delivery === 'outbox') await replay(env)
  const arrived = collector.arrived()
  return {
    ...{ scenario: 'collector never up at 20/s, then replay', way, emitted, arrived, exitS },
    maxRssMb: end.maxRssMb,
    bars: [
      atMost('exit', exitS, drainMs / 1_000 + 0.5, 's'),
      { text: 'all on disk', holds: onDisk === emitted },
      allArrived(emitted, arrived),
      { text: 'no duplicates', holds: arrived.duplicates === 0 },
    ],
  }
}
