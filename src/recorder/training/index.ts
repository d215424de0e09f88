export type { TrainingConfig, TrainingConfigUpdate, TrainingValues } from './config.ts'
export { createTrainingRecorder } from './create-training-recorder.ts'
export {
  frequentSpans,
  type TrainingEvent,
  type TrainingSpan,
  trainingEvents,
  trainingFilter,
  trainingSpans,
} from './names.ts'
export type {
  At,
  OnEnd,
  OnStart,
  SaveOptions,
  SaveSuccessOptions,
  TrainingRecorder,
  TrainingRecorderOptions,
  TrainStartOptions,
} from './training-recorder.ts'
