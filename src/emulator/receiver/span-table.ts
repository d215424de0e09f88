/**
 * Every span that arrived or was spoken of, in some thirty bytes each: what is asked of them in the end is which came
 * twice, which lack their parent, and which never ended.
 */
import type { JsonObject } from '../../json.ts'
import { makeColumn } from './columns.ts'
import { makeKeyTable } from './key-table.ts'

/** A list that shows the first of many. */
export interface Capped<T> {
  readonly count: number
  /** The first of them, in order of arrival. */
  readonly first: readonly T[]
}

/** Spans, some of which may be another process's concern. */
export interface CappedSpans<T> extends Capped<T> {
  /** Those that no other process has to send; they come first. */
  readonly ownCount: number
}

/** A span whose parent never arrived. */
export interface OrphanSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  /** The sender says that the parent is another process's: somebody else may have it. */
  readonly parentIsRemote: boolean
}

/** A span of which something was heard, but not its end. */
export interface UnendedSpan {
  /** Absent when the span itself never arrived. */
  readonly name?: string
  readonly traceId: string
  readonly spanId: string
  /** `open`: it arrived with an end time of 0. Else who speaks of it. */
  readonly seen: 'open' | 'as parent' | 'in a log record'
  /** Its children say that it is another process's. */
  readonly isRemote: boolean
}

export interface SpanTable {
  /** Notes a span; `true` when it had arrived before. */
  readonly addSpan: (span: JsonObject) => boolean
  /** Notes that a log record, whose ids are valid, belongs to a span. */
  readonly addMention: (log: JsonObject) => void
  readonly traceIds: (limit: number) => Capped<string>
  readonly orphans: (limit: number) => CappedSpans<OrphanSpan>
  readonly unended: (limit: number) => CappedSpans<UnendedSpan>
}

const arrived = 1
const ended = 2
const isParent = 4
const isInLog = 8
/** Of the span itself: its parent is another process's. */
const hasRemoteParent = 16
/** Of a span that is spoken of: a child says that it is another process's. */
const isRemoteParent = 32

/** `SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK | SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK` of the schema. */
const remoteFlags = 0x300

/** More distinct names than any tracing has; what comes later has no name in the report. */
const maxNames = 10_000

const hexWord = (word: number) => word.toString(16).padStart(8, '0')
const wordAt = (hex: string, position: number) =>
  Number.parseInt(hex.slice(position * 8, position * 8 + 8), 16)

/** Those of this task's own processes come first, so that a cap hides none of them behind those of others. */
const capped = <T>(limit: number) => {
  const own: T[] = []
  const remote: T[] = []
  let count = 0
  let ownCount = 0
  return {
    add: (isRemote: boolean, make: () => T) => {
      const list = isRemote ? remote : own
      count += 1
      if (!isRemote) ownCount += 1
      if (list.length < limit) list.push(make())
    },
    result: (): CappedSpans<T> => ({ count, ownCount, first: [...own, ...remote].slice(0, limit) }),
  }
}

export const makeSpanTable = (): SpanTable => {
  const traces = makeKeyTable(4)
  const spans = makeKeyTable(3)
  const facts = makeColumn(Uint8Array)
  /** The number of the parent, plus one. */
  const parents = makeColumn(Uint32Array)
  const nameNumbers = makeColumn(Uint32Array)
  const names = ['']
  const numberOfName = new Map<string, number>()

  let lastTraceId = ''
  let lastTrace = 0
  const traceOf = (traceId: string) => {
    // nearly all spans of a request are of one trace
    if (traceId !== lastTraceId) {
      lastTrace = traces.intern([0, 1, 2, 3].map((position) => wordAt(traceId, position)))
      lastTraceId = traceId
    }
    return lastTrace
  }
  const spanOf = (trace: number, spanId: string) =>
    spans.intern([trace, wordAt(spanId, 0), wordAt(spanId, 1)])
  const mark = (span: number, fact: number) => facts.set(span, facts.get(span) | fact)
  const is = (span: number, fact: number) => (facts.get(span) & fact) !== 0
  const nameNumber = (name: string) => {
    const known = numberOfName.get(name)
    if (known !== undefined || names.length > maxNames) return known ?? 0
    numberOfName.set(name, names.length)
    return names.push(name) - 1
  }

  const traceIdOf = (trace: number) =>
    [0, 1, 2, 3].map((position) => hexWord(traces.word(trace, position))).join('')
  const spanIdOf = (span: number) => hexWord(spans.word(span, 1)) + hexWord(spans.word(span, 2))
  const idsOf = (span: number) => ({ traceId: traceIdOf(spans.word(span, 0)), spanId: spanIdOf(span) })
  const nameOf = (span: number) => names[nameNumbers.get(span)] ?? ''

  const noteParent = (span: number, trace: number, child: JsonObject) => {
    const parent = spanOf(trace, String(child.parentSpanId))
    const isRemote = (Number(child.flags ?? 0) & remoteFlags) === remoteFlags
    parents.set(span, parent + 1)
    mark(parent, isParent | (isRemote ? isRemoteParent : 0))
    if (isRemote) mark(span, hasRemoteParent)
  }

  return {
    addSpan: (span) => {
      const trace = traceOf(String(span.traceId))
      const number = spanOf(trace, String(span.spanId))
      const isRepeated = is(number, arrived)
      mark(number, arrived | (span.endTimeUnixNano === undefined ? 0 : ended))
      if (isRepeated) return true
      nameNumbers.set(number, nameNumber(String(span.name ?? '')))
      if (span.parentSpanId !== undefined) noteParent(number, trace, span)
      return false
    },
    addMention: (log) => {
      const trace = traceOf(String(log.traceId))
      if (log.spanId !== undefined) mark(spanOf(trace, String(log.spanId)), isInLog)
    },
    traceIds: (limit) => {
      const length = Math.min(limit, traces.size())
      return { count: traces.size(), first: Array.from({ length }, (_, trace) => traceIdOf(trace)) }
    },
    orphans: (limit) => {
      const found = capped<OrphanSpan>(limit)
      for (let span = 0; span < spans.size(); span += 1) {
        const parent = parents.get(span) - 1
        if (parent < 0 || is(parent, arrived)) continue
        found.add(is(span, hasRemoteParent), () => ({
          name: nameOf(span),
          ...idsOf(span),
          parentSpanId: spanIdOf(parent),
          parentIsRemote: is(span, hasRemoteParent),
        }))
      }
      return found.result()
    },
    unended: (limit) => {
      const found = capped<UnendedSpan>(limit)
      for (let span = 0; span < spans.size(); span += 1) {
        if (is(span, ended)) continue
        found.add(is(span, isRemoteParent), () => ({
          ...(is(span, arrived) && { name: nameOf(span) }),
          ...idsOf(span),
          seen: is(span, arrived) ? 'open' : is(span, isParent) ? 'as parent' : 'in a log record',
          isRemote: is(span, isRemoteParent),
        }))
      }
      return found.result()
    },
  }
}
