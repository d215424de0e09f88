import type { Attributes, AttributeValue } from '../attributes.ts'
import { wrongUse } from './errors.ts'
import type { TrainingEvent, TrainingSpan } from './names.ts'
import type { TrainingState } from './state.ts'

/** What a recorder is to do. At most one span of each name is open, so the name says which is meant. */
export type TrainingRecord =
  | {
      readonly kind: 'start'
      readonly span: TrainingSpan
      /** The newest span that is open; none for the first. */
      readonly parent: TrainingSpan | undefined
      readonly attributes: Attributes
    }
  | { readonly kind: 'stop'; readonly span: TrainingSpan }
  | {
      readonly kind: 'event'
      readonly span: TrainingSpan
      readonly name: TrainingEvent
      readonly attributes: Attributes
    }
  | {
      readonly kind: 'error'
      readonly span: TrainingSpan
      readonly message: string
      readonly error?: unknown
    }

/** What a callback leads to. */
export interface Step {
  readonly state: TrainingState
  /** In the order in which they are to be recorded. */
  readonly records: readonly TrainingRecord[]
}

/** Attributes without those that are not known. */
export const onlyKnown = (values: Readonly<Record<string, AttributeValue | undefined>>): Attributes => {
  const known: Record<string, AttributeValue> = {}
  for (const name in values) {
    const value = values[name]
    if (value !== undefined) known[name] = value
  }
  return known
}

export const isOpen = (state: TrainingState, span: TrainingSpan): boolean => state.open.includes(span)

export const event = (span: TrainingSpan, name: TrainingEvent, attributes: Attributes): TrainingRecord => ({
  kind: 'event',
  span,
  name,
  attributes,
})

/** @throws {RecorderError} (`WRONG_USE`) if it is open already */
export const startSpan = (state: TrainingState, span: TrainingSpan, attributes: Attributes = {}): Step => {
  if (isOpen(state, span)) throw wrongUse(`${span} is started twice: it has not ended yet`)
  return {
    state: { ...state, open: [...state.open, span] },
    records: [{ kind: 'start', span, parent: state.open.at(-1), attributes }],
  }
}

/**
 * Stops a span, after what is still to be told in it.
 *
 * @throws {RecorderError} (`WRONG_USE`) if it is not open
 */
export const stopSpan = (
  state: TrainingState,
  span: TrainingSpan,
  last: readonly TrainingRecord[] = [],
): Step => {
  if (!isOpen(state, span)) throw wrongUse(`${span} ends, but was not started`)
  return {
    state: { ...state, open: state.open.filter((other) => other !== span) },
    records: [...last, { kind: 'stop', span }],
  }
}
