/** `npm run bench [NAME…]`: the measured promises, each as a table of medians and ratios. */
import { bundle } from '../bundle.ts'
import { benchBridge } from './bridge.ts'
import { benchDelivery } from './delivery.ts'
import { benchFleet } from './fleet.ts'
import { benchHost } from './host.ts'
import { benchLogbook } from './logbook.ts'
import { benchMemory } from './memory.ts'
import { benchOutput } from './output.ts'
import { benchRecorder } from './recorder.ts'
import { benchStart } from './start.ts'
import { benchSupervision } from './supervision.ts'

const benches: Readonly<Record<string, () => Promise<string>>> = {
  start: () => benchStart(31),
  output: () => benchOutput(10),
  supervision: () => benchSupervision(31),
  memory: () => benchMemory(3),
  logbook: () => benchLogbook(30, 5),
  delivery: () => benchDelivery(),
  recorder: () => benchRecorder(7),
  bridge: () => benchBridge(60, 3),
  host: () => benchHost(200, 5),
  fleet: () => benchFleet(10_000, 100),
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches)
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`)
  process.exit(64)
}
await bundle()
for (const name of names) {
  const bench = benches[name]
  if (bench) process.stdout.write(`${await bench()}\n`)
}
