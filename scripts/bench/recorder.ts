/**
 * What a span costs, in nanoseconds: of raw OpenTelemetry JS, of the recorder to several exporters, and of a recorder
 * that has nothing to do; and of nv-one-logger-core, where Python can have it. Each is measured in a process of its own:
 * what one program compiles would change another's.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import type { Exporter } from '../../src/recorder/exporter.ts'
import { createRecorder, fileExporter, type RecorderOptions } from '../../src/recorder/index.ts'
import { otelExporter } from '../../src/recorder/otel/index.ts'
import { type Contender, compare, type Result, tableOf } from './harness.ts'
import { comparisonOf, findOneLogger, type Pair } from './recorder/onelogger.ts'

const nothing = () => {}

const noOpExporter: Exporter = {
  name: 'nothing',
  exportStart: nothing,
  exportStop: nothing,
  exportEvent: nothing,
  exportError: nothing,
  exportTelemetryDataError: nothing,
  close: nothing,
}

/** The SDK as it is, but for what happens to a span that has ended: the same for all who use it. */
const openProvider = () => {
  const resolved = () => Promise.resolve()
  const processor = { onStart: nothing, onEnd: nothing, forceFlush: resolved, shutdown: resolved }
  return new TracerProvider({ spanProcessors: [processor] })
}

const attributes = { step: 7, phase: 'train' }

const spanOf = (options: RecorderOptions) => {
  const recorder = createRecorder(options)
  return () => recorder.stop(recorder.start('span', { attributes }))
}

const eventOf = (options: RecorderOptions) => {
  const recorder = createRecorder(options)
  const span = recorder.start('span')
  return () => recorder.event(span, 'event', { attributes })
}

const withFile = (directory: string): RecorderOptions => ({
  exporters: [fileExporter({ path: join(directory, 'records.jsonl') })],
})

interface Measured {
  readonly name: string
  /** Makes what is done once for each span, or event. */
  readonly prepare: (directory: string) => () => void
  /** Whether the target that the name tells is met. */
  readonly holds?: (result: Result) => boolean
}

const measured: readonly Measured[] = [
  {
    name: 'raw OpenTelemetry JS span',
    prepare: () => {
      const tracer = openProvider().getTracer('bench')
      return () => tracer.startSpan('span', { attributes }).end()
    },
  },
  {
    name: 'recorder span to OpenTelemetry (target ≤ 1.30)',
    prepare: () => spanOf({ exporters: [otelExporter({ tracerProvider: openProvider() })] }),
    holds: ({ ratio }) => ratio <= 1.3,
  },
  {
    name: 'recorder span, an exporter that does nothing',
    prepare: () => spanOf({ exporters: [noOpExporter] }),
  },
  {
    name: 'recorder span, filtered out (target ≤ 0.10)',
    prepare: () => spanOf({ exporters: [noOpExporter], filter: { deny: ['span'] } }),
    holds: ({ ratio }) => ratio <= 0.1,
  },
  {
    name: 'recorder span, disabled: two calls (target ≤ 40 ns)',
    prepare: () => spanOf({ exporters: [noOpExporter], enabled: false }),
    holds: ({ median }) => median <= 40,
  },
  {
    name: 'recorder span to a file: two lines',
    prepare: (directory) => spanOf(withFile(directory)),
  },
  {
    name: 'recorder event, an exporter that does nothing',
    prepare: () => eventOf({ exporters: [noOpExporter] }),
  },
  {
    name: 'recorder event to a file: one line',
    prepare: (directory) => eventOf(withFile(directory)),
  },
  {
    name: '`timedSpan`, an exporter that does nothing',
    prepare: () => {
      const recorder = createRecorder({ exporters: [noOpExporter] })
      return () => recorder.timedSpan('span', { attributes }, nothing)
    },
  },
]

const pairs: readonly Pair[] = [
  { ours: 'recorder span, an exporter that does nothing', theirs: 'span' },
  { ours: '`timedSpan`, an exporter that does nothing', theirs: 'timed' },
  // one line there
  { ours: 'recorder span to a file: two lines', theirs: 'file', isBoundBySystem: true },
]

/** What is called often is compiled again and again in the first second. */
const warmUpMs = 1_500
const windowMs = 500
const blockCalls = 1_000

/** Nanoseconds a call. */
const nanosecondsOf = (act: () => void): number => {
  const measure = (forMs: number) => {
    const startedMs = performance.now()
    let calls = 0
    let passedMs = 0
    for (; passedMs < forMs; calls += blockCalls) {
      for (let call = 0; call < blockCalls; call += 1) act()
      passedMs = performance.now() - startedMs
    }
    return (passedMs / calls) * 1e6
  }
  measure(warmUpMs)
  return measure(windowMs)
}

const inOwnProcess =
  (name: string): Contender['run'] =>
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, name])
    return Number(stdout)
  }

/** Sets the exit status to 1 if a target is missed. */
export const benchRecorder = async (rounds: number): Promise<string> => {
  const oneLogger = await findOneLogger(pairs)
  const isThere = typeof oneLogger !== 'string'
  const contenders = measured.map(({ name }) => ({ name, run: inOwnProcess(name) }))
  const results = await compare([...contenders, ...(isThere ? oneLogger : [])], rounds)
  const own = results.slice(0, contenders.length)
  const beside = isThere ? comparisonOf(pairs, results) : { table: `skipped: ${oneLogger}\n`, missed: [] }
  const missed = [
    ...own.filter((result, index) => measured[index]?.holds?.(result) === false).map(({ name }) => name),
    ...beside.missed.map((name) => `${name}, beside nv-one-logger-core`),
  ]
  if (missed.length > 0) process.exitCode = 1
  const table = tableOf('A span: start and stop, with two attributes', 'ns', own)
  return [table, beside.table, ...missed.map((name) => `MISSED: ${name}\n`)].join('\n')
}

if (import.meta.main) {
  const directory = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  try {
    const chosen = measured.find(({ name }) => name === process.argv[2])
    if (chosen) process.stdout.write(String(nanosecondsOf(chosen.prepare(directory))))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
