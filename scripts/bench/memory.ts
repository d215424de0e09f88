/** Memory of a steady run: its resident set when all is loaded and telemetry flows. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startReceiver } from '../../test/support/otlp-receiver.ts'
import { type Contender, compare, tableOf } from './harness.ts'
import { residentMegabytes } from './process-cost.ts'

const settleMs = 8_000

const steady = (args: (resultsDir: string) => readonly string[], env: NodeJS.ProcessEnv) => async () => {
  const resultsDir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const child = spawn(process.execPath, args(resultsDir), {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, ...env },
  })
  await setTimeout(settleMs)
  const megabytes = residentMegabytes(child.pid ?? 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  rmSync(resultsDir, { recursive: true, force: true })
  return megabytes
}

const simulate = (resultsDir: string) => [
  ...[resolve('dist/cli.js'), 'simulate', '--results-dir', resultsDir, '--num-of-results', '1000'],
  ...['--delay', '0.01', '--file-size', '65536'],
]

export const benchMemory = async (rounds: number): Promise<string> => {
  await using receiver = await startReceiver()
  const short = { OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_METRIC_EXPORT_TIMEOUT: '1000' }
  const over = (endpoint: string, protocol: string) => ({
    ...short,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  })
  const contenders: readonly Contender[] = [
    { name: 'a Node that waits', run: steady(() => ['-e', 'setTimeout(() => {}, 60_000)'], {}) },
    { name: '`taskbeat simulate`, telemetry off', run: steady(simulate, { OTEL_SDK_DISABLED: 'true' }) },
    { name: '`taskbeat simulate`, console', run: steady(simulate, short) },
    { name: '`taskbeat simulate`, http', run: steady(simulate, over(receiver.httpUrl, 'http')) },
    { name: '`taskbeat simulate`, grpc', run: steady(simulate, over(receiver.grpcUrl, 'grpc')) },
  ]
  return tableOf('Memory of a steady run (resident set)', 'MB', await compare(contenders, rounds))
}
