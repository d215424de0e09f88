import { join } from 'node:path'
import { type Clock, endsWithin } from '../../clock.ts'
import {
  type LogbookEntry,
  type LoggedDelivery,
  type LoggedSetting,
  logbookVersion,
} from '../../logbook/entry.ts'
import { openLogbook } from '../../logbook/open-logbook.ts'
import type { Temporality } from '../../otlp/points/encode-points.ts'
import type { Point } from '../../otlp/points/point.ts'
import { DOCUMENTED_STALE_AFTER_MS, STALE_AFTER_MS } from '../../progress/contract.ts'
import type { Progress } from '../../progress/open-progress.ts'
import type { Settings } from '../../settings.ts'
import type { Route } from '../../telemetry/route.ts'
import { destinationText } from '../../telemetry/signals.ts'
import type { Screen } from '../../terminal/screen.ts'
import type { TaskTrace } from '../../trace-context.ts'
import type { WorkloadEvent } from '../../workload-events.ts'
import type { Verdict } from '../outcome.ts'
import type { Training } from '../training.ts'
import { createLateEntries } from './late-entries.ts'
import { momentOf } from './moment.ts'

export interface TaskLogbookOptions {
  readonly settings: Settings
  /** Those that somebody has chosen, as they may be shown. */
  readonly shownSettings: readonly LoggedSetting[]
  readonly progress: Progress
  readonly training: Training
  /** Without its arguments. */
  readonly command: string
  readonly trace: TaskTrace | undefined
  readonly startedAt: Date
  readonly capturesOutput: boolean
  /** Makes what takes secrets out of events; absent: they have none. */
  readonly loadRedactor?: (() => Promise<(text: string) => string>) | undefined
  readonly screen: Screen
  readonly clock: Clock
}

/** The logbook of a task, for the parts that something happens to. None of it throws. */
export interface TaskLogbook {
  readonly onEvent: (event: WorkloadEvent) => void
  /** The same screen, whose lines are written down too. */
  readonly screen: Screen
  readonly onMachine: (points: readonly Point[], since: Temporality, nowMs: number) => void
  /** Looks at them now and then. */
  readonly followRoutes: (routes: readonly Route[]) => void
  /** Writes the last entry; resolves when all is on the disk, or the disk takes too long. */
  readonly end: (verdict: Verdict, errorLines: readonly string[]) => Promise<void>
  /** The same for a task that has come to no verdict. */
  readonly close: () => Promise<void>
}

/** Where the logbook of a run is. */
export const logbookDirectory = (resultsDir: string): string => join(resultsDir, '.taskbeat', 'logbook')

const deliveryPauseMs = 10_000
/** Only a file system that does not answer takes as long. */
const settleMs = 2_000

const deliveryOf = ({ signal, destination, tally, reasons }: Route): LoggedDelivery => ({
  ...{ signal, destination: destinationText(destination) },
  ...{ emitted: tally.emitted, delivered: tally.delivered, spooled: tally.waiting, dropped: tally.dropped },
  reasons: Object.fromEntries(reasons),
})

const outcomes = { INFO: 'succeeded', WARN: 'stopped', ERROR: 'failed' } as const

/** What is to be told of the delivery, when that has changed, each so often and at the end. */
const createDeliveryTeller = (add: (entry: LogbookEntry) => void, clock: Clock) => {
  let routes: readonly Route[] = []
  let told = ''
  let cancelTimer = () => {}
  const tell = () => {
    const delivery = routes.map(deliveryOf)
    const text = JSON.stringify(delivery)
    if (text !== told && delivery.length > 0)
      add({ k: 'delivery', t: clock.now().getTime(), routes: delivery })
    told = text
  }
  const tellEach = () => {
    cancelTimer = clock.after(deliveryPauseMs, () => {
      tell()
      tellEach()
    })
  }
  return {
    follow: (given: readonly Route[]) => {
      routes = given
      if (routes.length > 0) tellEach()
    },
    tell,
    stop: () => cancelTimer(),
  }
}

/** Opens the logbook of a task in its results directory. Nothing of it has to be waited for. */
export const openTaskLogbook = (options: TaskLogbookOptions): TaskLogbook => {
  const { settings, shownSettings, progress, training, trace, startedAt, screen, clock } = options
  const { add, close, serial } = openLogbook({
    directory: logbookDirectory(settings.resultsDir),
    maxBytes: settings.logbookMb * 2 ** 20,
    onTrouble: (message) => screen.line(`taskbeat: ${message}`),
    clock,
  })
  const nowMs = () => clock.now().getTime()
  const entries = createLateEntries(async () => {
    const [{ createWorkloadEntries }, number] = await Promise.all([import('./workload-entries.ts'), serial])
    const { timeToGoSeconds } = training
    const redact = await options.loadRedactor?.()
    return createWorkloadEntries({ serial: number, add, timeToGoSeconds, redact, clock })
  })
  const delivery = createDeliveryTeller(add, clock)
  const { taskId, taskName } = settings
  add({
    ...{ k: 'begin', t: startedAt.getTime(), version: logbookVersion, by: 'task', command: options.command },
    ...(taskId !== undefined && { taskId }),
    ...(taskName !== undefined && { taskName }),
    ...{ runId: progress.runId, attempt: progress.attempt },
    ...(trace && { traceId: trace.traceId }),
    limits: { staleAfterMs: STALE_AFTER_MS, documentedStaleAfterMs: DOCUMENTED_STALE_AFTER_MS },
    ...{ settings: shownSettings, capturesOutput: options.capturesOutput },
  })

  let shown = progress.shown()
  const addState = (t: number) => {
    const { percentComplete: percent, name } = shown
    add({ k: 'state', t, percent, name })
  }
  addState(startedAt.getTime())
  progress.follow({
    onWritten: (state) => {
      const isSame = state.percentComplete === shown.percentComplete && state.name === shown.name
      shown = state
      if (isSame) add({ k: 'beat', t: nowMs() })
      else addState(nowMs())
    },
    onTrouble: (message) => add(momentOf(nowMs(), 'WARN', message)),
  })

  return {
    onEvent: (event) => {
      const told = { t: nowMs(), state: training.state() }
      entries.do(({ tell }) => tell(event, told))
    },
    screen: {
      ...screen,
      line: (text) => {
        screen.line(text)
        add(momentOf(nowMs(), 'INFO', text.replace(/^taskbeat: /, '')))
      },
    },
    onMachine: (points, since, t) => entries.do(({ machine }) => machine(points, since, t)),
    followRoutes: delivery.follow,
    end: async ({ text, severity, exitStatus }, errorLines) => {
      const endMs = nowMs()
      await endsWithin(
        clock,
        settleMs,
        entries.settled((loaded) => loaded.end(endMs)),
      )
      delivery.stop()
      delivery.tell()
      add({ k: 'end', t: endMs, text, outcome: outcomes[severity], exitStatus, errorLines })
      await close()
    },
    close: async () => {
      delivery.stop()
      await close()
    },
  }
}
