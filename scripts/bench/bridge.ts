/**
 * `taskbeat bridge`: what it costs at its default interval, and whether its counts are the job's truth after 1,000
 * rewrites, 10 ms apart, while job, bridge and collector are restarted at random moments.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openReceiver, type ReceivedPoint } from '../../src/emulator/receiver.ts'
import { seededRandom } from '../../test/support/random.ts'
import { cpuSeconds, residentMegabytes } from './process-cost.ts'

const batchesPerEpoch = 50

/** A job that writes its metrics file as often as it is told to. */
const createJob = (path: string) => {
  let startTime = new Date().toISOString()
  let batches = 0
  return {
    restart: () => {
      startTime = new Date().toISOString()
      batches = 0
    },
    /** Batches that were trained since its start. */
    batches: () => batches,
    write: () => {
      const metrics = {
        epoch: Math.floor(batches / batchesPerEpoch) + 1,
        batch_number: (batches % batchesPerEpoch) + 1,
        ...{ training_loss: 1 / (batches + 1), validation_loss: 1, accuracy: 0.5, learning_rate: 0.001 },
        ...{ gpu_utilization: 0.9, processing_time_ms: 200 + (batches % 7), samples_per_second: 100 },
      }
      batches += 1
      const job = { job_id: 'bench', model_name: 'model', dataset: 'data', start_time: startTime }
      const text = JSON.stringify({
        timestamp: new Date().toISOString(),
        job_metadata: job,
        training_metrics: metrics,
      })
      writeFileSync(`${path}.tmp`, text)
      renameSync(`${path}.tmp`, path)
    },
  }
}

const startBridge = (directory: string, url: string, flags: readonly string[]) =>
  spawn(
    process.execPath,
    [
      ...[resolve('dist/cli.js'), 'bridge', '--metrics-file', join(directory, 'current.json')],
      ...['--state-dir', join(directory, 'state'), '--log-level', 'error', ...flags],
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_PROTOCOL: url.endsWith('/grpc') ? 'grpc' : 'http',
      },
    },
  )

const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
  child.kill(signal)
  await once(child, 'exit')
}

/** The one of the latest time: what waited on disk arrives after what is newer. */
const lastOf = (points: readonly ReceivedPoint[], name: string) =>
  points
    .filter((point) => point.name === name && point.json.flags !== 1)
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .at(-1)

const measureCost = async (protocol: 'grpc' | 'http', seconds: number): Promise<string> => {
  await using receiver = await openReceiver({ keepItems: true })
  const directory = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const job = createJob(join(directory, 'current.json'))
  const url = protocol === 'grpc' ? `${receiver.grpcUrl}/grpc` : receiver.httpUrl
  const child = startBridge(directory, url, [])
  const { pid = 0 } = child
  await setTimeout(3_000)
  const writtenMs = performance.now()
  job.write()
  while (!lastOf(receiver.ledger.points(), 'ml.training.loss')) await setTimeout(2)
  const firstMs = performance.now() - writtenMs
  const timer = setInterval(job.write, 10_000)
  await setTimeout(10_000)
  const [cpuBefore, fromMs] = [cpuSeconds(pid), performance.now()]
  await setTimeout(seconds * 1_000)
  const percent = ((cpuSeconds(pid) - cpuBefore) * 1_000 * 100) / (performance.now() - fromMs)
  const megabytes = residentMegabytes(pid)
  clearInterval(timer)
  const endedMs = performance.now()
  await end(child, 'SIGTERM')
  const endMs = performance.now() - endedMs
  rmSync(directory, { recursive: true, force: true })
  const cells = [
    ...[protocol, `${megabytes.toFixed(1)} MB`, `${percent.toFixed(3)} %`],
    ...[`${firstMs.toFixed(0)} ms`, `${endMs.toFixed(0)} ms`],
  ]
  return `| ${cells.join(' | ')} |`
}

const rewrites = 1_000

const measureTruth = async (seed: number): Promise<string> => {
  const random = seededRandom(seed)
  await using receiver = await openReceiver({ keepItems: true })
  const directory = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const job = createJob(join(directory, 'current.json'))
  const flags = ['--interval', '0.1', '--batches-per-epoch', String(batchesPerEpoch)]
  const url = `${receiver.grpcUrl}/grpc`
  let bridge = startBridge(directory, url, flags)
  const restarts = { job: 0, bridge: 0, collector: 0 }
  await setTimeout(500)
  for (let written = 0; written < rewrites; written += 1) {
    const what = random()
    // the last stretch is one life of each, so that there is an end to compare
    if (written < rewrites - 50) {
      if (what < 0.005) {
        restarts.job += 1
        job.restart()
      } else if (what < 0.012) {
        restarts.bridge += 1
        await end(bridge, random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
        bridge = startBridge(directory, url, flags)
      } else if (what < 0.02) {
        restarts.collector += 1
        if (receiver.isOpen()) await receiver.close()
        else await receiver.open()
      }
    }
    job.write()
    await setTimeout(10)
  }
  if (!receiver.isOpen()) await receiver.open()
  await setTimeout(6_000)
  await end(bridge, 'SIGTERM')
  const points = receiver.ledger.points()
  const records = lastOf(points, 'taskbeat.bridge.records')?.value
  const histogram = lastOf(points, 'ml.training.processing_time_ms')?.value
  const total = lastOf(points, 'ml.training.batch_number')?.value
  const series = new Set(points.map(({ name, attributes }) => JSON.stringify([name, attributes]))).size
  rmSync(directory, { recursive: true, force: true })
  const holds = total === job.batches() && histogram === records
  const lives = `${restarts.job} / ${restarts.bridge} / ${restarts.collector}`
  return `| ${seed} | ${lives} | ${total} of ${job.batches()} | ${histogram} of ${records} | ${series} | ${holds ? 'yes' : '**no**'} |`
}

export const benchBridge = async (seconds: number, seeds: number): Promise<string> => {
  const costs = [await measureCost('grpc', seconds), await measureCost('http', seconds)]
  const truths: string[] = []
  for (let seed = 1; seed <= seeds; seed += 1) truths.push(await measureTruth(seed))
  return [
    '### The bridge at its default interval (targets: 75 MB, 0.3 % of a core, 1 s, 1 s)',
    '',
    '| protocol | resident set | of a core | first export | end after SIGTERM |',
    '|---|---|---|---|---|',
    ...costs,
    '',
    `### Its counts after ${rewrites} rewrites, 10 ms apart`,
    '',
    '| seed | restarts of job / bridge / collector | batches of the job | records in the histogram, of those that were used | series | exact |',
    '|---|---|---|---|---|---|',
    ...truths,
    '',
  ].join('\n')
}
