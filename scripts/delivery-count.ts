/**
 * `node scripts/delivery-count.ts TALLIES SERVICE FOLDER…`: whether the Collector's files in the folders hold all that
 * a service counted as emitted, once.
 */
import { existsSync } from 'node:fs'
import { readTallies } from '../src/emulator/tallies.ts'
import { signals } from '../src/otlp/signals.ts'
import { readOtlpFile } from './otlp-files.ts'

const [tallyDir = '', service = '', ...folders] = process.argv.slice(2)
const tallies = await readTallies(tallyDir)
let isRight = true
for (const signal of signals) {
  const items = folders
    .map((folder) => `${folder}/${signal}.jsonl`)
    .filter((path) => existsSync(path))
    .flatMap((path) => readOtlpFile(path, signal))
    .filter((item) => item.service === service)
  const emitted = tallies[signal]?.emitted ?? 0
  const arrived = items.length
  isRight &&= emitted > 0 && arrived === emitted
  process.stdout.write(`${signal}: ${emitted} emitted, ${arrived} arrived\n`)
}
process.exitCode = isRight ? 0 : 1
