import { readFileSync } from 'node:fs'
import type { Attributes } from '../../../src/recorder/attributes.ts'
import type { ExportRecord, Span } from '../../../src/recorder/index.ts'
import type { Action, Thrown } from './script.ts'

/** What came of an action: a call of an exporter, a line of a file, or what the caller saw. */
export type Line = Readonly<Record<string, unknown>> & { readonly action: string }

export interface Notes {
  readonly lines: readonly Line[]
  /** What is noted from here on came of this action. */
  readonly at: (action: Action) => void
  readonly note: (line: Readonly<Record<string, unknown>>) => void
  readonly noteFile: (path: string) => void
  /** What is thrown somewhere, to be known again in what is told of it. */
  readonly knowThrown: (thrown: Thrown) => void
  readonly knowSpan: (span: Span) => void
  readonly nameOf: (spanId: string | undefined) => string | null
  /** As it is noted: without what depends on the language. */
  readonly normal: (attributes: Attributes) => Readonly<Record<string, unknown>>
}

const textsOf = ({ type, message, cause }: Thrown): readonly string[] => [
  `${type}: ${message}`,
  ...(cause ? textsOf(cause) : []),
]

/** @param ids - of all actions */
export const openNotes = (ids: ReadonlyMap<Action, string>): Notes => {
  const lines: Line[] = []
  const names = new Map<string, string>()
  const thrown = new Set<string>()
  let action = ''

  const nameOf = (spanId = '') => names.get(spanId) ?? null
  const note = (line: Readonly<Record<string, unknown>>) => {
    lines.push({ action, ...line })
  }
  const normal = (attributes: Attributes) =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => {
        if (name !== 'exception_traceback') return [name, Number.isNaN(value) ? { number: 'NaN' } : value]
        const told = [...thrown].filter((text) => String(value).includes(text))
        return [name, told.length > 0 ? told : value]
      }),
    )
  /** With its events flat, and ids as names. */
  const noteRecord = (record: ExportRecord) => {
    const span = 'name' in record ? record.name : null
    const parent = 'parent_span_id' in record && { parent: nameOf(record.parent_span_id) }
    const attributes = 'attributes' in record && { attributes: normal(record.attributes) }
    const events = Object.entries(record).flatMap(([key, value]) =>
      typeof value === 'object' && 'name' in value
        ? [[key, { name: value.name, ...normal(value.attributes as Attributes) }]]
        : [],
    )
    note({ line: record.type, span, ...parent, ...attributes, ...Object.fromEntries(events) })
  }
  return {
    ...{ lines, note, nameOf, normal },
    at: (next) => {
      action = ids.get(next) ?? ''
    },
    noteFile: (path) => {
      for (const text of readFileSync(path, 'utf8').trimEnd().split('\n')) noteRecord(JSON.parse(text))
    },
    knowThrown: (given) => {
      for (const text of textsOf(given)) thrown.add(text)
    },
    knowSpan: ({ spanId, name }) => {
      names.set(spanId, name)
    },
  }
}
