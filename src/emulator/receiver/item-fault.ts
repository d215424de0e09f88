import type { JsonObject, JsonValue } from '../../json.ts'
import type { Signal } from '../../otlp/signals.ts'

const isId = (value: JsonValue | undefined, digits: number) =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)

const idFault = (what: string, value: JsonValue | undefined, bytes: number, isNeeded: boolean) => {
  if (value === undefined) return isNeeded ? `${what} is missing, or all zero` : undefined
  if (isId(value, bytes * 2)) return undefined
  const length = String(value).length / 2
  const found = length === bytes ? 'is not hexadecimal' : `has ${length} bytes, not ${bytes}`
  return `${what} ${found}`
}

/**
 * Why an item cannot be taken, or undefined: an id that is no id.
 *
 * @see https://www.w3.org/TR/trace-context/#trace-id 16 bytes, not all zero; a span id has 8
 */
export const itemFault = (signal: Signal, item: JsonObject): string | undefined => {
  if (signal === 'metrics') return undefined
  const isSpan = signal === 'traces'
  return (
    idFault(`the trace id of a ${isSpan ? 'span' : 'log record'}`, item.traceId, 16, isSpan) ??
    idFault(`the span id of a ${isSpan ? 'span' : 'log record'}`, item.spanId, 8, isSpan) ??
    idFault('the parent span id of a span', item.parentSpanId, 8, false)
  )
}
