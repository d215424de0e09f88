/**
 * A fleet of tasks whose backend comes back after ten minutes: how many requests does it see?
 *
 * Simulated time, and numbers from a seed; the outboxes are the real ones. The backend answers each request in the same
 * way, however many there are, so that tasks can be simulated a part at a time and their requests added up.
 */
import { openOutbox } from '../../src/delivery/outbox.ts'
import type { Answer } from '../../src/delivery/sender.ts'
import { createCounter } from '../../src/delivery/tally.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { memorySpool } from '../../test/support/memory-spool.ts'
import { seededRandom } from '../../test/support/random.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

const second = 1_000
const minute = 60 * second

/** What each task hands over, and how often. */
const traffic: Readonly<Record<Signal, { readonly everyMs: number; readonly items: number }>> = {
  metrics: { everyMs: minute, items: 50 },
  logs: { everyMs: 5 * second, items: 20 },
  traces: { everyMs: 30 * second, items: 10 },
}

/** The steady rate is measured in the last minute before the outage: all that recurs does so in a minute. */
const awayMs = 2 * minute
const backMs = awayMs + 10 * minute
const deadlineMs = backMs + 15 * minute
/** Simulated at least to here. */
const leastEndMs = backMs + 2 * minute

const latencyMs = 50
const refusalMs = 1

const delivered: Answer = { kind: 'delivered', rejected: 0, reason: '' }
const refused: Answer = { kind: 'retry', reason: 'connection refused' }

interface Measured {
  /** Requests in each second that reached the backend, or would have if it had been there. */
  readonly requests: Uint32Array
  /** For each task, from the return of the backend to its first request. */
  readonly resumedMs: number[]
  emitted: number
  twice: number
  /** Emitted before the backend was back, and not delivered yet. */
  missing: number
  /** When the last of them was delivered. */
  throughMs: number
}

const idBytes = 4

/** A batch is its number: joined ones are the numbers, one after the other. */
const numberedBytes = (number: number) => {
  const bytes = Buffer.alloc(idBytes)
  bytes.writeUInt32LE(number)
  return bytes
}
const numbersIn = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length / idBytes }, (_, index) => view.getUint32(index * idBytes, true))
}

const startTask = (clock: VirtualClock, random: () => number, measured: Measured): void => {
  const waiting = new Map<number, number>()
  let numbers = 0
  let hasResumed = false

  const take = (bytes: Uint8Array) => {
    for (const number of numbersIn(bytes)) {
      const emittedMs = waiting.get(number)
      if (emittedMs === undefined) measured.twice += 1
      else if (emittedMs <= backMs) {
        measured.missing -= 1
        measured.throughMs = clock.monotonicMs()
      }
      waiting.delete(number)
    }
  }

  const send = (bytes: Uint8Array): Promise<Answer> =>
    new Promise((resolve) => {
      const nowMs = clock.monotonicMs()
      const at = Math.floor(nowMs / second)
      measured.requests[at] = (measured.requests[at] ?? 0) + 1
      if (nowMs >= awayMs && nowMs < backMs) {
        clock.after(refusalMs, () => resolve(refused))
        return
      }
      if (nowMs >= backMs && !hasResumed) {
        hasResumed = true
        measured.resumedMs.push(nowMs - backMs)
      }
      clock.after(latencyMs, () => {
        take(bytes)
        resolve(delivered)
      })
    })

  const outbox = openOutbox({
    routes: signals.map((signal) => ({
      signal,
      sender: { send: ({ bytes }) => send(bytes), close: () => {} },
      place: 'backend',
      timeoutMs: 10 * second,
      counter: createCounter(),
      onRetry: () => {},
      onDelivered: () => {},
    })),
    spool: memorySpool(),
    memoryBytes: 64 * 2 ** 20,
    onSpoolFailure: (error) => {
      throw error
    },
    clock,
    random,
  })

  const emit = (signal: Signal) => {
    const nowMs = clock.monotonicMs()
    measured.emitted += 1
    if (nowMs <= backMs) measured.missing += 1
    waiting.set(numbers, nowMs)
    outbox.accept({
      signal,
      items: traffic[signal].items,
      bytes: numberedBytes(numbers),
      acceptedAtMs: nowMs,
    })
    numbers += 1
    clock.after(traffic[signal].everyMs, () => emit(signal))
  }
  for (const signal of signals) clock.after(traffic[signal].everyMs * random(), () => emit(signal))
}

const simulatePart = async (tasks: number, seed: number): Promise<Measured> => {
  const clock = virtualClock()
  const measured: Measured = {
    requests: new Uint32Array(deadlineMs / second + 1),
    resumedMs: [],
    emitted: 0,
    twice: 0,
    missing: 0,
    throughMs: 0,
  }
  const seeds = seededRandom(seed)
  for (let task = 0; task < tasks; task += 1)
    startTask(clock, seededRandom(Math.floor(seeds() * 2 ** 32)), measured)
  await clock.runUntil(leastEndMs)
  for (let atMs = leastEndMs; measured.missing > 0 && atMs < deadlineMs; atMs += minute)
    await clock.runUntil(atMs + minute)
  return measured
}

const addUp = (parts: readonly Measured[]): Measured => ({
  requests: (parts[0]?.requests ?? new Uint32Array()).map((_, at) =>
    parts.reduce((sum, { requests }) => sum + (requests[at] ?? 0), 0),
  ),
  resumedMs: parts.flatMap(({ resumedMs }) => resumedMs).sort((a, b) => a - b),
  emitted: parts.reduce((sum, { emitted }) => sum + emitted, 0),
  twice: parts.reduce((sum, { twice }) => sum + twice, 0),
  missing: parts.reduce((sum, { missing }) => sum + missing, 0),
  throughMs: Math.max(...parts.map(({ throughMs }) => throughMs)),
})

/** The most requests a second, over windows of so many seconds, from one moment to another. */
const peak = (requests: Uint32Array, seconds: number, fromMs: number, toMs: number): number => {
  let most = 0
  for (let at = fromMs / second; at + seconds <= toMs / second; at += 1) {
    const sum = requests.subarray(at, at + seconds).reduce((all, one) => all + one, 0)
    most = Math.max(most, sum / seconds)
  }
  return most
}

const meanRate = (requests: Uint32Array, fromMs: number, toMs: number): number =>
  peak(requests, (toMs - fromMs) / second, fromMs, toMs)

interface Row {
  readonly what: string
  readonly measured: string
  readonly bar?: { readonly text: string; readonly holds: boolean }
}

const rowsOf = (fleet: Measured, tasks: number): readonly Row[] => {
  const { requests, resumedMs, twice, missing, throughMs } = fleet
  const steady = meanRate(requests, awayMs - minute, awayMs)
  const rate = (value: number) =>
    `${Math.round(value).toLocaleString('en-US')}/s (${(value / steady).toFixed(2)} ×)`
  const peakRow = (seconds: number): Row => {
    const value = peak(requests, seconds, backMs, leastEndMs)
    return {
      what: `most requests after it, in ${seconds} s`,
      measured: rate(value),
      bar: { text: '≤ 3 ×', holds: value <= 3 * steady },
    }
  }
  const share = (part: number) => (resumedMs[Math.ceil(part * resumedMs.length) - 1] ?? Number.NaN) / second
  const slowest = share(1)
  const throughSeconds = (throughMs - backMs) / second
  return [
    { what: 'requests before the outage, mean of a minute', measured: rate(steady) },
    { what: 'attempts in the outage, mean', measured: rate(meanRate(requests, awayMs + minute, backMs)) },
    { what: 'attempts in the outage, most in 1 s', measured: rate(peak(requests, 1, awayMs, backMs)) },
    peakRow(1),
    peakRow(10),
    {
      what: 'a task sends again after (p50, p99, most)',
      measured: `${share(0.5).toFixed(1)}, ${share(0.99).toFixed(1)}, ${slowest.toFixed(1)} s`,
      bar: { text: '≤ 5 s', holds: resumedMs.length === tasks && slowest <= 5 },
    },
    {
      what: 'all that was emitted before is delivered after',
      measured: missing > 0 ? 'never' : `${Math.round(throughSeconds)} s`,
      bar: { text: '≤ 900 s', holds: missing === 0 && throughSeconds <= 900 },
    },
    { what: 'batches lost', measured: `${missing}`, bar: { text: '0', holds: missing === 0 } },
    { what: 'batches delivered twice', measured: `${twice}`, bar: { text: '0', holds: twice === 0 } },
  ]
}

/** Sets the exit status to 1 if a bar does not hold. */
export const benchFleet = async (tasks: number, tasksInPart: number): Promise<string> => {
  const parts: Measured[] = []
  for (let left = tasks; left > 0; left -= tasksInPart)
    parts.push(await simulatePart(Math.min(left, tasksInPart), 1 + parts.length))
  const rows = rowsOf(addUp(parts), tasks)
  if (rows.some(({ bar }) => bar?.holds === false)) process.exitCode = 1
  return [
    `### ${tasks.toLocaleString('en-US')} tasks, their backend away for 10 minutes (simulated)`,
    '',
    '| what | measured | bar | holds |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, measured, bar }) =>
        `| ${what} | ${measured} | ${bar?.text ?? ''} | ${bar ? (bar.holds ? 'yes' : 'NO') : ''} |`,
    ),
    '',
  ].join('\n')
}
