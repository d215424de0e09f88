/**
 * A program that does nothing but hand spans and log records to the telemetry of taskbeat, numbered one after the
 * other: `node emit.js PLAN`, with the plan in JSON and the settings in the environment. It says when it begins and,
 * unless it is killed, what became of them, as `EmitterLine`.
 */
import { logs, SeverityNumber, trace } from '@opentelemetry/api'
import { systemClock, wait } from '../../src/clock.ts'
import type { Tally } from '../../src/delivery/tally.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { selectDestinations } from '../../src/telemetry/signals.ts'

export interface EmitPlan {
  /** The bundled `src/telemetry/start.ts`, as users have it. */
  readonly telemetryUrl: string
  readonly course:
    | { readonly kind: 'burst'; readonly items: number; readonly thenSeconds: number }
    | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number }
  /** How long the end may take. */
  readonly drainMs: number
}

export interface EmitterEnd {
  readonly kind: 'ended'
  /** When the telemetry was told to shut down, by the wall clock. */
  readonly shutdownAtMs: number
  readonly maxRssMb: number
  /** User and system, from the first item to the end of the shutdown. */
  readonly cpuMs: number
  readonly tallies: Readonly<Record<string, Readonly<Tally>>>
  /** By signal: why items were dropped. */
  readonly reasons: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export type EmitterLine = { readonly kind: 'begun' } | EmitterEnd

const tickMs = 10

const say = (line: EmitterLine) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Emits the span and the log record of a number. */
const makeEmit = () => {
  const tracer = trace.getTracer('bench')
  const logger = logs.getLogger('bench')
  return (n: number) => {
    const attributes = { n, 'training.loss': 1 / (n + 1), 'file.name': `output_result_${n}` }
    tracer.startSpan('training.step', { attributes }).end()
    logger.emit({
      severityNumber: SeverityNumber.INFO,
      severityText: 'INFO',
      body: 'step done',
      attributes,
    })
  }
}

const follow = async (course: EmitPlan['course']) => {
  const emit = makeEmit()
  if (course.kind === 'burst') {
    for (let n = 0; n < course.items; n += 1) emit(n)
    return wait(systemClock, course.thenSeconds * 1_000)
  }
  const { perSecond, seconds } = course
  const beganMs = performance.now()
  for (let n = 0; n < perSecond * seconds; ) {
    // what a late timer has missed is made up for
    const due = Math.min(perSecond * seconds, ((performance.now() - beganMs) / 1_000) * perSecond)
    for (; n < due; n += 1) emit(n)
    await wait(systemClock, tickMs)
  }
}

const start = async (telemetryUrl: string) => {
  const env = process.env
  const resolution = await resolveSettings({ argv: [], env }, [
    'general',
    'progress',
    'telemetry',
    'platform',
  ])
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  const { startTelemetry }: typeof import('../../src/telemetry/start.ts') = await import(telemetryUrl)
  return startTelemetry({
    settings: resolution.settings,
    destinations: selectDestinations(resolution.settings, 'nothing'),
    keys: { 'taskbeat.run_id': '0f8fad5b-d9cb-469f-a165-70867728950e', 'taskbeat.attempt': 1 },
    version: '0.0.0',
    clock: systemClock,
    print: (line) => process.stderr.write(`${line}\n`),
  })
}

const plan: EmitPlan = JSON.parse(process.argv[2] ?? '{}')
const { routes, shutdown } = await start(plan.telemetryUrl)
const cpuBefore = process.cpuUsage()
say({ kind: 'begun' })
await follow(plan.course)
const shutdownAtMs = Date.now()
await shutdown(plan.drainMs)
const { user, system } = process.cpuUsage(cpuBefore)
say({
  kind: 'ended',
  shutdownAtMs,
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
  cpuMs: (user + system) / 1_000,
  tallies: Object.fromEntries(routes.map(({ signal, tally }) => [signal, tally])),
  reasons: Object.fromEntries(routes.map(({ signal, reasons }) => [signal, Object.fromEntries(reasons)])),
})
// as the command does
process.exit()
