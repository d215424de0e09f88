import { hostname } from 'node:os'
import { messageOf } from '../recorder-error.ts'
import type {
  TrainingConfig,
  TrainingConfigUpdate,
  TrainingFields,
  TrainingSettings,
  TrainingValues,
} from './config.ts'
import {
  type Check,
  metadata,
  oneOf,
  positiveInteger,
  positiveNumber,
  text,
  texts,
  truth,
  wholeNumber,
} from './config-checks.ts'
import { wrongConfig } from './errors.ts'

const checks: { readonly [K in keyof TrainingValues]: Check<TrainingValues[K]> } = {
  worldSize: positiveInteger,
  sessionTag: text,
  isBaselineRun: truth,
  rank: wholeNumber,
  nodeName: text,
  customMetadata: metadata,
  summaryDataSchemaVersion: text,
  telemetryVersion: text,
  enableForCurrentRank: truth,
  perfTag: texts,
  globalBatchSize: positiveInteger,
  microBatchSize: positiveInteger,
  seqLength: positiveInteger,
  flopsPerSample: positiveNumber,
  trainIterationsTarget: positiveInteger,
  trainSamplesTarget: positiveInteger,
  logEveryNTrainIterations: positiveInteger,
  checkpointStrategy: oneOf('sync', 'async'),
  isTrainIterationsEnabled: truth,
  isValidationIterationsEnabled: truth,
  isTestIterationsEnabled: truth,
  isSaveCheckpointEnabled: truth,
  isLogThroughputEnabled: truth,
  trainingMetadata: metadata,
}

const names = Object.keys(checks) as readonly (keyof TrainingValues)[]
const known: ReadonlySet<string> = new Set(names)

const ofApplication: ReadonlySet<string> = new Set([
  'worldSize',
  'sessionTag',
  'isBaselineRun',
  'rank',
  'nodeName',
  'customMetadata',
  'summaryDataSchemaVersion',
  'telemetryVersion',
  'enableForCurrentRank',
] satisfies (keyof TrainingValues)[])

/** A text may be long, or a secret that was put into the wrong field: not more than its beginning is said. */
const shown = (value: unknown) => {
  const written = typeof value === 'string' ? `'${value.slice(0, 40)}'` : String(value).slice(0, 40)
  return `${written} (${value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value})`
}

const checked = <K extends keyof TrainingValues>(
  name: K,
  value: unknown,
  whence: string,
): TrainingValues[K] => {
  const { expected, test }: Check<TrainingValues[K]> = checks[name]
  if (test(value)) return value
  throw wrongConfig(`${name}${whence} must be ${expected}, not ${shown(value)}`)
}

const ask = <K extends keyof TrainingValues>(name: K, get: () => unknown): TrainingValues[K] => {
  let value: unknown
  try {
    value = get()
  } catch (error) {
    throw wrongConfig(`the function given as ${name} has thrown: ${messageOf(error)}`, error)
  }
  return checked(name, value, ', as its function returned it,')
}

/** The rank that the launcher of a distributed training told this process. */
const rankOf = ({ RANK }: NodeJS.ProcessEnv) => (RANK !== undefined && /^\d+$/.test(RANK) ? Number(RANK) : 0)

const defaults = (environment: NodeJS.ProcessEnv): TrainingFields => ({
  isBaselineRun: false,
  rank: rankOf(environment),
  nodeName: hostname(),
  summaryDataSchemaVersion: '1.0.0',
  enableForCurrentRank: true,
  logEveryNTrainIterations: 50,
  checkpointStrategy: 'sync',
  isTrainIterationsEnabled: true,
  isValidationIterationsEnabled: true,
  isTestIterationsEnabled: true,
  isSaveCheckpointEnabled: true,
  isLogThroughputEnabled: false,
})

/**
 * Reads a configuration: values are checked now, functions each time that they are asked.
 *
 * @throws {RecorderError} (`WRONG_USE`) naming the field, what it must be, and what it is
 */
export const readSettings = (config: TrainingConfig, environment: NodeJS.ProcessEnv): TrainingSettings => {
  const unknown = Object.keys(config).filter((name) => !known.has(name))
  if (unknown.length > 0) throw wrongConfig(`the configuration has no field ${unknown.join(', ')}`)
  for (const name of ['worldSize', 'sessionTag'] as const) {
    if (config[name] === undefined)
      throw wrongConfig(`${name} must be ${checks[name].expected}; it is missing`)
  }
  const given: TrainingFields = { ...defaults(environment), ...withoutUndefined(config) }
  const settings = {}
  for (const name of names) {
    const value: unknown = given[name]
    if (typeof value === 'function') {
      const get = value as () => unknown
      Object.defineProperty(settings, name, { enumerable: true, get: () => ask(name, get) })
    } else {
      const constant = value === undefined ? undefined : checked(name, value, '')
      Object.defineProperty(settings, name, { enumerable: true, value: constant })
    }
  }
  return settings as TrainingSettings
}

const withoutUndefined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/**
 * Adds to a configuration what became known; each field once.
 *
 * @throws {RecorderError} (`WRONG_USE`) if a field was set before, or is one of the application
 */
export const extendConfig = (config: TrainingConfig, update: TrainingConfigUpdate): TrainingConfig => {
  const added = withoutUndefined(update)
  for (const name of Object.keys(added)) {
    if (ofApplication.has(name))
      throw wrongConfig(`${name} cannot be updated: it was told when the application started`)
    if (config[name as keyof TrainingFields] !== undefined)
      throw wrongConfig(`${name} is set already, and can be set once`)
  }
  return { ...config, ...added }
}
