import type { TrainingCallback } from './callbacks.ts'
import { type TrainingSpan, trainingSpans } from './names.ts'

type Bare<T> = T extends unknown ? Omit<T, 'at'> : never

/** A callback of which the moment is not said yet. */
export type BareCallback = Bare<TrainingCallback>

/** The callbacks that a span of the workload stands for, by its name. */
export interface ToldSpan {
  readonly span: TrainingSpan
  readonly start: BareCallback
  readonly end: BareCallback
}

const { distributedInit, dataloaderInit, modelInit, optimizerInit, checkpointLoad } = trainingSpans
const { validationLoop, testingLoop } = trainingSpans

const plain = [distributedInit, dataloaderInit, modelInit, optimizerInit, checkpointLoad].map(
  (span): ToldSpan => ({ span, start: { type: 'span-start', span }, end: { type: 'span-end', span } }),
)

const loops: readonly ToldSpan[] = [
  { span: validationLoop, start: { type: 'validation-start' }, end: { type: 'validation-end' } },
  { span: testingLoop, start: { type: 'testing-start' }, end: { type: 'testing-end' } },
]

/** Spans that a workload may tell by OneLogger's own names, beside `training_loop`: the training waits for them. */
export const toldSpans: ReadonlyMap<string, ToldSpan> = new Map(
  [...plain, ...loops].map((told) => [told.span, told]),
)
