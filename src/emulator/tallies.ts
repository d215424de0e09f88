import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { type Signal, signals } from '../otlp/signals.ts'

/** What the task's processes counted of one signal on its way to the collector. */
export interface OwnCount {
  readonly emitted: number
  readonly delivered: number
  /** Items on disk, where another process finds them, without those that one has delivered since. */
  readonly waiting: number
}

/** By signal; empty if they do not count. */
export type Tallies = Readonly<Partial<Record<Signal, OwnCount>>>

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const lineSchema = v.object({
  signal: v.picklist(signals),
  destination: v.string(),
  emitted: count,
  delivered: count,
  waiting: count,
  replayed: count,
})

const readLines = async (file: string) => {
  try {
    const lines = v.safeParse(v.array(lineSchema), JSON.parse(await readFile(file, 'utf8')))
    return lines.success ? lines.output : []
  } catch {
    // a process that died before its first count
    return []
  }
}

/** Adds up the tally files of all processes of a task (`TASKBEAT_TALLY_DIR`). */
export const readTallies = async (dir: string): Promise<Tallies> => {
  const files = await readdir(dir).catch(() => [])
  const lines = (await Promise.all(files.map((file) => readLines(join(dir, file))))).flat()
  const tallies: Partial<Record<Signal, OwnCount>> = {}
  for (const { signal, destination, emitted, delivered, waiting, replayed } of lines) {
    if (destination !== 'otlp') continue
    const before = tallies[signal] ?? { emitted: 0, delivered: 0, waiting: 0 }
    tallies[signal] = {
      emitted: before.emitted + emitted,
      delivered: before.delivered + delivered,
      waiting: before.waiting + waiting - replayed,
    }
  }
  return tallies
}
