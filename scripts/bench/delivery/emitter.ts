import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { EmitPlan, EmitterEnd, EmitterLine } from '../emit.ts'
import type { Protocol } from './collector.ts'

/** Ours, and the stock SDK's processors and exporters with their defaults. */
export const deliveries = ['outbox', 'direct'] as const
export type Delivery = (typeof deliveries)[number]

/** What is compared in each scenario. */
export interface Way {
  readonly protocol: Protocol
  readonly delivery: Delivery
}

/** A directory that is gone after its use. */
export const openDirectory = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

let bundled: Promise<string> | undefined

/** The emitter as one file: stripping types would add to its memory. */
const emitterFile = (): Promise<string> => {
  bundled ??= (async () => {
    const { path } = openDirectory()
    process.once('exit', () => rmSync(path, { recursive: true, force: true }))
    const options = { bundle: true, format: 'esm', platform: 'node', target: 'node24' } as const
    // settings files are never read
    const external = ['yaml']
    const outExtension = { '.js': '.mjs' }
    await build({ ...options, entryPoints: ['scripts/bench/emit.ts'], outdir: path, external, outExtension })
    return join(path, 'emit.mjs')
  })()
  return bundled
}

export const environmentOf = ({ protocol, delivery }: Way, endpoint: string, resultsDir: string) => ({
  PATH: process.env.PATH,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  TASKBEAT_DELIVERY: delivery,
  NVCT_RESULTS_DIR: resultsDir,
})

export interface EmitterExit {
  /** Absent when it was killed. */
  readonly end: EmitterEnd | undefined
  /** Seconds from the call of the shutdown to the end of the process. */
  readonly exitS: number
  /** What it told people. */
  readonly said: string
}

export interface Emitter {
  /** Resolves when it begins to emit. */
  readonly begun: Promise<void>
  readonly exited: Promise<EmitterExit>
  readonly kill: () => void
}

/** The standard end of a task: what `TASKBEAT_DRAIN` is unless set. */
export const drainMs = 5_000

export const startEmitter = async (
  course: EmitPlan['course'],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Emitter> => {
  const telemetryUrl = pathToFileURL(resolve('dist/late-telemetry-start.js')).href
  const plan: EmitPlan = { telemetryUrl, course, drainMs }
  const child = spawn(process.execPath, [await emitterFile(), JSON.stringify(plan)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const begun = Promise.withResolvers<void>()
  let end: EmitterEnd | undefined
  createInterface(child.stdout).on('line', (json) => {
    const line: EmitterLine = JSON.parse(json)
    if (line.kind === 'begun') begun.resolve()
    else end = line
  })
  const said = text(child.stderr)
  let exitedAtMs = Number.NaN
  child.once('exit', () => {
    exitedAtMs = Date.now()
  })
  const exited = once(child, 'close').then(async ([status, signal]): Promise<EmitterExit> => {
    const failure = new Error(`the emitter ended with ${status ?? signal}: ${await said}`)
    begun.reject(failure)
    if (status !== 0 && signal !== 'SIGKILL') throw failure
    return { end, exitS: end ? (exitedAtMs - end.shutdownAtMs) / 1_000 : Number.NaN, said: await said }
  })
  // who waits for the end learns of it too
  begun.promise.catch(() => {})
  return { begun: begun.promise, exited, kill: () => child.kill('SIGKILL') }
}
