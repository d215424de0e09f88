import { type Clock, systemClock } from '../../clock.ts'
import type { Attributes } from '../attributes.ts'
import type { Recorder } from '../recorder.ts'
import { messageOf } from '../recorder-error.ts'
import type { Span } from '../span.ts'
import { openTimekeeper } from '../timekeeper.ts'
import { advance } from './advance.ts'
import type { TrainingSettings } from './config.ts'
import { fromWorkload } from './from-workload.ts'
import { type TrainingSpan, trainingSpans } from './names.ts'
import { createPerformer } from './perform.ts'
import { noTraining } from './state.ts'
import {
  noWorkload,
  type WorkloadMoment,
  type WorkloadReading,
  type WorkloadTraining,
} from './workload-state.ts'

/** What is known of a workload beside what it tells. */
export type KnownSettings = { readonly [K in keyof TrainingSettings]?: TrainingSettings[K] }

export interface WorkloadTrainingOptions {
  /** Not used for anything else: spans of the same names would be taken for each other. */
  readonly recorder: Recorder
  /** What is not known is left out of what is recorded. */
  readonly known?: KnownSettings
  /** @see {@link WorkloadReading.isExact} */
  readonly isExact?: boolean
  /** The one of the recorder. */
  readonly clock?: Clock
}

/** The span of the workload's that a moment is about, if it is recorded here, by its name. */
const spanOf = (moment: WorkloadMoment, before: WorkloadTraining, after: WorkloadTraining) => {
  if (before.spans === after.spans) return undefined
  if (moment.type !== 'span-started' && moment.type !== 'span-ended') return undefined
  const { attributes, id } = moment
  const [name] = Object.entries({ ...before.spans, ...after.spans }).find(([, span]) => span.id === id) ?? []
  return name === undefined ? undefined : { name: name as TrainingSpan, attributes }
}

const nothingKnown: TrainingSettings = {
  worldSize: undefined,
  sessionTag: undefined,
  isBaselineRun: undefined,
  rank: undefined,
  nodeName: undefined,
  customMetadata: undefined,
  summaryDataSchemaVersion: undefined,
  telemetryVersion: undefined,
  enableForCurrentRank: undefined,
  perfTag: undefined,
  globalBatchSize: undefined,
  microBatchSize: undefined,
  seqLength: undefined,
  flopsPerSample: undefined,
  trainIterationsTarget: undefined,
  trainSamplesTarget: undefined,
  logEveryNTrainIterations: 50,
  checkpointStrategy: undefined,
  isTrainIterationsEnabled: undefined,
  isValidationIterationsEnabled: undefined,
  isTestIterationsEnabled: undefined,
  isSaveCheckpointEnabled: undefined,
  isLogThroughputEnabled: undefined,
  trainingMetadata: undefined,
}

/**
 * To be told of everything that happens to a workload, from `task-started` to `task-ended`. Of a span of the workload's
 * that has a name of OneLogger's, and is recorded by it, resolves to the ids that it has there.
 */
export type TellWorkload = (moment: WorkloadMoment) => Pick<Span, 'traceId' | 'spanId'> | undefined

/**
 * Records a workload in OneLogger's words. Never throws: what goes wrong in it is told to the exporters once, and ends
 * the record.
 */
export const recordWorkloadTraining = (options: WorkloadTrainingOptions): TellWorkload => {
  const { recorder, isExact = false, clock = systemClock } = options
  const settings: TrainingSettings = { ...nothingKnown, ...options.known }
  const reading: WorkloadReading = { isExact, savesBeside: settings.checkpointStrategy === 'async' }
  const { perform, performed } = createPerformer(recorder)
  const timekeeper = openTimekeeper(clock)
  let workload = noWorkload
  let training = noTraining
  let isOver = false

  /** What the workload said of its spans, by their names, for those that are not started here yet. */
  const said = new Map<string, Attributes>()

  const say = (name: TrainingSpan, attributes: Attributes) => {
    const span = performed(name)
    if (span) span.setAttributes(attributes)
    else said.set(name, { ...said.get(name), ...attributes })
  }
  const saySaid = (name: TrainingSpan) => {
    const attributes = said.get(name)
    if (attributes) performed(name)?.setAttributes(attributes)
    said.delete(name)
  }

  const take = (moment: WorkloadMoment) => {
    const now = timekeeper.now()
    const mapped = fromWorkload(workload, moment, now, reading)
    const span = spanOf(moment, workload, mapped.state)
    workload = mapped.state
    if (span) say(span.name, span.attributes)
    for (const callback of mapped.callbacks) {
      const step = advance(training, callback, settings)
      training = step.state
      const at = callback.at === now ? undefined : new Date(callback.at.wallMs)
      for (const record of step.records) {
        perform(record, at)
        if (record.kind === 'start') saySaid(record.span)
      }
    }
    // a loop of which no step was told yet begins with its first one
    return span && (performed(span.name) ?? performed(trainingSpans.application))
  }
  const giveUp = (error: unknown) => {
    isOver = true
    try {
      recorder.telemetryDataError(`the training could not be recorded: ${messageOf(error)}`)
    } catch {
      // a record that cannot be written cannot say so either
    }
  }
  return (moment) => {
    if (isOver) return undefined
    try {
      isOver = moment.type === 'task-ended'
      return take(moment)
    } catch (error) {
      giveUp(error)
      return undefined
    }
  }
}
