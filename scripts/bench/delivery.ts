/**
 * What becomes of telemetry in trouble, beside the stock SDK (`TASKBEAT_DELIVERY=direct`) in the same run.
 *
 * `npm run bench delivery`, or some scenarios of it with `node scripts/bench/delivery.ts NAME…`. `BENCH_OUTAGE_S`
 * shortens the outages, `BENCH_KILLS` says how often a process is killed.
 */
import { bundle } from '../bundle.ts'
import { protocols } from './delivery/collector.ts'
import { burst, type Course, follow, outage, slow, steady } from './delivery/course.ts'
import { deliveries, type Way } from './delivery/emitter.ts'
import { hundredWritten } from './delivery/hundred.ts'
import { killAtRandom, killHeads } from './delivery/kill.ts'
import { neverUp } from './delivery/never.ts'
import { type Row, rowsText, tableText } from './delivery/row.ts'

interface Outcome {
  readonly rows: readonly Row[]
  /** Markdown that follows the table. */
  readonly details?: string
}

const ways: readonly Way[] = protocols.flatMap((protocol) =>
  deliveries.map((delivery) => ({ protocol, delivery })),
)

/** One after the other: each has the machine for itself. */
const inTurn = async <T>(run: (way: Way) => Promise<T>): Promise<readonly T[]> => {
  const done: T[] = []
  for (const way of ways) done.push(await run(way))
  return done
}
const together = <T>(run: (way: Way) => Promise<T>): Promise<readonly T[]> => Promise.all(ways.map(run))

const outageS = Number(process.env.BENCH_OUTAGE_S ?? 300)
const kills = Number(process.env.BENCH_KILLS ?? 50)

const course = async (which: Course): Promise<Outcome> => ({
  rows: await inTurn((way) => follow(which, way)),
})

/** Of ours to the stock SDK's, which goes through the same. */
const withRatio = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => {
    const isBase = ({ way }: Row) => way.protocol === row.way.protocol && way.delivery === 'direct'
    const ratio = (row.cpuUsPerItem ?? Number.NaN) / (rows.find(isBase)?.cpuUsPerItem ?? Number.NaN)
    const bar = { text: `CPU ${ratio.toFixed(2)} × stock ≤ 1.3`, holds: ratio <= 1.3 }
    return row.way.delivery === 'direct' ? row : { ...row, bars: [...row.bars, bar] }
  })

const scenarios: Readonly<Record<string, () => Promise<Outcome>>> = {
  burst: () => course(burst),
  slow: () => course(slow),
  'outage-20': async () => ({ rows: await together((way) => follow(outage(20, outageS), way)) }),
  'outage-1000': async () => ({ rows: await together((way) => follow(outage(1_000, outageS), way)) }),
  never: async () => ({ rows: await together(neverUp) }),
  sigkill: async () => {
    const all = await inTurn((way) => killAtRandom(way, kills))
    const details = all.flatMap((one) => one.details)
    return { rows: all.flatMap(({ rows }) => rows), details: tableText(killHeads, details) }
  },
  cpu: async () => ({ rows: withRatio(await inTurn((way) => follow(steady, way))) }),
  hundred: async () => ({ rows: await inTurn(hundredWritten) }),
}

/** Runs scenarios, all unless named, and tells of them in Markdown. */
export const benchDelivery = async (names: readonly string[] = Object.keys(scenarios)): Promise<string> => {
  const outcomes: Outcome[] = []
  for (const name of names) {
    const outcome = await scenarios[name]?.()
    if (outcome) outcomes.push(outcome)
  }
  return [
    '### Delivery in trouble',
    '',
    rowsText(outcomes.flatMap(({ rows }) => rows)),
    ...outcomes.flatMap(({ details }) => details ?? []),
  ].join('\n')
}

if (import.meta.main) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !(name in scenarios))
  if (unknown.length > 0) {
    const known = Object.keys(scenarios).join(', ')
    process.stderr.write(`no such scenario: ${unknown.join(', ')}; there are ${known}\n`)
    process.exit(64)
  }
  await bundle()
  process.stdout.write(`${await benchDelivery(names.length > 0 ? names : undefined)}\n`)
}
