import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { cannotWrite } from '../../disk-errors.ts'
import { TaskbeatError } from '../../errors.ts'
import { type Signal, signals } from '../../otlp/signals.ts'
import { signalStatus } from '../../signal-status.ts'
import type { Screen } from '../../terminal/screen.ts'
import type { Spool, SpoolOptions } from '../spool/spool.ts'
import { type Counter, createCounter } from '../tally.ts'
import { type ReplayRoute, replaySpool } from './replay-spool.ts'
import { barText, type ItemCounts, itemsText, rowText, sumOf } from './text.ts'

/** A replay as people ask for it. */
export interface ReplaySession {
  /** The directory of the spool; it may be missing. */
  readonly spoolDir: string
  /** Write files there instead of sending. */
  readonly exportDir: string | undefined
  /** How long a signal goes on without an answer, in milliseconds. */
  readonly giveUpAfterMs: number
  readonly openSpool: (options: SpoolOptions) => Spool
  /** In words, whose part of the spool was left alone. */
  readonly findLeftAlone: (spoolDir: string) => Promise<readonly string[]>
  /**
   * Opens what leads to the destinations of these signals; a signal without one is left out.
   *
   * @throws {TaskbeatError} where there is none at all, or one cannot be used
   */
  readonly openRoutes: (wanted: readonly Signal[]) => Promise<Readonly<Partial<Record<Signal, ReplayRoute>>>>
  /** Where all of it goes, in words. */
  readonly destination: string
  /** Aborted to end early; the reason is the name of a signal. */
  readonly stop: AbortSignal
  readonly screen: Screen
  readonly clock: Clock
}

/** How often the live line changes, and how often a plain line tells where there is none. */
const liveMs = 100
const plainMs = 10_000

const unlimited = Number.POSITIVE_INFINITY

const countsOf = (count: (signal: Signal) => number): ItemCounts => ({
  traces: count('traces'),
  metrics: count('metrics'),
  logs: count('logs'),
})

/** A live line on a terminal, and a plain one now and then without; the returned function ends it. */
const showProgress = ({ screen, clock }: ReplaySession, text: () => string) => {
  let cancel = () => {}
  const show = () => {
    if (screen.isLive()) screen.live(text())
    else screen.line(`taskbeat: ${text().trim()}`)
    arm()
  }
  const arm = () => {
    cancel = clock.after(screen.isLive() ? liveMs : plainMs, show)
  }
  if (screen.isLive()) show()
  else arm()
  return () => {
    cancel()
    screen.live('')
  }
}

const deliverAll = async (
  session: ReplaySession,
  spool: Spool,
  counters: Readonly<Record<Signal, Counter>>,
): Promise<number> => {
  const { screen, spoolDir, destination, giveUpAfterMs, stop, clock } = session
  const before = countsOf((signal) => spool.waiting(signal).items)
  const total = sumOf(before)
  screen.line(`taskbeat: ${itemsText(before)} from ${spoolDir} to ${destination}`)
  const routes = await session.openRoutes(signals.filter((signal) => before[signal] > 0))
  const doneOf = (signal: Signal) => counters[signal].tally.replayed + counters[signal].tally.dropped
  const endProgress = showProgress(session, () => {
    const done = countsOf(doneOf)
    return `replay ${barText(sumOf(done), total)}  ${itemsText(done)}`
  })
  const ends = await replaySpool({
    ...{ spool, counters, giveUpAfterMs, stop, clock },
    send: (signal) => routes[signal],
    onTrouble: (message) => screen.line(`taskbeat: ${message}`),
  })
  endProgress()
  for (const route of Object.values(routes)) route.sender.close()

  let isAllDelivered = true
  for (const signal of signals) {
    const counter = counters[signal]
    const left = spool.waiting(signal).items
    if (left > 0 || counter.tally.dropped > 0) isAllDelivered = false
    const end = ends[signal]
    const reason = end.kind === 'left' ? end.reason : undefined
    if (before[signal] > 0 || doneOf(signal) > 0) screen.line(rowText({ signal, counter, left, reason }))
  }
  const left = itemsText(countsOf((signal) => spool.waiting(signal).items))
  if (left !== '') screen.line(`taskbeat: ${left} stay in ${spoolDir}; taskbeat replay sends them again`)
  return isAllDelivered ? 0 : 1
}

const exportAll = async (
  session: ReplaySession & { readonly exportDir: string },
  spool: Spool,
  counters: Readonly<Record<Signal, Counter>>,
): Promise<number> => {
  const { exportDir, spoolDir, screen, stop } = session
  const total = sumOf(countsOf((signal) => spool.waiting(signal).items))
  const written: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 }
  const endProgress = showProgress(session, () => `export ${barText(sumOf(written), total)}`)
  // it brings the schema of OTLP along, which nobody else needs
  const { exportSpool } = await import('./export-spool.ts')
  try {
    const { unreadable, longLines } = await exportSpool({
      ...{ spool, stop, directory: exportDir },
      onWritten: (signal, items) => {
        written[signal] += items
      },
    })
    endProgress()
    for (const signal of signals) {
      if (written[signal] > 0) {
        screen.line(
          `  ${signal.padEnd(8)} ${itemsText({ ...none, [signal]: written[signal] })} in ${join(exportDir, `${signal}.jsonl`)}`,
        )
      }
    }
    if (longLines > 0) {
      const what = longLines === 1 ? '1 line is' : `${longLines} lines are`
      screen.line(`taskbeat: ${what} longer than a Collector reads, unless its max_log_size allows it`)
    }
    const dropped = countsOf((signal) => counters[signal].tally.dropped)
    if (sumOf(dropped) > 0) screen.line(`taskbeat: ${itemsText(dropped)} could not be read from the spool`)
    if (unreadable > 0) screen.line(`taskbeat: ${unreadable} batches are no OTLP, and were left out`)
    screen.line(`taskbeat: the spool in ${spoolDir} is as it was: what was exported can still be replayed`)
    return unreadable + sumOf(dropped) > 0 ? 1 : 0
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw cannotWrite(exportDir, error, 'name another directory (--export)')
    const message = `${path ?? exportDir} is there already; name another directory to export to`
    throw new TaskbeatError('USAGE', message, { exitStatus: 64, cause: error })
  } finally {
    endProgress()
  }
}

const none: ItemCounts = { traces: 0, metrics: 0, logs: 0 }

/**
 * Delivers what is in a spool, or writes it to files, and tells people.
 *
 * @returns the exit status: 0 if all was delivered or there was nothing, 1 if something is left or was dropped, 128 + n
 *   when ended by signal n
 * @throws {TaskbeatError} what people can mend, with the exit status that it has
 */
export const replayForPeople = async (session: ReplaySession): Promise<number> => {
  const { spoolDir, exportDir, screen, stop, clock } = session
  const counters = {
    traces: createCounter(),
    metrics: createCounter(),
    logs: createCounter(),
  }
  // who asks for it by hand gets all that is there, whatever its age and size
  const spool = session.openSpool({
    ...{ dir: spoolDir, maxBytes: unlimited, maxAgeMs: unlimited, clock },
    onDropped: (signal, items, reason) => counters[signal].drop(items, reason),
  })
  try {
    await spool.takeOver()
    for (const who of await session.findLeftAlone(spoolDir)) {
      screen.line(`taskbeat: what ${who} has in ${spoolDir} is left alone: it is still at work`)
    }
  } catch (error) {
    await spool.close().catch(() => {})
    throw cannotWrite(spoolDir, error, 'replay needs to read and write there: run it as the owner')
  }
  try {
    const waiting = sumOf(countsOf((signal) => spool.waiting(signal).items))
    const dropped = sumOf(countsOf((signal) => counters[signal].tally.dropped))
    if (waiting + dropped === 0) {
      screen.line(`taskbeat: nothing waits in ${spoolDir}`)
      return 0
    }
    const status =
      exportDir === undefined
        ? await deliverAll(session, spool, counters)
        : await exportAll({ ...session, exportDir }, spool, counters)
    return stop.aborted ? signalStatus(stop.reason as NodeJS.Signals) : status
  } finally {
    await spool.close()
  }
}
