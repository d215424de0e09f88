import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace'
import type { TaskTrace } from '../trace-context.ts'

/**
 * Gives the first span the ids that the task's child was told of, and all others random ones.
 *
 * With a parent the SDK takes the trace's id from there and asks for none: the first that it asks for is another's.
 */
export const taskIds = (
  { traceId, spanId, parentSpanId }: TaskTrace,
  random: IdGenerator = new RandomIdGenerator(),
): IdGenerator => {
  const spanIds = [spanId]
  const traceIds = parentSpanId === undefined ? [traceId] : []
  return {
    generateSpanId: () => spanIds.pop() ?? random.generateSpanId(),
    generateTraceId: () => traceIds.pop() ?? random.generateTraceId(),
  }
}
