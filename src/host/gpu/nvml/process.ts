/**
 * The process that asks NVML, started by ./../helper.ts: a driver that hangs lets no call come back, and a process with
 * such a call cannot end. So it is not the one that the training depends on.
 *
 * Its only argument is JSON: `{intervalMs, library?, env}`. It writes a sample as a line of JSON at once and after every
 * interval, and ends when its standard input does. If NVML cannot be used here, it writes why and ends with 3.
 */
import { writeSync } from 'node:fs'
import type { VisibilityEnv } from '../visible-devices.ts'
import { selectVisible } from '../visible-devices.ts'
import { enumerate } from './enumerate.ts'
import { listenForXids } from './events.ts'
import { dieWithParent, loadNvml, status } from './library.ts'
import { sampleDevice } from './sample-device.ts'

interface Order {
  readonly intervalMs: number
  readonly library?: string
  readonly env: VisibilityEnv
}

const write = (line: unknown) => {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`)
  } catch {
    // nobody reads any more
    process.exit(0)
  }
}

/** Nanoseconds of the machine's monotonic clock, as milliseconds. */
const nowMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000

const refuse = (reason: string): never => {
  write({ unusable: reason })
  process.exit(3)
}

const load = async (library: string | undefined) => {
  try {
    return await loadNvml(library)
  } catch (error) {
    return refuse(`NVML cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** 24.8 days: beyond it, Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1

const work = async ({ intervalMs, library, env }: Order) => {
  const nvml = await load(library)
  const started = nvml.init()
  if (started !== status.success) refuse(`NVML does not start: error ${started}`)
  const all = enumerate(nvml)
  const { devices, isOrderUncertain } = selectVisible(env, all)
  // the GPU of a MIG device is told of too: its temperature and errors are the job's as well
  const gpus = all.filter(({ id }) => devices.some((device) => device.parent === id))
  const watched = [...gpus, ...devices].map((device) => ({ device, seen: { gpu: 0n, memory: 0n } }))
  const xids = listenForXids(
    nvml,
    [...gpus, ...devices].filter(({ parent }) => parent === undefined),
  )
  write({ devices: all.length, visible: devices.length, isOrderUncertain })
  if (watched.length === 0) process.exit(0)
  const tell = () => {
    const samples = watched.map(({ device, seen }) => sampleDevice(nvml, device, seen))
    write({ atMs: nowMs(), devices: samples, xids: xids() })
  }
  tell()
  setInterval(tell, Math.min(intervalMs, longestTimerMs))
}

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0))
process.stdin.resume()
await dieWithParent()
await work(JSON.parse(process.argv[2] ?? '{}'))
