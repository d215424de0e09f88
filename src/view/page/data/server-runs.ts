/**
 * The runs as a server tells of them: questions by HTTP, changes by server-sent events. When the server goes with
 * notice, all that it knows is taken over first, and questions are answered from that.
 */
import type { Curve, LogRow, LogRows, Overview, RunData, RunsData, SpanDetails, SpanRows } from '../../api.ts'
import {
  type EndedEvent,
  fromWire,
  type Greeting,
  type OverviewEvent,
  parametersOf,
  type WireOverview,
} from '../../wire.ts'

/** What is used of an `EventSource`. */
export interface EventStream {
  readonly addEventListener: (
    type: 'overview' | 'ended' | 'error',
    listener: (event: { readonly data?: unknown }) => void,
  ) => void
  readonly close: () => void
}

export interface ServerOptions {
  /** The page's address, with a slash at its end. */
  readonly base: string
  readonly fetch: (address: string) => Promise<Response>
  readonly openEvents: (address: string) => EventStream
  readonly wait: (ms: number) => Promise<unknown>
  /** Reads what a server hands over. */
  readonly readBundle: (body: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<RunsData>
}

/** So often a server that has fallen silent is asked before it counts as gone. */
const patience = 4
const pauseMs = 1_000

const goneSentence = 'The server of this page has gone: taskbeat view DIR shows the run again.'

/** @throws {Error} whose message is a sentence for people, if there is no server any more */
export const openServerRuns = async (options: ServerOptions): Promise<RunsData> => {
  const { base, fetch, openEvents, wait, readBundle } = options
  const ask = async (path: string): Promise<Response> => {
    const response = await fetch(`${base}${path}`)
    if (!response.ok) throw new Error((await response.text()).trim())
    return response
  }
  const askJson = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>

  const { runs: count } = await askJson<Greeting>('runs').catch(() => {
    throw new Error(goneSentence)
  })

  /** What was taken over from a server that has gone. */
  let held: RunsData | undefined
  /** While it is taken over. */
  let takeover: Promise<unknown> | undefined
  let gone: string | undefined
  const newest = new Map<number, Overview>()
  const onChange = new Set<(run: number, overview: Overview) => void>()
  const onGone = new Set<(sentence: string) => void>()

  const tell = (run: number, overview: Overview) => {
    newest.set(run, overview)
    for (const listener of onChange) listener(run, overview)
  }

  const openRun = (run: number): RunData => {
    /** Asks the server, or what it has left, also where it leaves before it has answered. */
    const get = async <T>(
      what: string,
      query: object,
      fromHeld: (data: RunData) => Promise<T>,
      read: (answer: never) => T = (answer) => answer,
    ): Promise<T> => {
      const heldRun = () => held?.runs[run]
      const before = heldRun()
      if (before) return fromHeld(before)
      const parameters = parametersOf(query)
      try {
        return read(await askJson<never>(`runs/${run}/${what}${parameters && `?${parameters}`}`))
      } catch (error) {
        await takeover
        const after = heldRun()
        if (after) return fromHeld(after)
        throw error
      }
    }
    const orUndefined = <T>(answer: T | null) => answer ?? undefined
    return {
      overview: async () => {
        const known = newest.get(run)
        if (known && gone !== undefined && !held) return known
        const overview = await get(
          'overview',
          {},
          (data) => data.overview(),
          (answer: WireOverview) => fromWire(answer),
        )
        newest.set(run, overview)
        return overview
      },
      curves: (query) => get<readonly Curve[]>('curves', query, (data) => data.curves(query)),
      spans: (query) => get<SpanRows>('spans', query, (data) => data.spans(query)),
      span: (index) =>
        get<SpanDetails | undefined>('span', { index }, (data) => data.span(index), orUndefined<SpanDetails>),
      spanPlace: (query, index) =>
        get<number | undefined>(
          'span-place',
          { ...query, index },
          (data) => data.spanPlace(query, index),
          orUndefined<number>,
        ),
      logs: (query) => get<LogRows>('logs', query, (data) => data.logs(query)),
      log: (index) =>
        get<LogRow | undefined>('log', { index }, (data) => data.log(index), orUndefined<LogRow>),
      logsBefore: (query, timeMs) =>
        get<number>('logs-before', { ...query, timeMs }, (data) => data.logsBefore(query, timeMs)),
    }
  }

  let events: EventStream | undefined
  const leave = (sentence: string) => {
    if (gone !== undefined) return
    gone = sentence
    events?.close()
    for (const listener of onGone) listener(sentence)
  }

  const takeOver = async (sentence: string) => {
    try {
      const { body } = await ask('bundle')
      const taken = body && (await readBundle(body))
      if (taken) {
        const overviews = await Promise.all(taken.runs.map((run) => run.overview()))
        held = taken
        for (const [run, overview] of overviews.entries()) tell(run, overview)
      }
    } catch {
      // it went too soon: what is on the page stays there
    }
    leave(sentence)
  }

  /** A stream that broke off comes back by itself, unless it was refused, or the server has gone. */
  let isAsking = false
  const lookAfter = async () => {
    if (isAsking || takeover !== undefined) return
    isAsking = true
    for (let attempt = 1; ; attempt += 1) {
      await wait(pauseMs)
      const isThere = await ask('runs').then(
        () => true,
        () => false,
      )
      if (takeover !== undefined || gone !== undefined) break
      if (isThere) {
        events?.close()
        connect()
        break
      }
      if (attempt >= patience) {
        leave(goneSentence)
        break
      }
    }
    isAsking = false
  }

  const connect = () => {
    const stream = openEvents(`${base}events`)
    events = stream
    stream.addEventListener('overview', ({ data }) => {
      const { run, overview } = JSON.parse(String(data)) as OverviewEvent
      tell(run, fromWire(overview))
    })
    stream.addEventListener('ended', ({ data }) => {
      takeover ??= takeOver((JSON.parse(String(data)) as EndedEvent).sentence)
    })
    stream.addEventListener('error', () => {
      if (events === stream) void lookAfter()
    })
  }
  connect()

  const listen = <L>(listeners: Set<L>, listener: L) => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }
  return {
    runs: Array.from({ length: count }, (_, run) => openRun(run)),
    onChange: (listener) => listen(onChange, listener),
    onGone: (listener) => {
      if (gone !== undefined) listener(gone)
      return listen(onGone, listener)
    },
  }
}
