import type { Timestamp } from '../span.ts'
import type { TrainingSpan, trainingSpans } from './names.ts'
import type { Productivity } from './saves.ts'

/** Spans that have a beginning and an end, and nothing else that counts. */
export type PlainSpan = (typeof trainingSpans)[
  | 'distributedInit'
  | 'dataloaderInit'
  | 'modelInit'
  | 'optimizerInit'
  | 'checkpointLoad']

export interface TrainStart {
  readonly type: 'train-start'
  /** Iterations done before: those of a checkpoint that was loaded. */
  readonly completed: number
  /** False if the training was met on its way: `completed` is where it is, and nobody knows where it started. */
  readonly isStartKnown: boolean
  /** @default completed × global batch size */
  readonly samplesStart?: number | undefined
  /** @default that of the configuration */
  readonly iterationsTarget?: number | undefined
  /** @default that of the configuration */
  readonly samplesTarget?: number | undefined
}

/** One iteration, or several of which only the time of all together is known. */
export interface Iterations {
  readonly type: 'iterations'
  /** Integer of at least 0; 0 moves a training that went back. */
  readonly count: number
  readonly seconds: number
  /** Iterations done after it, by all attempts. */
  readonly completed: number
  /** True if `count` is 1 and `seconds` what that iteration took. */
  readonly isOne: boolean
  readonly loss?: number | undefined
}

export interface SaveStart {
  readonly type: 'save-start'
  /** The iterations that were done, by all attempts; undefined if nobody knows. */
  readonly step: number | undefined
  /** What will be safe with it. @default all that was done so far */
  readonly holds?: Pick<Productivity, 'iterations' | 'iterationsSec'> | undefined
}

export interface SaveSuccess {
  readonly type: 'save-success'
  readonly step: number | undefined
  readonly sizeBytes?: number | undefined
  readonly directory?: string | undefined
}

/** Something that went wrong in the training. */
export interface TrainingError {
  readonly type: 'error'
  /** Where, if it is open. @default the newest span that is */
  readonly span?: TrainingSpan | undefined
  readonly message: string
  readonly error?: unknown
}

/** What a training tells of itself, in the order in which it happens. */
export type TrainingCallback = (
  | { readonly type: 'app-start' }
  | { readonly type: 'app-end' }
  /** Nothing trains any more: all that is open ends, but the application. */
  | { readonly type: 'work-end' }
  /** The configuration became known, or more of it. */
  | { readonly type: 'config-update' }
  | { readonly type: 'span-start'; readonly span: PlainSpan }
  | { readonly type: 'span-end'; readonly span: PlainSpan }
  | TrainStart
  | { readonly type: 'train-end' }
  | { readonly type: 'iteration-start' }
  | { readonly type: 'iteration-end'; readonly loss?: number | undefined }
  | Iterations
  | { readonly type: 'validation-start' }
  | { readonly type: 'validation-end' }
  | { readonly type: 'validation-iteration-start' }
  | { readonly type: 'validation-iteration-end' }
  | { readonly type: 'testing-start' }
  | { readonly type: 'testing-end' }
  | SaveStart
  | SaveSuccess
  | { readonly type: 'save-end' }
  | TrainingError
) & { readonly at: Timestamp }
