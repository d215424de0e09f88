/**
 * One kind of value: what it accepts, in words, and how its text is read.
 *
 * `read` gets text that is trimmed and not empty, and returns undefined for what it does not accept.
 */
export interface ValueKind<T> {
  readonly accepts: string
  readonly read: (text: string) => T | undefined
  /** A flag of this kind stands alone (`--metadata`, `--no-metadata`). */
  readonly isSwitch?: boolean
  /** A flag of this kind may be given several times; `read` gets all values, one a line. */
  readonly isList?: boolean
  /** All sources count, not the strongest alone: what becomes of a value and a stronger one. */
  merge?(weaker: T, stronger: T): T
}

export const text: ValueKind<string> = { accepts: 'any text', read: (text) => text }

export const path: ValueKind<string> = { accepts: 'a path', read: (text) => text }

interface Range {
  readonly min?: number
  readonly max?: number
}

const within = (value: number, { min = -Infinity, max = Infinity }: Range) =>
  Number.isFinite(value) && value >= min && value <= max

const rangeText = ({ min, max }: Range) => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  return min !== undefined ? ` of at least ${min}` : ''
}

/** Plain decimal digits only: `1e3`, `0x10` and `5,000` are more often a slip than meant. */
export const integer = (range: Range = {}): ValueKind<number> => ({
  accepts: `an integer${rangeText(range)}`,
  read: (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    return Number.isSafeInteger(value) && within(value, range) ? value : undefined
  },
})

export const decimal = (range: Range = {}): ValueKind<number> => ({
  accepts: `a number${rangeText(range)}`,
  read: (text) => {
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN
    return within(value, range) ? value : undefined
  },
})

const unitMs = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** `500ms`, `30s`, `1h30m`: milliseconds, as Go and Kubernetes write durations. */
export const duration: ValueKind<number> = {
  accepts: 'a duration such as 500ms, 30s, 5m or 1h30m',
  read: (text) => {
    if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
    // an array, as Node 20 has to get far enough to say that it is too old
    const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)]
    const totalMs = parts.reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (unitMs.get(unit) ?? 0),
      0,
    )
    return Number.isSafeInteger(Math.round(totalMs)) ? totalMs : undefined
  },
}

/** A duration within limits, which are told as they are given. */
export const durationBetween = (least: string, most: string): ValueKind<number> => {
  const [min, max] = [duration.read(least), duration.read(most)]
  return {
    accepts: `a duration from ${least} to ${most}`,
    read: (text) => {
      const ms = duration.read(text)
      return ms === undefined ||
        !within(ms, { ...(min !== undefined && { min }), ...(max !== undefined && { max }) })
        ? undefined
        : ms
    },
  }
}

/** `10` as sidecars write intervals, or a duration: milliseconds, at least 10. */
export const secondsOrDuration: ValueKind<number> = {
  accepts: 'a number of seconds, or a duration such as 500ms, 30s or 5m',
  read: (text) => {
    const seconds = decimal({ min: 0 }).read(text)
    const ms = seconds === undefined ? duration.read(text) : seconds * 1_000
    return ms !== undefined && ms >= 10 ? ms : undefined
  },
}

/** Values of one kind, one a line. */
export const list = <T>(kind: ValueKind<T>): ValueKind<readonly T[]> => ({
  accepts: kind.accepts,
  isList: true,
  read: (text) => {
    const values = text.split('\n').map((line) => kind.read(line.trim()))
    return values.every((value) => value !== undefined) ? values : undefined
  },
})

const switchWords = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
])

export const onOff: ValueKind<boolean> = {
  accepts: 'true or false',
  read: (text) => switchWords.get(text.toLowerCase()),
  isSwitch: true,
}

/** Says the opposite: `enabled` of what is `disabled`. */
export const offOn: ValueKind<boolean> = {
  ...onOff,
  read: (text) => {
    const isOn = onOff.read(text)
    return isOn === undefined ? undefined : !isOn
  },
}

/** One of the given words, in any case. */
export const oneOf = <const W extends string>(...words: readonly W[]): ValueKind<W> => ({
  accepts: words.join(' or '),
  read: (text) => words.find((word) => word === text.toLowerCase()),
})

const levelWords = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['critical', 'error'],
  ['fatal', 'error'],
] as const)

/** A level as Python, Go and others write it, in any case. */
export const logLevel: ValueKind<'debug' | 'info' | 'warn' | 'error'> = {
  accepts: 'debug, info, warn or error',
  read: (text) => levelWords.get(text.toLowerCase() as 'info'),
}

/** Groups that a pattern for progress may have, and has to have one of. */
const progressGroups = ['step', 'total', 'percent', 'epoch', 'loss', 'lr']

/** A regular expression whose named groups say what its parts mean; `/…/i` for one that ignores case. */
export const progressPattern: ValueKind<RegExp> = {
  accepts: `a regular expression with one of the groups ${progressGroups.map((name) => `(?<${name}>…)`).join(', ')}`,
  read: (text) => {
    const [, inner, flags] = /^\/(.+)\/(i?)$/s.exec(text) ?? []
    if (!progressGroups.some((name) => text.includes(`(?<${name}>`))) return undefined
    try {
      return new RegExp(inner ?? text, flags)
    } catch {
      return undefined
    }
  },
}

export type Protocol = 'grpc' | 'http/protobuf'

const protocols = new Map<string, Protocol>([
  ['grpc', 'grpc'],
  ['http', 'http/protobuf'],
  ['http/protobuf', 'http/protobuf'],
])

/** `http` is what NVCF injects; the OpenTelemetry specification knows only `http/protobuf`. */
export const protocol: ValueKind<Protocol> = {
  accepts: 'grpc, http or http/protobuf',
  read: (text) => protocols.get(text.toLowerCase()),
}

/**
 * Where OTLP goes: a URL, or `host:port` without a scheme, or `unix:///socket` (gRPC only).
 * Kept as it was written; `telemetry/signals` completes it for the protocol in use.
 */
export const endpoint: ValueKind<string> = {
  accepts: 'an http:// or https:// URL, or host:port',
  read: (text) => {
    if (/^unix:\/\/\/./.test(text)) return text
    const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
    return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' ? text : undefined
  },
}

export type ExporterName = 'otlp' | 'console' | 'none'

/** `OTEL_<SIGNAL>_EXPORTER`: a comma list; `none` stands alone. */
export const exporterNames: ValueKind<readonly ExporterName[]> = {
  accepts: 'otlp, console, or both with a comma; or none',
  read: (text) => {
    const names = text.split(',').map((name) => name.trim().toLowerCase())
    const known = names.filter((name): name is ExporterName => /^(otlp|console|none)$/.test(name))
    if (known.length !== names.length || (known.includes('none') && known.length > 1)) return undefined
    return [...new Set(known)]
  },
}

const decodePercent = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * `key=value,key2=value2` with percent-encoding, as in a W3C Baggage header.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
export const keyValues: ValueKind<Readonly<Record<string, string>>> = {
  accepts: 'key=value pairs with commas between them, percent-encoded',
  read: (text) => {
    const pairs: [string, string][] = []
    for (const member of text.split(',')) {
      if (member.trim() === '') continue
      const [, rawKey, rawValue] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(member) ?? []
      const key = decodePercent(rawKey ?? '')
      const value = decodePercent((rawValue ?? '').trim())
      if (!key || value === undefined) return undefined
      pairs.push([key, value])
    }
    return Object.fromEntries(pairs)
  },
  // what the platform sets must not drop what the file has
  merge: (weaker, stronger) => ({ ...weaker, ...stronger }),
}

const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const headerValue = /^[\x20-\x7e]*$/

/** Request headers; what HTTP or gRPC could not carry is refused here, where its name and not its value is told. */
export const headers: ValueKind<Readonly<Record<string, string>>> = {
  accepts: `${keyValues.accepts}, with header names and printable ASCII values`,
  read: (text) => {
    const pairs = keyValues.read(text)
    const isSendable = Object.entries(pairs ?? {}).every(
      // gRPC takes bytes for names that end with -bin, which text here cannot stand for
      ([name, value]) => headerName.test(name) && !/-bin$/i.test(name) && headerValue.test(value),
    )
    return isSendable ? pairs : undefined
  },
}

const signalNames = ['traces', 'metrics', 'logs'] as const
type SignalName = (typeof signalNames)[number]

/** Some of the given words, in any case and order, with commas between them; or `none`. */
const wordList = <const W extends string>(...known: readonly W[]): ValueKind<readonly W[]> => ({
  accepts: `${known.join(', ')}, with commas between; or none`,
  read: (text) => {
    const words = text
      .toLowerCase()
      .split(',')
      .map((word) => word.trim())
    if (words.length === 1 && words[0] === 'none') return []
    const named = known.filter((word) => words.includes(word))
    return named.length === new Set(words).size ? named : undefined
  },
})

/** `traces,logs`, or `none`. */
export const signalList = wordList(...signalNames)

/** `tuft,onelogger`, or `none`. */
export const namePresets = wordList('tuft', 'onelogger')

/** What NVCF registers for a signal: it never says `http/protobuf`. */
export type PlatformProtocol = 'grpc' | 'http'

/** `grpc` or `http` for all signals, or `traces=grpc,metrics=http`; a signal that is not named has grpc. */
export const signalProtocols: ValueKind<Readonly<Record<SignalName, PlatformProtocol>>> = {
  accepts: 'grpc or http, or such as traces=grpc,metrics=http',
  read: (text) => {
    const read = oneOf('grpc', 'http').read
    const forAll = read(text)
    if (forAll) return { traces: forAll, metrics: forAll, logs: forAll }
    const pairs = text.split(',').map((pair) => {
      const [signal, protocol = ''] = pair.split('=').map((word) => word.trim())
      return [signalNames.find((name) => name === signal?.toLowerCase()), read(protocol)] as const
    })
    if (pairs.some(([signal, protocol]) => !signal || !protocol)) return undefined
    return { traces: 'grpc', metrics: 'grpc', logs: 'grpc', ...Object.fromEntries(pairs) }
  },
}
