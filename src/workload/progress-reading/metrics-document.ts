import { isJsonObject } from '../../json.ts'
import type { ProgressEvent } from '../../workload-events.ts'
import { nameMetrics } from './metrics.ts'
import { progressEvent } from './reading.ts'

/** What a metrics file says, and what in it is wrong, each in words that follow the file's name. */
export interface MetricsDocumentReading {
  readonly event: ProgressEvent | undefined
  readonly troubles: readonly string[]
  /** It is an object; otherwise it may only be half-written. */
  readonly isDocument: boolean
}

/** Objects within the document whose members are read like its own. */
const insides = ['training_metrics', 'metrics', 'progress']

/** What a position is called, the first of several counts; a value that is not such a number is told. */
const positionNames = {
  step: ['step', 'global_step', 'iteration', 'current_step'],
  totalSteps: ['total_steps', 'totalSteps', 'max_steps', 'total_iterations'],
  percent: ['percent', 'percent_complete', 'percentComplete', 'progress_percent'],
  epoch: ['epoch', 'current_epoch'],
} as const

const isPosition: Readonly<Record<keyof typeof positionNames, (value: number) => boolean>> = {
  step: (value) => Number.isSafeInteger(value) && value >= 0,
  totalSteps: (value) => Number.isSafeInteger(value) && value >= 1,
  percent: (value) => value >= 0 && value <= 100,
  epoch: (value) => value >= 0 && Number.isFinite(value),
}

/** Never metrics, though often numbers. */
const notMetrics = new Set(['timestamp', 'time', 'job_id', 'pid', 'version'])

/** In place of the numbers that JSON has no words for. */
const notFinite: ReadonlyMap<unknown, number> = new Map([
  ['\uE000NaN', Number.NaN],
  ['\uE000Infinity', Infinity],
  ['\uE000-Infinity', -Infinity],
])

/** JSON, also with `NaN`, `Infinity` and `-Infinity`, as Python's `json.dump` writes them. Undefined if it is none. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text.includes('NaN') || text.includes('Infinity') ? parseNotFinite(text) : undefined
  }
}

const parseNotFinite = (text: string): unknown => {
  // a string without its end is one too: a search that can fail there would begin again at each of its quotes
  const quoted = text.replaceAll(/"[^"\\]*(?:\\.?[^"\\]*)*"?|-?\bInfinity\b|\bNaN\b/gs, (token) =>
    token.startsWith('"') ? token : `"\uE000${token}"`,
  )
  try {
    return JSON.parse(quoted)
  } catch {
    return undefined
  }
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : notFinite.get(value)

/** The members of the document and of the objects in it that count; of two of one name, the document's own. */
const membersOf = (document: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> => {
  const inner = insides.flatMap((name) => {
    const inside = document[name]
    return isJsonObject(inside) ? Object.entries(inside) : []
  })
  return new Map([...inner, ...Object.entries(document)])
}

/**
 * Reads a metrics file: the document of `../metrics-file.ts`, or any object with numbers. What is valid is used. A null
 * is a value that is not there.
 */
export const readMetricsDocument = (text: string): MetricsDocumentReading => {
  const document = parse(text)
  if (!isJsonObject(document)) {
    const message = document === undefined ? 'is no JSON' : 'is no JSON object'
    return { event: undefined, troubles: [message], isDocument: false }
  }
  const members = membersOf(document)
  const troubles: string[] = []
  const readPosition = (field: keyof typeof positionNames) => {
    const name = positionNames[field].find((one) => (members.get(one) ?? undefined) !== undefined)
    if (name === undefined) return undefined
    const value = numberOf(members.get(name))
    if (value !== undefined && isPosition[field](value)) return value
    troubles.push(`has a ${name} that is out of range or no number`)
    return undefined
  }
  const position = {
    step: readPosition('step'),
    totalSteps: readPosition('totalSteps'),
    percent: readPosition('percent'),
    epoch: readPosition('epoch'),
  }
  const used = new Set<string>([...Object.values(positionNames).flat(), ...notMetrics])
  const metrics: [string, number][] = []
  for (const [name, value] of members) {
    const number = used.has(name) ? undefined : numberOf(value)
    if (number !== undefined) metrics.push([name, number])
  }
  return { event: progressEvent(position, nameMetrics(metrics)), troubles, isDocument: true }
}
