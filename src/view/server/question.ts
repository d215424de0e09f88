import { decimal, integer, list, oneOf, onOff, type ValueKind } from '../../settings/value.ts'
import type { RunData } from '../api.ts'
import { toWire } from '../wire.ts'

/** What somebody wants to know of a run; the answer is for JSON, where undefined is null. */
export type Question = (data: RunData) => Promise<unknown>

/** `problem` is a sentence for whoever asked. */
export type ReadQuestion =
  | { readonly run: number; readonly ask: Question }
  | { readonly run: number; readonly problem: string }

/** A parameter that is unknown, wrong, missing, or there twice. */
class Problem extends Error {}

/** Times before 1970 and far in the future are what clocks say that nobody has set. */
const time = decimal({ min: -8.64e15, max: 8.64e15 })
const longestSearch = 500
const search: ValueKind<string> = {
  accepts: `a text of at most ${longestSearch} characters`,
  read: (text) => (text.length <= longestSearch ? text : undefined),
}
const mostSeries = 1_000
const oneSeries = list(integer({ min: 0 }))
const seriesIds: ValueKind<readonly number[]> = {
  accepts: `at most ${mostSeries} numbers of curves with commas between`,
  read: (text) => {
    const ids = oneSeries.read(text.replaceAll(',', '\n'))
    return ids && ids.length <= mostSeries ? ids : undefined
  },
}

const range = { from: time, to: time }
const paging = { offset: integer({ min: 0, max: 1e12 }), limit: integer({ min: 1, max: 500 }) }
const index = integer({ min: 0, max: 1e12 })
const curves = {
  ...range,
  series: seriesIds,
  width: integer({ min: 100, max: 4_000 }),
  over: oneOf('time', 'step'),
}
const spans = { ...range, search, failedOnly: onOff, order: oneOf('start', 'duration') }
const logs = { ...range, search, minSeverity: integer({ min: 0, max: 6 }) }

type Kinds = Readonly<Record<string, ValueKind<unknown>>>
type Values<K extends Kinds> = { readonly [N in keyof K]?: K[N] extends ValueKind<infer T> ? T : never }

const readValue = (name: string, kind: ValueKind<unknown> | undefined, text: string) => {
  if (!kind) throw new Problem('there is a parameter that nobody knows')
  const value = text === '' && kind !== search ? undefined : kind.read(text)
  if (value === undefined) throw new Problem(`${name} is wrong: accepted is ${kind.accepts}`)
  return value
}

/** All parameters, with the names that a query has for them. @throws {Problem} */
const readParameters = <K extends Kinds, N extends keyof K & string = never>(
  parameters: URLSearchParams,
  kinds: K,
  ...needed: readonly N[]
): Values<K> & Required<Pick<Values<K>, N>> => {
  const values = new Map<string, unknown>()
  for (const [name, text] of parameters) {
    if (values.has(name)) throw new Problem(`${name} is there twice`)
    values.set(name, readValue(name, Object.hasOwn(kinds, name) ? kinds[name] : undefined, text))
  }
  const missing = needed.find((name) => !values.has(name))
  if (missing) throw new Problem(`${missing} is missing: accepted is ${kinds[missing]?.accepts}`)
  return Object.fromEntries(values) as Values<K> & Required<Pick<Values<K>, N>>
}

/** The parameters of a span of time, as a query has them. */
const withRange = <T extends { readonly from?: number; readonly to?: number }>({ from, to, ...rest }: T) => {
  if (from !== undefined && to !== undefined && from > to) throw new Problem('from is later than to')
  return { ...rest, ...(from !== undefined && { fromMs: from }), ...(to !== undefined && { toMs: to }) }
}

/** By what stands behind `runs/<number>/`. */
const questions: Readonly<Record<string, (parameters: URLSearchParams) => Question>> = {
  overview: (parameters) => {
    readParameters(parameters, {})
    return async (data) => toWire(await data.overview())
  },
  curves: (parameters) => {
    const query = withRange(readParameters(parameters, curves, 'series', 'width'))
    return (data) => data.curves(query)
  },
  spans: (parameters) => {
    const query = withRange(readParameters(parameters, { ...spans, ...paging }, 'offset', 'limit'))
    return (data) => data.spans(query)
  },
  span: (parameters) => {
    const { index: one } = readParameters(parameters, { index }, 'index')
    return (data) => data.span(one)
  },
  'span-place': (parameters) => {
    const { index: one, ...query } = readParameters(parameters, { ...spans, index }, 'index')
    const inRange = withRange(query)
    return (data) => data.spanPlace(inRange, one)
  },
  logs: (parameters) => {
    const query = withRange(readParameters(parameters, { ...logs, ...paging }, 'offset', 'limit'))
    return (data) => data.logs(query)
  },
  log: (parameters) => {
    const { index: one } = readParameters(parameters, { index }, 'index')
    return (data) => data.log(one)
  },
  'logs-before': (parameters) => {
    const { time: timeMs, ...query } = readParameters(parameters, { ...logs, time }, 'time')
    const inRange = withRange(query)
    return (data) => data.logsBefore(inRange, timeMs)
  },
}

/**
 * Reads what is asked for at `runs/<number>/<what>`; undefined where nothing is there.
 *
 * @param path - the segments after `runs`
 * @param runs - how many there are
 */
export const readQuestion = (
  path: readonly string[],
  parameters: URLSearchParams,
  runs: number,
): ReadQuestion | undefined => {
  const [number = '', what = ''] = path
  const run = integer({ min: 0, max: runs - 1 }).read(number)
  const read = Object.hasOwn(questions, what) ? questions[what] : undefined
  if (run === undefined || !read || path.length !== 2) return undefined
  try {
    return { run, ask: read(parameters) }
  } catch (error) {
    if (error instanceof Problem) return { run, problem: error.message }
    throw error
  }
}
