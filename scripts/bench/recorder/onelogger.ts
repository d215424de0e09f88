import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Contender, Result } from '../harness.ts'

/** The same piece of work of both. */
export interface Pair {
  /** Of the contender that is ours. */
  readonly ours: string
  /** What `onelogger.py` calls it. */
  readonly theirs: 'span' | 'timed' | 'file'
  /** Most of it is the system's work: a miss is told, but is no failure. */
  readonly isBoundBySystem?: boolean
}

/** How often as fast ours has to be. */
const target = 10

const nameOf = ({ theirs }: Pair) => `nv-one-logger-core: ${theirs}`

/** What it costs with nv-one-logger-core; or why that cannot be measured. */
export const findOneLogger = async (pairs: readonly Pair[]): Promise<readonly Contender[] | string> => {
  const run = promisify(execFile)
  try {
    const { stdout } = await run(join(import.meta.dirname, '..', '..', 'onelogger-python.sh'))
    const script = join(import.meta.dirname, 'onelogger.py')
    return pairs.map((pair) => ({
      name: nameOf(pair),
      run: async () => Number((await run(stdout.trim(), [script, pair.theirs])).stdout),
    }))
  } catch (cause) {
    return String((cause as { readonly stdout?: unknown }).stdout ?? cause).trim()
  }
}

/** A Markdown table of both, and which pairs fail. */
export const comparisonOf = (
  pairs: readonly Pair[],
  results: readonly Result[],
): { readonly table: string; readonly missed: readonly string[] } => {
  const medianOf = (name: string) => results.find((result) => result.name === name)?.median ?? Number.NaN
  const rows = pairs.map((pair) => {
    const [there, here] = [medianOf(nameOf(pair)), medianOf(pair.ours)]
    return { pair, there, here, times: there / here, isMet: there / here >= target }
  })
  const table = [
    '### Beside nv-one-logger-core 2.3.1',
    '',
    `| what | there, ns | here, ns | times as fast | target ≥ ${target} |`,
    '|---|---|---|---|---|',
    ...rows.map(
      ({ pair, there, here, times, isMet }) =>
        `| ${pair.ours} | ${there.toFixed(0)} | ${here.toFixed(0)} | ${times.toFixed(1)} | ${isMet ? 'met' : 'missed'} |`,
    ),
    '',
  ].join('\n')
  const missed = rows.filter(({ pair, isMet }) => !isMet && !pair.isBoundBySystem)
  return { table, missed: missed.map(({ pair }) => pair.ours) }
}
