import type { Exporter } from './exporter.ts'
import type { AggregateRule, Filter, RecorderOptions } from './recorder.ts'
import { RecorderError } from './recorder-error.ts'

/** An exporter with the filter that is its own. */
export interface ExporterEntry {
  readonly exporter: Exporter
  readonly filter: Filter | undefined
}

const refuse = (what: string, expected: string, got: unknown): never => {
  const text = typeof got === 'object' || typeof got === 'function' ? typeof got : `\`${String(got)}\``
  throw new RecorderError('WRONG_USE', `recorder: ${what} must be ${expected}, got ${text}`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const methods = [
  'exportStart',
  'exportStop',
  'exportEvent',
  'exportError',
  'exportTelemetryDataError',
  'close',
] as const

const checkExporter = (given: unknown, what: string): void => {
  const exporter = isObject(given) ? given : refuse(what, 'an exporter', given)
  if (typeof exporter.name !== 'string') refuse(`${what}.name`, 'a text', exporter.name)
  for (const method of methods) {
    if (typeof exporter[method] !== 'function') refuse(`${what}.${method}`, 'a function', exporter[method])
  }
}

const checkNames = (names: unknown, what: string): void => {
  const isNames = Array.isArray(names) && names.every((name) => typeof name === 'string')
  if (names !== undefined && !isNames) refuse(what, 'a list of names', names)
}

const checkFilter = (filter: Filter | undefined, what: string): void => {
  if (filter === undefined) return
  if (!isObject(filter)) refuse(what, 'a filter', filter)
  checkNames(filter.allow, `${what}.allow`)
  checkNames(filter.deny, `${what}.deny`)
  const { maxVerbosity, where } = filter
  if (maxVerbosity !== undefined && (typeof maxVerbosity !== 'number' || Number.isNaN(maxVerbosity)))
    refuse(`${what}.maxVerbosity`, 'a number', maxVerbosity)
  if (where !== undefined && typeof where !== 'function') refuse(`${what}.where`, 'a function', where)
}

const isCount = (value: unknown) =>
  typeof value === 'number' && value >= 1 && (Number.isInteger(value) || value === Infinity)

const checkRule = (rule: AggregateRule, what: string): void => {
  if (!isObject(rule)) refuse(what, 'a rule', rule)
  for (const key of ['source', 'attribute', 'event'] as const) {
    if (typeof rule[key] !== 'string' || rule[key] === '') refuse(`${what}.${key}`, 'a name', rule[key])
  }
  const { every = 1 } = rule
  if (!isCount(every)) refuse(`${what}.every`, 'a whole number from 1', every)
}

const entriesOf = (exporters: RecorderOptions['exporters']): readonly ExporterEntry[] => {
  if (!Array.isArray(exporters)) refuse('exporters', 'a list', exporters)
  const entries = exporters.map((entry) => {
    if (isObject(entry) && 'exporter' in entry) return { exporter: entry.exporter, filter: entry.filter }
    return { exporter: entry, filter: undefined }
  })
  entries.forEach(({ exporter, filter }, index) => {
    checkExporter(exporter, `exporters[${index}]`)
    checkFilter(filter, `exporters[${index}].filter`)
    const isTwice = entries.findIndex((other) => other.exporter === exporter) !== index
    if (isTwice) refuse(`exporters[${index}]`, 'another one than those before', exporter.name)
  })
  return entries
}

/**
 * The exporters, each with its filter, of options that may come from anywhere.
 *
 * @throws {RecorderError} `WRONG_USE`, saying what was expected and what came
 */
export const checkOptions = (options: RecorderOptions): readonly ExporterEntry[] => {
  const entries = entriesOf(options.exporters)
  checkFilter(options.filter, 'filter')
  const { aggregates = [], errorStrategy = 'propagate', disableExporterAfter, flushTimeoutMs = 1 } = options
  if (!Array.isArray(aggregates)) refuse('aggregates', 'a list', aggregates)
  aggregates.forEach((rule, index) => {
    checkRule(rule, `aggregates[${index}]`)
  })
  if (errorStrategy !== 'propagate' && errorStrategy !== 'quiet')
    refuse('errorStrategy', '`propagate` or `quiet`', errorStrategy)
  if (disableExporterAfter !== undefined) {
    const { failures, count = 'consecutive' } = disableExporterAfter
    if (!isCount(failures))
      refuse('disableExporterAfter.failures', 'a whole number from 1, or Infinity', failures)
    if (count !== 'consecutive' && count !== 'cumulative')
      refuse('disableExporterAfter.count', '`consecutive` or `cumulative`', count)
  }
  if (!(typeof flushTimeoutMs === 'number' && flushTimeoutMs >= 0 && Number.isFinite(flushTimeoutMs)))
    refuse('flushTimeoutMs', 'a number of milliseconds', flushTimeoutMs)
  return entries
}
