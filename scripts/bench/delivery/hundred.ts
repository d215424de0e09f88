import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { readTallies } from '../../../src/emulator/tallies.ts'
import { signals } from '../../../src/otlp/signals.ts'
import { openCollector } from './collector.ts'
import { environmentOf, openDirectory, type Way } from './emitter.ts'
import { allArrived, type Row } from './row.ts'

const args = ['simulate', '--delay', '0', '--steps-per-result', '100', '--file-size', '8192']

const isComplete = (resultsDir: string) => {
  try {
    return JSON.parse(readFileSync(join(resultsDir, 'progress'), 'utf8')).percentComplete === 100
  } catch {
    return false
  }
}

/** The platform ends task and collector the moment it reads 100: so does the collector here. */
export const hundredWritten = async (way: Way): Promise<Row> => {
  await using collector = await openCollector()
  using results = openDirectory()
  using tallyDir = openDirectory()
  const env = environmentOf(way, collector.endpoint(way.protocol), results.path)
  const watcher = watch(results.path)
  const seen = Promise.withResolvers<void>()
  watcher.on('change', (_, name) => {
    if (name === 'progress' && isComplete(results.path)) seen.resolve()
  })
  const child = spawn(process.execPath, [resolve('dist/cli.js'), ...args], {
    env: { ...env, TASKBEAT_TALLY_DIR: tallyDir.path },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  const said = text(child.stderr)
  const isSeen = await Promise.race([seen.promise.then(() => true), ended.then(() => false)])
  await collector.receiver.close()
  watcher.close()
  await ended
  if (!isSeen) throw new Error(`100 was never seen: ${await said}`)
  const tallies = await readTallies(tallyDir.path)
  const counts = signals.map((signal) => collector.receiver.ledger.counts(signal))
  const sumOf = (what: 'items' | 'duplicates') => counts.reduce((sum, count) => sum + count[what], 0)
  const emitted = signals.reduce((sum, signal) => sum + (tallies[signal]?.emitted ?? 0), 0)
  const duplicates = sumOf('duplicates')
  const arrived = { unique: sumOf('items') - duplicates, duplicates }
  const scenario = '`simulate`, collector killed at 100'
  return { scenario, way, emitted, arrived, bars: [allArrived(emitted, arrived)] }
}
