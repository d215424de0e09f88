import type { Attributes } from '../../../src/recorder/attributes.ts'
import { advance } from '../../../src/recorder/training/advance.ts'
import type { TrainingCallback } from '../../../src/recorder/training/callbacks.ts'
import type { TrainingFields } from '../../../src/recorder/training/config.ts'
import { readSettings } from '../../../src/recorder/training/read-settings.ts'
import type { TrainingRecord } from '../../../src/recorder/training/records.ts'
import { noTraining, type TrainingState } from '../../../src/recorder/training/state.ts'
import type { BareCallback } from '../../../src/recorder/training/told-spans.ts'

/** A callback, or seconds that pass. */
export type Beat = BareCallback | number

export const settingsOf = (fields: TrainingFields = {}) =>
  readSettings(
    { worldSize: 1, sessionTag: 's', nodeName: 'n', perfTag: 'p', globalBatchSize: 8, ...fields },
    {},
  )

/** Plays callbacks from 1,000 s on, by both clocks. */
export const play = (
  beats: readonly Beat[],
  fields: TrainingFields = {},
): { readonly state: TrainingState; readonly records: readonly TrainingRecord[] } => {
  const settings = settingsOf(fields)
  const records: TrainingRecord[] = []
  let state = noTraining
  let ms = 1_000_000
  for (const beat of beats) {
    if (typeof beat === 'number') {
      ms += beat * 1_000
      continue
    }
    const step = advance(
      state,
      { ...beat, at: { wallMs: ms, monotonicMs: ms } } as TrainingCallback,
      settings,
    )
    state = step.state
    records.push(...step.records)
  }
  return { state, records }
}

/** The attributes of all events of a name. */
export const eventsOf = (records: readonly TrainingRecord[], name: string): readonly Attributes[] =>
  records.flatMap((record) => (record.kind === 'event' && record.name === name ? [record.attributes] : []))

/** `start application`, `event training_loop training_metrics_update`, … */
export const outline = (records: readonly TrainingRecord[]): readonly string[] =>
  records.map((record) => `${record.kind} ${record.span}${record.kind === 'event' ? ` ${record.name}` : ''}`)

export const appStart: Beat = { type: 'app-start' }
export const trainStart = (completed = 0): Beat => ({ type: 'train-start', completed, isStartKnown: true })
export const trainEnd: Beat = { type: 'train-end' }
export const iteration = (seconds: number): readonly Beat[] => [
  { type: 'iteration-start' },
  seconds,
  { type: 'iteration-end' },
]
export const saveStart = (step: number): Beat => ({ type: 'save-start', step })
export const saveSuccess = (step: number): Beat => ({ type: 'save-success', step })
export const saveEnd: Beat = { type: 'save-end' }
/** A save that the training waits for. */
export const save = (step: number, seconds: number): readonly Beat[] => [
  saveStart(step),
  seconds,
  saveSuccess(step),
  saveEnd,
]
export const failedSave = (step: number, seconds: number): readonly Beat[] => [
  saveStart(step),
  seconds,
  saveEnd,
]
