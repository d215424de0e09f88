import type { Clock } from '../clock.ts'
import { itemNames, type Signal, signals } from '../otlp/signals.ts'
import type { Route } from '../telemetry/route.ts'
import { destinationText } from '../telemetry/signals.ts'
import { durationText } from '../terminal/duration.ts'
import type { Screen } from '../terminal/screen.ts'
import type { TrainingState } from '../workload-events.ts'

/** What people see of a task: a live line on a terminal, now and then a plain line without one, a summary. */
export interface TaskView {
  /** Something worth a line of its own. */
  readonly tell: (text: string) => void
  /** What the workload says; where log records are printed they say it already. */
  readonly message: (text: string) => void
  readonly step: (state: TrainingState) => void
  /** What the progress file says, when that changes. */
  readonly progress: (percentComplete: number, name: string) => void
  /** What became of the telemetry, then the verdict: the last line. */
  readonly summary: (text: string) => void
}

/** How often a plain line tells of steps, and the live line changes. */
const plainMs = 30_000
const liveMs = 100

const emittedBy = (routes: readonly Route[], signal: Signal) =>
  Math.max(0, ...routes.filter((route) => route.signal === signal).map(({ tally }) => tally.emitted))

/** Counts of all signals for the live line: `12 spans, 30 points, 8 records`. */
const countsText = (routes: readonly Route[]) =>
  signals
    .filter((signal) => routes.some((route) => route.signal === signal))
    .map((signal) => `${emittedBy(routes, signal)} ${itemNames[signal]}`)
    .join(', ')

/** Items that neither arrived nor are kept for later. */
const lostOf = ({ tally: { emitted, delivered, waiting } }: Route) =>
  Math.max(0, emitted - delivered - waiting)

/**
 * What became of a signal's items on one route:
 * `12 delivered to http://127.0.0.1:4317 (grpc), 4 kept on disk, 3 lost (401 Unauthorized)`.
 */
const routeText = (route: Route) => {
  const { destination, tally, reasons } = route
  const verb = destination.kind === 'console' ? 'printed' : `delivered to ${destinationText(destination)}`
  const lost = lostOf(route)
  const [reason] = [...reasons].toSorted((a, b) => b[1] - a[1])
  return [
    `${tally.delivered} ${verb}`,
    ...(tally.waiting > 0 ? [`${tally.waiting} kept on disk`] : []),
    ...(lost > 0 ? [`${lost} lost${reason ? ` (${reason[0]})` : ''}`] : []),
    ...(tally.replayed > 0 ? [`${tally.replayed} of an earlier attempt delivered`] : []),
  ].join(', ')
}

const signalText = (signal: Signal, routes: readonly Route[]) => {
  const own = routes.filter((route) => route.signal === signal)
  const fate = own.length === 0 ? 'off' : own.map(routeText).join('; ')
  return `  ${signal.padEnd(8)} ${own.length === 0 ? '' : `${emittedBy(own, signal)} ${itemNames[signal]}: `}${fate}`
}

/** What is lost, by signal. */
export const lostItems = (routes: readonly Route[]) =>
  routes.map((route) => ({ items: itemNames[route.signal], count: lostOf(route) }))

export interface ViewOptions {
  readonly screen: Screen
  readonly clock: Clock
  /** Their tallies change as items pass. */
  readonly routes: readonly Route[]
  readonly timeToGoSeconds: () => number | undefined
}

/** How far it is: `40 %, step 20 of 50, loss 0.512`, as far as it is known. */
const stateText = ({ step, totalSteps, percent, metrics: { loss } }: TrainingState) =>
  [
    percent === undefined ? '' : `${Math.floor(percent)} %`,
    step === undefined ? '' : `step ${step}${totalSteps === undefined ? '' : ` of ${totalSteps}`}`,
    loss === undefined ? '' : `loss ${loss.toFixed(3)}`,
  ]
    .filter(Boolean)
    .join(', ')

/** The view of one task on a screen. */
export const createView = ({ screen, clock, routes, timeToGoSeconds }: ViewOptions): TaskView => {
  const printsLogs = routes.some(
    ({ signal, destination }) => signal === 'logs' && destination.kind === 'console',
  )
  const startedMs = clock.monotonicMs()
  let drawnMs = startedMs
  let shown = ''

  const stepText = (state: TrainingState) => {
    const seconds = timeToGoSeconds()
    return `${stateText(state)}${seconds === undefined ? '' : `, ${durationText(seconds * 1_000)} to go`}`
  }
  const tell = (text: string) => screen.line(`taskbeat: ${text}`)

  return {
    tell,
    message: (text) => {
      if (!printsLogs) tell(text)
    },
    step: (state) => {
      if (clock.monotonicMs() - drawnMs < (screen.isLive() ? liveMs : plainMs)) return
      drawnMs = clock.monotonicMs()
      if (screen.isLive())
        screen.live([stepText(state), shown, countsText(routes)].filter(Boolean).join(' | '))
      else screen.line(`taskbeat: ${stepText(state)}`)
    },
    progress: (percentComplete, name) => {
      shown = name
      tell(`${percentComplete} %  ${name}`)
    },
    summary: (text) => {
      screen.live('')
      for (const signal of signals) screen.line(signalText(signal, routes))
      tell(`${text} after ${durationText(clock.monotonicMs() - startedMs)}`)
    },
  }
}
