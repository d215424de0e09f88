import type { BeginEntry, EndEntry, LoggedSetting } from '../../logbook/entry.ts'
import type { BeatGap, Overview, ShownCheckpoint, ShownMoment, ShownSeries } from '../api.ts'
import { type Attempt, type Book, gapBetween } from './book.ts'
import type { Column } from './column.ts'
import { stateOf } from './state.ts'
import { countText } from './words.ts'

/** The members of a list, at most. */
const most = 2_000

export interface OverviewFacts {
  readonly label: string
  /** Who tells: each may be silent. */
  readonly task: Book
  readonly platform: Book
  readonly series: readonly ShownSeries[]
  /** What the training says of itself. */
  readonly trainedPercent: number | undefined
  readonly step: number | undefined
  readonly spanCount: number
  readonly logCounts: readonly number[]
  /** The first and the last moment of anything. */
  readonly firstMs: number | undefined
  readonly lastMs: number | undefined
  readonly nowMs: number
  readonly read: number
  readonly isKnownToRun: boolean
  readonly notes: readonly string[]
}

/** The one who tells most reliably: the platform decides what becomes of a task. */
const speaker = ({ task, platform }: OverviewFacts) => (platform.attempts().length > 0 ? platform : task)

/** What both tell of the newest attempt; where both tell the same the platform is right, but for what it cannot see. */
const mergedBegin = (
  task: BeginEntry | undefined,
  platform: BeginEntry | undefined,
): BeginEntry | undefined => {
  if (!task || !platform) return platform ?? task
  const own = new Set(task.settings.map(({ name }) => name))
  const settings: readonly LoggedSetting[] = [
    ...task.settings,
    ...platform.settings.filter(({ name }) => !own.has(name)),
  ]
  return { ...task, ...platform, command: task.command, settings, capturesOutput: task.capturesOutput }
}

/** The end of the newest attempt: a task that has ended without the platform's word, as that died too, has ended. */
const endOf = (task: Attempt | undefined, platform: Attempt | undefined): EndEntry | undefined =>
  platform?.end ?? (platform && task && task.begin.t < platform.begin.t ? undefined : task?.end)

const sample = (column: Column): readonly number[] => {
  const length = column.length()
  if (length <= most) return Array.from({ length }, (_, index) => column.get(index))
  return Array.from({ length: most }, (_, index) =>
    column.get(Math.round((index * (length - 1)) / (most - 1))),
  )
}

const shownCheckpoints = (book: Book): readonly ShownCheckpoint[] =>
  book.checkpoints.ends(most).map(({ k: _, t, ...checkpoint }) => ({ ...checkpoint, endMs: t }))

const momentsOf = (
  { task, platform }: OverviewFacts,
  attempts: readonly Attempt[],
): readonly ShownMoment[] => {
  const begins = attempts.map(({ begin: { t, attempt } }, index) => ({
    t,
    severity: 'INFO' as const,
    text: `attempt ${attempt ?? index + 1} begins`,
  }))
  const told = [task, platform].flatMap(({ moments }) =>
    moments.all().map(({ t, severity, text }): ShownMoment => ({ t, severity, text })),
  )
  const all = [...(attempts.length > 1 ? begins : []), ...told].sort((a, b) => a.t - b.t)
  return all.length <= most ? all : [...all.slice(0, most / 2), ...all.slice(-most / 2)]
}

const furthest = (...percents: readonly (number | undefined)[]): number | undefined => {
  const known = percents.filter((percent) => percent !== undefined)
  return known.length > 0 ? Math.max(...known) : undefined
}

/** What is shown of a run at a moment. */
export const composeOverview = (facts: OverviewFacts): Overview => {
  const { task, platform, nowMs, series, isKnownToRun } = facts
  const book = speaker(facts)
  const attempt = book.attempt()
  const end = endOf(task.attempt(), platform.attempt())
  const percent = furthest((book.state() ?? task.state())?.percent, facts.trainedPercent)
  // at the end there is nothing to go
  const timeToGo = task.timeToGo() ?? platform.timeToGo()
  const timeToGoSeconds = end ? undefined : timeToGo?.seconds
  const lastMs = facts.lastMs
  const { state, sentence } = stateOf({
    attempt,
    end,
    percent,
    timeToGoSeconds,
    lastMs,
    nowMs,
    isKnownToRun,
  })
  const isLive = state === 'running' || state === 'stale' || (state === 'waiting' && attempt !== undefined)
  const toMs = Math.max(lastMs ?? nowMs, isLive ? nowMs : 0)
  const lastSignMs = attempt?.lastSignMs
  const open =
    attempt &&
    lastSignMs !== undefined &&
    !end &&
    gapBetween(lastSignMs, Math.max(nowMs, toMs), attempt.begin)
  const gaps: readonly BeatGap[] = [...book.gaps.ends(most - 1), ...(open ? [open] : [])]
  const maxRunTimeMs = attempt?.begin.limits.maxRunTimeMs
  const begin = mergedBegin(task.attempt()?.begin, platform.attempt()?.begin)
  const checkpoints = book.checkpoints.count() > 0 ? book : task
  const findings = [...platform.findings.ends(most / 2), ...task.findings.ends(most / 2)]
  const logCount = facts.logCounts.reduce((sum, count) => sum + count, 0)
  const uncaptured = begin && !begin.capturesOutput && logCount === 0
  return {
    label: facts.label,
    state,
    sentence,
    begin,
    range: { fromMs: facts.firstMs ?? toMs, toMs },
    isLive,
    read: facts.read,
    percent,
    step: facts.step,
    totalSteps: timeToGo?.totalSteps,
    timeToGoSeconds,
    staleAtMs:
      isLive && lastSignMs !== undefined ? lastSignMs + (attempt?.begin.limits.staleAfterMs ?? 0) : undefined,
    maxRunEndsAtMs:
      isLive && maxRunTimeMs !== undefined && attempt?.firstSignMs !== undefined
        ? attempt.firstSignMs + maxRunTimeMs
        : undefined,
    states: book.states.ends(most).map(({ t, percent, name }) => ({ t, percent, name })),
    statuses: book.statuses.ends(most).map(({ k: _, ...status }) => status),
    beats: sample(book.signs),
    beatCount: book.signs.length(),
    gaps,
    checkpoints: shownCheckpoints(checkpoints),
    checkpointCount: checkpoints.checkpoints.count(),
    findings,
    moments: momentsOf(facts, (task.attempts().length > 0 ? task : platform).attempts()),
    errorLines: (end?.errorLines.length ? end : (task.attempt()?.end ?? end))?.errorLines ?? [],
    series: series.slice(0, most),
    spanCount: facts.spanCount,
    logCounts: facts.logCounts,
    delivery: (task.delivery() ?? platform.delivery())?.routes ?? [],
    settings: begin?.settings ?? [],
    notes: [
      ...new Set([
        ...(uncaptured ? ["The command's output was not captured."] : []),
        ...droppedNotes(task),
        ...facts.notes,
      ]),
    ],
  }
}

const droppedNotes = (task: Book) =>
  (task.delivery()?.routes ?? []).flatMap(({ signal, destination, dropped }) =>
    dropped > 0
      ? [
          `${countText(dropped, 'item')} of ${signal} for ${destination} were dropped before they were delivered.`,
        ]
      : [],
  )
