import type { Overview, Range } from '../../api.ts'
import { durationInWords, sizeInWords } from '../words.ts'
import { happeningsOf } from './lanes.ts'

/** A row of the table that says what the timeline draws. */
export interface Row {
  readonly t: number
  readonly what: string
  readonly details: string
}

const severityWords = { note: 'Note', warning: 'Warning', error: 'Error' } as const

/** What happened in a span of time, in the order of time. */
export const rowsOf = (
  overview: Pick<Overview, 'states' | 'statuses' | 'gaps' | 'checkpoints' | 'findings' | 'moments'>,
  { fromMs, toMs }: Range,
): readonly Row[] =>
  [
    ...overview.statuses.map(({ t, status, error }) => ({
      t,
      what: 'Status',
      details: error === undefined ? status : `${status}: ${error}`,
    })),
    ...overview.states.map(({ t, percent, name }) => ({
      t,
      what: 'Progress',
      details: name === '' ? `${percent} %` : `${percent} %, ${name}`,
    })),
    ...overview.gaps.map((gap) => ({
      t: gap.fromMs,
      what: gap.isFatal ? 'Gap over the platform’s limit' : 'Gap over the documented limit',
      details: `no sign of life for ${durationInWords(gap.toMs - gap.fromMs)}`,
    })),
    ...overview.checkpoints.map(({ name, startMs, endMs, sizeBytes, fault }) => ({
      t: endMs,
      what: fault === undefined ? 'Checkpoint' : 'Checkpoint, not accepted',
      details: [
        name,
        sizeInWords(sizeBytes),
        ...(startMs === undefined ? [] : [`took ${durationInWords(endMs - startMs)}`]),
        ...(fault === undefined ? [] : [fault]),
      ].join(', '),
    })),
    ...happeningsOf(overview).map(({ t, severity, text }) => ({
      t,
      what: severityWords[severity],
      details: text,
    })),
  ]
    .filter(({ t }) => t >= fromMs && t <= toMs)
    .toSorted((a, b) => a.t - b.t)
