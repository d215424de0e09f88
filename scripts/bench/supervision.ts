/** What `taskbeat run` costs a command, against a Node that does nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openReceiver } from '../../src/emulator/receiver.ts'
import { type Contender, compare, tableOf } from './harness.ts'

const node = process.execPath
const cli = resolve('dist/cli.js')

interface Ran {
  readonly untilExitMs: number
  /** Until the command itself ran: it leaves a file. */
  readonly untilChildMs: number
}

/** Runs `node ARGS…` in a directory of its own; `mark` is the file that the command makes there. */
const ran = async (args: (dir: string) => readonly string[], env = {}): Promise<Ran> => {
  const dir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  let markedMs = Number.NaN
  const watcher = watch(dir, (_, name) => {
    if (name === 'mark') markedMs = Math.min(Number.isNaN(markedMs) ? Infinity : markedMs, performance.now())
  })
  const startedMs = performance.now()
  try {
    await once(
      spawn(node, args(dir), {
        stdio: 'ignore',
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      }),
      'exit',
    )
    return { untilExitMs: performance.now() - startedMs, untilChildMs: markedMs - startedMs }
  } finally {
    watcher.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

const run = (dir: string, ...command: string[]) => [
  cli,
  'run',
  '--results-dir',
  join(dir, 'results'),
  '--',
  ...command,
]

export const benchSupervision = async (rounds: number): Promise<string> => {
  await using receiver = await openReceiver()
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl }
  const only = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
  const nothing: Contender = {
    name: '`node -e 0`',
    run: async () => (await ran(() => ['-e', '0'])).untilExitMs,
  }
  const contenders: readonly Contender[] = [
    nothing,
    {
      name: '`taskbeat run`: until the command runs (≤ 1.5)',
      run: async () => (await ran((dir) => run(dir, '/bin/mkdir', join(dir, 'mark')))).untilChildMs,
    },
    {
      name: '`taskbeat run -- true`, no endpoint (≤ 2)',
      run: async () => (await ran((dir) => run(dir, '/bin/true'))).untilExitMs,
    },
    {
      name: '`taskbeat run -- true`, one span over gRPC (≤ 5)',
      run: async () => (await ran((dir) => run(dir, '/bin/true'), { ...endpoint, ...only })).untilExitMs,
    },
    {
      name: '`taskbeat run -- true`, all signals over gRPC',
      run: async () => (await ran((dir) => run(dir, '/bin/true'), endpoint)).untilExitMs,
    },
  ]
  return tableOf('What `taskbeat run` costs', 'ms', await compare(contenders, rounds))
}
