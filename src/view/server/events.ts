/**
 * Server-sent events: overviews as they change, to all who look.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { Overview, RunsData } from '../api.ts'
import { toWire } from '../wire.ts'

export interface EventHub {
  /** Writes events to an answer that has begun, until it is closed. */
  readonly connect: (response: ServerResponse) => void
  /** How many look. */
  readonly watchers: () => number
  /** Tells all who look that this was it; resolves when they have left. */
  readonly end: (sentence: string) => Promise<void>
  readonly close: () => void
}

/** Each one is a connection, and texts that may have to wait. */
export const mostWatchers = 32
const heartbeatMs = 15_000
/** After which a page that has lost us tries again. */
const retryMs = 1_000

interface Watcher {
  /** Replaces what waits under the same key: a slow reader gets the newest only. */
  readonly send: (key: string, text: string) => void
  readonly close: () => void
}

const openWatcher = (response: ServerResponse): Watcher => {
  const waiting = new Map<string, string>()
  let isFull = false
  const flush = () => {
    isFull = false
    for (const [key, text] of waiting) {
      if (isFull) return
      waiting.delete(key)
      isFull = !response.write(text)
    }
  }
  response.on('drain', flush)
  return {
    send: (key, text) => {
      waiting.set(key, text)
      if (!isFull) flush()
    },
    close: () => response.end(),
  }
}

const eventText = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

export const openEventHub = (runs: RunsData, clock: Clock): EventHub => {
  const watchers = new Set<Watcher>()
  let stopFollowing: (() => void) | undefined
  let stopBeating: (() => void) | undefined
  let whenEmpty: (() => void) | undefined

  const toAll = (key: string, text: string) => {
    for (const watcher of watchers) watcher.send(key, text)
  }
  const overviewText = (run: number, overview: Overview) =>
    eventText('overview', { run, overview: toWire(overview) })
  const beat = () => {
    // a connection that is gone is noticed by writing to it
    toAll('beat', ': still here\n\n')
    stopBeating = clock.after(heartbeatMs, beat)
  }
  // nothing is followed for nobody
  const begin = () => {
    stopFollowing = runs.onChange((run, overview) => toAll(`run ${run}`, overviewText(run, overview)))
    stopBeating = clock.after(heartbeatMs, beat)
  }
  const rest = () => {
    stopFollowing?.()
    stopBeating?.()
    whenEmpty?.()
  }
  const greet = (watcher: Watcher) => {
    for (const [run, data] of runs.runs.entries()) {
      data.overview().then(
        (overview) => {
          if (watchers.has(watcher)) watcher.send(`run ${run}`, overviewText(run, overview))
        },
        // whoever asks for it is told why there is none
        () => {},
      )
    }
  }

  return {
    connect: (response) => {
      const watcher = openWatcher(response)
      if (watchers.size === 0) begin()
      watchers.add(watcher)
      response.on('close', () => {
        if (watchers.delete(watcher) && watchers.size === 0) rest()
      })
      watcher.send('retry', `retry: ${retryMs}\n\n`)
      greet(watcher)
    },
    watchers: () => watchers.size,
    end: (sentence) =>
      new Promise((resolve) => {
        whenEmpty = resolve
        if (watchers.size === 0) resolve()
        toAll('ended', eventText('ended', { sentence }))
      }),
    close: () => {
      for (const watcher of watchers) watcher.close()
    },
  }
}
