import type { LoggedAttributes } from '../../logbook/entry.ts'
import type { SeriesOptions } from '../../logbook/series.ts'
import type { SpanEndedEvent, SpanStartedEvent } from '../../workload-events.ts'

/** Spans of a workload that may be open at the same time, as for what is exported. */
const mostOpenSpans = 10_000

export interface NewSpan {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly parent?: string | undefined
  readonly attributes: LoggedAttributes
  readonly error?: string | undefined
  readonly source?: string | undefined
}

interface OpenSpan extends Omit<NewSpan, 'endMs'> {
  readonly id: string
}

/** The spans of a task, by ids that are unique in the logbook. */
export const createSpans = ({ serial, add }: Pick<SeriesOptions, 'serial' | 'add'>) => {
  const open = new Map<string, OpenSpan>()
  let count = 0
  const newId = () => {
    count += 1
    return `${serial}-${count}`
  }
  const write = (id: string, { name, startMs, endMs, parent, attributes, error, source }: NewSpan) => {
    add({
      ...{ k: 'span', t: startMs, endMs, id, name, attributes },
      ...(parent !== undefined && { parent }),
      ...(error !== undefined && { error }),
      ...(source !== undefined && { source }),
    })
    return id
  }
  return {
    /** A span that has ended; returns its id. */
    add: (span: NewSpan): string => write(newId(), span),
    started: ({ at, id, name, parentId, rank, attributes }: SpanStartedEvent): void => {
      if (open.size >= mostOpenSpans) return
      const parent = parentId === undefined ? undefined : open.get(parentId)?.id
      const source = rank === undefined ? undefined : `rank ${rank}`
      open.set(id, { id: newId(), name, startMs: at.getTime(), parent, attributes, source })
    },
    ended: ({ at, id, error, attributes }: SpanEndedEvent): void => {
      const span = open.get(id)
      if (!span) return
      open.delete(id)
      const endMs = at.getTime()
      write(span.id, { ...span, endMs, attributes: { ...span.attributes, ...attributes }, error })
    },
    /** What is open will not be told of any more. */
    abandon: (endMs: number): void => {
      for (const span of open.values())
        write(span.id, { ...span, endMs, error: 'the process ended before the span did' })
      open.clear()
    },
  }
}
