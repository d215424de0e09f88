export { TaskbeatError } from '../errors.ts'
export type { JsonObject, JsonValue, ProgressDocument, ResultStrategy } from './contract.ts'
export { openProgress, type Progress, type ProgressOptions } from './open-progress.ts'
export type { ProgressState } from './plan.ts'
