import { createHash } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Clock, endsWithin } from '../clock.ts'
import type { Machine, MachineOptions } from '../host/machine.ts'
import type { Origin } from '../otlp/points/encode-points.ts'
import type { Point } from '../otlp/points/point.ts'
import type { Settings } from '../settings.ts'
import { openCollectorOutbox } from '../telemetry/open-outbox.ts'
import { openRoutes } from '../telemetry/open-routes.ts'
import { pointSink } from '../telemetry/point-sink.ts'
import { taskResource } from '../telemetry/resource.ts'
import { type CountedRoute, goesToCollector } from '../telemetry/route.ts'
import { type Destinations, destinationText } from '../telemetry/signals.ts'
import type { Screen } from '../terminal/screen.ts'
import { openHealthServer } from './health.ts'
import { readMapping } from './mapping/read-mapping.ts'
import { startBridge } from './start-bridge.ts'
import { staySmall } from './stay-small.ts'
import type { Level } from './trouble.ts'
import { createDoneCheck, parseDoneSign } from './until-done.ts'

export interface RunBridgeOptions {
  readonly settings: Settings
  readonly destinations: Destinations
  readonly version: string
  readonly stop: AbortSignal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Something to do before a fault that nobody caught ends the process. */
  readonly atFault: (lastWish: () => Promise<unknown>) => void
  readonly screen: Screen
  readonly clock: Clock
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** The same for each life of a bridge: a series of its own for each would count the job twice. */
const instanceIdOf = (path: string) =>
  digest(`${hostname()} ${resolve(path)}`).replace(
    /^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/,
    '$1-$2-5$3-8$4-$5',
  )

/** Most time for the last look at the file. */
const lastLookMs = 2_000

const levels: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** What became of the points on their way, as points of their own. */
const deliveryPoints = (routes: readonly CountedRoute[], startMs: number, timeMs: number): readonly Point[] =>
  routes.flatMap(({ tally }) =>
    (['delivered', 'retried', 'spooled', 'replayed', 'dropped'] as const)
      .filter((outcome) => tally[outcome] > 0)
      .map((outcome) => ({
        ...{ name: 'taskbeat.telemetry.items', type: 'counter' as const, unit: '{item}' },
        description: 'What became of metric points on their way to the backend',
        attributes: { 'taskbeat.signal': 'metrics', 'taskbeat.outcome': outcome },
        ...{ startMs, timeMs, value: tally[outcome] },
      })),
  )

const endText = ({ destination, tally }: CountedRoute) => {
  const lost = Math.max(0, tally.emitted - tally.delivered - tally.waiting)
  const kept = tally.waiting > 0 ? `, ${tally.waiting} kept on disk` : ''
  return `${tally.delivered} of ${tally.emitted} points delivered to ${destinationText(destination)}${kept}${lost > 0 ? `, ${lost} lost` : ''}`
}

/**
 * Opens what is to be told of the machine, if somebody asks for it: a sidecar's machine and GPUs are those of the job, but
 * its control group and its processes are its own.
 */
const openMachineOf = async (
  { hostMetrics = false, gpuMetrics: gpu = false, names }: Settings,
  options: Omit<MachineOptions, 'host' | 'gpu' | 'names' | 'since' | 'pid' | 'steps'>,
): Promise<Machine | undefined> => {
  if (!hostMetrics && !gpu) return undefined
  const { openMachine } = await import('../host/machine.ts')
  return openMachine({
    ...{ ...options, host: hostMetrics ? 'all' : 'nothing', gpu, names },
    ...{ since: 'cumulative', pid: process.pid, steps: () => undefined },
  })
}

/** Resolves when the bridge is to end, to why. */
const untilEnd = (settings: Settings, stop: AbortSignal, clock: Clock) =>
  new Promise<string>((resolve) => {
    const onStop = () => resolve(`asked to end by ${stop.reason}`)
    if (stop.aborted) onStop()
    stop.addEventListener('abort', onStop, { once: true })
    const { untilDone } = settings
    if (untilDone === undefined) return
    const isDone = createDoneCheck(parseDoneSign(untilDone))
    const look = () => {
      if (isDone()) resolve(`the job has ended (${untilDone})`)
      else clock.after(Math.min(1_000, settings.collectionIntervalMs), look)
    }
    look()
  })

/**
 * Sends what a job writes into its metrics file, until it is asked to end, or the job has ended. Resolves to the exit
 * status.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for a mapping, a certificate or a port that cannot be used
 */
export const runBridge = async (options: RunBridgeOptions): Promise<number> => {
  const { settings, destinations, environment, version, stop, atFault, screen, clock } = options
  staySmall(clock)
  const { metricsFilePath: path, collectionIntervalMs, staleAfterMs, healthPort } = settings
  const tell = (level: Level, message: string) => {
    if (levels.indexOf(level) >= levels.indexOf(settings.logLevel))
      screen.line(`taskbeat: ${level === 'info' ? '' : `${level}: `}${message}`)
  }
  const print = (line: string) => tell('warn', line.replace(/^taskbeat: /, ''))
  const mapping = await readMapping(settings)
  const instanceId = instanceIdOf(path)
  const dir = settings.bridgeDir ?? join(tmpdir(), `taskbeat-bridge-${digest(resolve(path)).slice(0, 8)}`)
  const origin: Origin = {
    resource: {
      ...taskResource(settings, version).attributes,
      'service.instance.id': settings.resourceAttributes['service.instance.id'] ?? instanceId,
    },
    scope: { name: 'taskbeat.bridge', version },
  }
  const { routes, endReports } = openRoutes({
    destinations,
    clock,
    print,
    onChange: () => {},
    onDropped: () => {},
  })
  const collected = routes.filter(goesToCollector)
  const outbox =
    collected.length === 0
      ? undefined
      : await openCollectorOutbox({
          ...{ routes: collected, settings, version, clock, print },
          dir: settings.spoolDir ?? join(dir, 'spool'),
        })
  if (outbox) atFault(() => outbox.drain(settings.drainSeconds * 1_000))
  void outbox?.replay()

  const sink = pointSink({
    ...{ routes, outbox, origin: () => origin, print: screen.line },
    format: settings.console ?? 'text',
  })
  const machine = await openMachineOf(settings, {
    ...{ environment, clock, directory: dirname(resolve(path)), intervalMs: collectionIntervalMs },
    onDebug: (text) => tell('debug', text),
    onTrouble: (text) => tell('warn', text),
  })
  const startedMs = clock.now().getTime()
  let exportedMs = clock.monotonicMs()
  const accept = (points: readonly Point[], nowMs: number) => {
    exportedMs = clock.monotonicMs()
    const ofMachine = machine?.points(nowMs) ?? []
    sink([...points, ...deliveryPoints(collected, startedMs, nowMs), ...ofMachine], nowMs)
  }

  const bridge = startBridge({
    ...{ path, mapping, staleAfterMs, clock, accept, tell },
    intervalMs: collectionIntervalMs,
    pollMs: Math.min(collectionIntervalMs, 1_000),
    statePath: join(dir, 'state.json'),
  })
  const health =
    healthPort === undefined
      ? undefined
      : await openHealthServer(healthPort, () => {
          const silentMs = clock.monotonicMs() - exportedMs
          const { records, freshAtMs } = bridge.state()
          const isFresh = freshAtMs !== undefined && clock.monotonicMs() - freshAtMs < staleAfterMs
          return {
            isAlive: silentMs < 3 * collectionIntervalMs + 10_000,
            body: { file: path, records, isFresh, secondsSinceExport: Math.round(silentMs / 1_000) },
          }
        })
  const places = destinations.metrics.map(destinationText).join(' and ') || 'nowhere'
  tell('info', `${path} → ${places}, every ${collectionIntervalMs / 1_000} s`)
  if (health) tell('info', `probes are answered at http://0.0.0.0:${health.port}/health`)

  const why = await untilEnd(settings, stop, clock)
  tell('info', `${why}: one last look`)
  // a file system that hangs is no reason to stay
  await endsWithin(clock, lastLookMs, bridge.end())
  await outbox?.drain(settings.drainSeconds * 1_000)
  health?.close()
  machine?.close()
  endReports()
  for (const route of routes) tell('info', endText(route))
  return 0
}
