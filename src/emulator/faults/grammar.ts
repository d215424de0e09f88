import { type Signal, signals } from '../../otlp/signals.ts'
import { duration } from '../../settings/value.ts'
import type { Fault } from './fault.ts'

type ValueNeed = 'none' | 'duration' | 'optional duration' | 'bytes' | 'count'

interface FaultKind {
  readonly value: ValueNeed
  /** `span`: may have `@FROM-TO`; `moment`: needs `@AT`; `always`: has neither. */
  readonly time: 'span' | 'moment' | 'always'
  /** It is about single requests, which every=N and signal=SIGNAL choose. */
  readonly isOfRequests?: boolean
  readonly doc: string
}

/** Every fault by its name, in the order of `--help`. */
export const faultKinds = {
  never: { value: 'none', time: 'always', doc: 'the collector never comes up' },
  late: { value: 'duration', time: 'always', doc: 'it comes up so much later' },
  down: { value: 'none', time: 'span', doc: 'it is not there' },
  slow: { value: 'duration', time: 'span', isOfRequests: true, doc: 'it answers so much later' },
  throttled: {
    value: 'optional duration',
    time: 'span',
    isOfRequests: true,
    doc: '429 or RESOURCE_EXHAUSTED, with the value as Retry-After or RetryInfo',
  },
  unavailable: {
    value: 'optional duration',
    time: 'span',
    isOfRequests: true,
    doc: '503 or UNAVAILABLE, with the value as Retry-After or RetryInfo',
  },
  'too-large': {
    value: 'bytes',
    time: 'span',
    isOfRequests: true,
    doc: '413 or RESOURCE_EXHAUSTED for larger requests',
  },
  partial: {
    value: 'count',
    time: 'span',
    isOfRequests: true,
    doc: 'so many items of each request are rejected',
  },
  reset: {
    value: 'none',
    time: 'span',
    isOfRequests: true,
    doc: 'the connection dies before a request is taken',
  },
  'reset-after': {
    value: 'none',
    time: 'span',
    isOfRequests: true,
    doc: 'it dies after it was taken, before the answer',
  },
  hang: { value: 'none', time: 'span', isOfRequests: true, doc: 'no answer at all' },
  cancel: { value: 'none', time: 'moment', doc: 'somebody cancels the task: SIGTERM, grace, SIGKILL' },
  oom: { value: 'none', time: 'moment', doc: 'the task is killed as if for memory: SIGKILL' },
  'worker-restart': { value: 'none', time: 'moment', doc: "the platform's worker restarts, and forgets" },
} as const satisfies Readonly<Record<string, FaultKind>>

type FaultName = keyof typeof faultKinds

/** How a fault is written, for `--help` and for messages. */
export const faultGrammar = 'NAME[=VALUE][@FROM[-TO]][,every=N][,signal=SIGNAL]'

/** A fault, or why the text is none. */
export type ParsedFault = { readonly fault: Fault } | { readonly problem: string }

const names = Object.keys(faultKinds).join(', ')

const units = new Map([
  ['', 1],
  ['k', 1024],
  ['ki', 1024],
  ['kib', 1024],
  ['m', 1024 ** 2],
  ['mi', 1024 ** 2],
  ['mib', 1024 ** 2],
])

const readBytes = (text: string) => {
  const [, count = '', unit = ''] = /^(\d+)([a-z]*)$/i.exec(text) ?? []
  const factor = units.get(unit.toLowerCase())
  return count === '' || factor === undefined ? undefined : Number(count) * factor
}

const readCount = (text: string) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined)

const readValue = (need: ValueNeed, text: string) => {
  if (need === 'bytes') return readBytes(text)
  return need === 'count' ? readCount(text) : duration.read(text)
}

const valueWords: Readonly<Record<ValueNeed, string>> = {
  none: 'no value',
  duration: `${duration.accepts}, as in slow=200ms`,
  'optional duration': duration.accepts,
  bytes: 'bytes, as in too-large=64KiB',
  count: 'a count of items, as in partial=3',
}

const findName = (name: string) => Object.keys(faultKinds).find((known): known is FaultName => known === name)

const readSpan = (text: string | undefined) => {
  if (text === undefined) return { fromMs: 0, toMs: Infinity }
  const [from = '', to, more] = text.split('-')
  const fromMs = duration.read(from)
  const toMs = to === undefined || to === '' ? Infinity : duration.read(to)
  if (fromMs === undefined || toMs === undefined || more !== undefined || toMs <= fromMs) return undefined
  return { fromMs, toMs }
}

interface Selection {
  readonly every: number
  readonly signal: Signal | undefined
}

const readSelection = (pairs: readonly string[]): Selection | string => {
  let selection: Selection = { every: 1, signal: undefined }
  for (const pair of pairs) {
    const [key, text = ''] = pair.split('=')
    const every = key === 'every' ? readCount(text) : undefined
    const signal = key === 'signal' ? signals.find((known) => known === text) : undefined
    if (every === undefined && signal === undefined) return pair
    selection = { every: every ?? selection.every, signal: signal ?? selection.signal }
  }
  return selection
}

/**
 * Reads one fault, such as `down@10s-40s`, `slow=200ms`, `throttled=2s@5s-20s,every=3,signal=traces` or
 * `cancel@30s`. Times count from the start of the task.
 */
export const parseFault = (text: string): ParsedFault => {
  const problem = (what: string): ParsedFault => ({ problem: `'${text}' is no fault: ${what}` })
  const [head = '', ...pairs] = text.split(',').map((part) => part.trim())
  const [what = '', time, moreTime] = head.split('@')
  const [name = '', value, moreValue] = what.split('=')
  const known = findName(name.toLowerCase())
  if (known === undefined) return problem(`accepted is ${faultGrammar} with one of ${names}`)
  const kind: FaultKind = faultKinds[known]
  if (moreTime !== undefined || moreValue !== undefined) return problem(`accepted is ${faultGrammar}`)

  const number = value === undefined ? undefined : readValue(kind.value, value)
  const isMissing = value === undefined && kind.value !== 'none' && kind.value !== 'optional duration'
  if (isMissing || (value !== undefined && (kind.value === 'none' || number === undefined)))
    return problem(`${known} takes ${valueWords[kind.value]}`)

  const span = readSpan(time)
  if (kind.time === 'always' && time !== undefined) return problem(`${known} takes no time`)
  if (kind.time === 'moment' && (time === undefined || span === undefined || span.toMs !== Infinity))
    return problem(`${known} needs the moment when it happens, as in ${known}@30s`)
  if (span === undefined) return problem('a time is @FROM or @FROM-TO, as in @10s-40s')
  if (pairs.length > 0 && !kind.isOfRequests) return problem(`${known} takes neither every nor signal`)
  const selection = readSelection(pairs)
  if (typeof selection === 'string')
    return problem(`'${selection}' is none of every=N and signal=traces|metrics|logs`)

  switch (known) {
    case 'never':
      return { fault: { name: 'down', fromMs: 0, toMs: Infinity } }
    case 'late':
      return { fault: { name: 'down', fromMs: 0, toMs: number ?? 0 } }
    case 'down':
      return { fault: { name: known, ...span } }
    case 'cancel':
    case 'oom':
    case 'worker-restart':
      return { fault: { name: known, fromMs: span.fromMs } }
    default:
      return { fault: { name: known, value: number, ...span, ...selection } }
  }
}
