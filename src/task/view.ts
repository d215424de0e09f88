import type { Clock } from '../clock.ts'
import type { Route } from '../telemetry/route.ts'
import { destinationText, type Signal, signals } from '../telemetry/signals.ts'
import { durationText } from '../terminal/duration.ts'
import type { Screen } from '../terminal/screen.ts'

/** What people see of a task: a live line on a terminal, now and then a plain line without one, a summary. */
export interface TaskView {
  /** Something worth a line of its own. */
  readonly tell: (text: string) => void
  /** What the workload says; where log records are printed they say it already. */
  readonly message: (text: string) => void
  readonly step: (facts: StepView) => void
  /** What the progress file says, when that changes. */
  readonly progress: (percentComplete: number, name: string) => void
  /** What became of the telemetry, then the verdict: the last line. */
  readonly summary: (text: string) => void
}

export interface StepView {
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly metrics: { readonly loss: number }
}

/** How often a plain line tells of steps, and the live line changes. */
const plainMs = 30_000
const liveMs = 100

const emittedBy = (routes: readonly Route[], signal: Signal) =>
  Math.max(0, ...routes.filter((route) => route.signal === signal).map(({ tally }) => tally.emitted))

const itemNames: Readonly<Record<Signal, string>> = { traces: 'spans', metrics: 'points', logs: 'records' }

/** Counts of all signals for the live line: `12 spans, 30 points, 8 records`. */
const countsText = (routes: readonly Route[]) =>
  signals
    .filter((signal) => routes.some((route) => route.signal === signal))
    .map((signal) => `${emittedBy(routes, signal)} ${itemNames[signal]}`)
    .join(', ')

/** What became of a signal's items on one route: `12 delivered to http://127.0.0.1:4317 (grpc), 3 not`. */
const routeText = ({ destination, tally: { emitted, delivered } }: Route) => {
  const lost = emitted - delivered
  const verb = destination.kind === 'console' ? 'printed' : `delivered to ${destinationText(destination)}`
  return `${delivered} ${verb}${lost > 0 ? `, ${lost} not` : ''}`
}

const signalText = (signal: Signal, routes: readonly Route[]) => {
  const own = routes.filter((route) => route.signal === signal)
  const fate = own.length === 0 ? 'off' : own.map(routeText).join('; ')
  return `  ${signal.padEnd(8)} ${own.length === 0 ? '' : `${emittedBy(own, signal)} ${itemNames[signal]}: `}${fate}`
}

export interface ViewOptions {
  readonly screen: Screen
  readonly clock: Clock
  /** Their tallies change as items pass. */
  readonly routes: readonly Route[]
}

/** The view of one task on a screen. */
export const createView = ({ screen, clock, routes }: ViewOptions): TaskView => {
  const printsLogs = routes.some(
    ({ signal, destination }) => signal === 'logs' && destination.kind === 'console',
  )
  const startedMs = clock.monotonicMs()
  let firstStep: { readonly step: number; readonly atMs: number } | undefined
  let drawnMs = startedMs
  let shown = ''

  const timeToGo = ({ step, totalSteps }: StepView) => {
    firstStep ??= { step, atMs: clock.monotonicMs() }
    const done = step - firstStep.step
    if (done < 1) return ''
    const leftMs = ((clock.monotonicMs() - firstStep.atMs) / done) * (totalSteps - step)
    return `, ${durationText(leftMs)} to go`
  }
  const stepText = (view: StepView) => {
    const percent = Math.floor((view.step / view.totalSteps) * 100)
    const { loss } = view.metrics
    return `${percent} %, step ${view.step} of ${view.totalSteps}, loss ${loss.toFixed(3)}${timeToGo(view)}`
  }
  const tell = (text: string) => screen.line(`taskbeat: ${text}`)

  return {
    tell,
    message: (text) => {
      if (!printsLogs) tell(text)
    },
    step: (view) => {
      firstStep ??= { step: view.step, atMs: clock.monotonicMs() }
      if (clock.monotonicMs() - drawnMs < (screen.isLive() ? liveMs : plainMs)) return
      drawnMs = clock.monotonicMs()
      if (screen.isLive())
        screen.live([stepText(view), shown, countsText(routes)].filter(Boolean).join(' | '))
      else screen.line(`taskbeat: ${stepText(view)}`)
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
