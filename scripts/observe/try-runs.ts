/** Short runs of taskbeat for the dashboards to show: one of each kind that they tell apart. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface TryRun {
  readonly name: string
  readonly process: ChildProcess
  /** All that it wrote. */
  readonly output: () => string
}

export interface Bed {
  /** An empty directory. */
  readonly directory: string
  /** Of Prometheus. */
  readonly url: string
}

/** What a command under `taskbeat run` tells: steps, tokens, an error, and a metric that may not be sent. */
const told = [
  ...Array.from({ length: 16 }, (_, step) => ({
    type: 'progress',
    step: step + 1,
    total_steps: 16,
    loss: 2 / (step + 1),
    samples_per_second: 30,
    tokens_per_second: 900 + step,
  })),
  { type: 'error', message: 'a batch was skipped', error_type: 'BatchError' },
  { type: 'metric', name: '7 of it', value: 1 },
]

const commandLines = told.map(
  (event) => `printf '%s\\n' '${JSON.stringify(event)}' >> "$TASKBEAT_EVENTS"; sleep 0.8`,
)

/** A library that answers as NVIDIA's would; undefined without a C compiler. */
export const buildPretendedGpus = (directory: string): string | undefined => {
  const source = 'test/host/gpu/fixtures/fake-nvml.c'
  const library = join(directory, 'libnvidia-ml.so.1')
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, `-DFAKE="${directory}"`, source])
  return status === 0 ? directory : undefined
}

/** An Xid that is the device's fault, at the next look. */
export const breakGpu = (gpus: string): void => writeFileSync(join(gpus, 'xid'), '48')

/**
 * Logs go where nobody takes them, and are lost; traces where nobody is, and wait on disk: what a task tells of that must
 * be seen too.
 */
const environmentOf = (name: string, { url }: Bed, gpus: string | undefined) => ({
  PATH: process.env.PATH ?? '',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/api/v1/otlp/v1/metrics`,
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/nobody/takes/logs/here`,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  TASKBEAT_MACHINE_INTERVAL: '1s',
  TASKBEAT_DRAIN: '2',
  NVCT_TASK_NAME: `task-${name}`,
  TASKBEAT_DWELL: '0',
  ...(gpus !== undefined && {
    LD_LIBRARY_PATH: gpus,
    NODE_OPTIONS: `--import=${resolve('scripts/observe/pretend-driver.ts')}`,
  }),
})

const start = (name: string, args: readonly string[], bed: Bed, gpus?: string): TryRun => {
  const results = join(bed.directory, name)
  mkdirSync(results)
  const [command = '', ...rest] = args
  const child = spawn(process.execPath, ['dist/cli.js', command, '--results-dir', results, ...rest], {
    env: environmentOf(name, bed, gpus),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { name, process: child, output: () => Buffer.concat(chunks).toString() }
}

const simulated = (...flags: readonly string[]) => ['simulate', '--delay', '0.04', ...flags]

/** All at once, with GPUs for the first; each is a service of the name that it has here. */
export const startRuns = (bed: Bed, gpus: string | undefined): readonly TryRun[] => [
  start('trains', simulated('--num-of-results', '6'), bed, gpus),
  start('tells', ['run', '--checkpoints', 'checkpoint-*', '--', 'sh', '-c', commandLines.join('\n')], bed),
  start('diverges', simulated('--num-of-results', '100', '--nan-at', '60'), bed),
  start('fails', simulated('--num-of-results', '4', '--fail-at', '90'), bed),
  start('dies', simulated('--num-of-results', '4', '--crash-at', '120'), bed),
]

/** By its name, the state that each has to be shown in when all that end have ended. */
export const expectedStates: Readonly<Record<string, string>> = {
  'task-trains': 'done',
  'task-tells': 'done',
  'task-diverges': 'loss is no number',
  'task-fails': 'ended before 100 %',
}
