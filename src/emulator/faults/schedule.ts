import { status } from '@grpc/grpc-js'
import type { Answer, RequestFacts } from '../receiver.ts'
import { type Fault, isOutage, isRequestFault, isStrike, type RequestFault, type Strike } from './fault.ts'

/** Whether the collector is up so many milliseconds after the task began. */
export const isCollectorUp = (faults: readonly Fault[], elapsedMs: number): boolean =>
  !faults.some((fault) => isOutage(fault) && fault.fromMs <= elapsedMs && elapsedMs < fault.toMs)

/** The moments, in order, at which the collector goes or comes back. */
export const outageEdgesMs = (faults: readonly Fault[]): readonly number[] =>
  [...new Set(faults.filter(isOutage).flatMap(({ fromMs, toMs }) => [fromMs, toMs]))]
    .filter((ms) => ms > 0 && ms !== Infinity)
    .toSorted((a, b) => a - b)

/** What happens to task and worker, in order of time. */
export const strikesOf = (faults: readonly Fault[]): readonly Strike[] =>
  faults.filter(isStrike).toSorted((a, b) => a.fromMs - b.fromMs)

const applies = (fault: RequestFault, { signal, index, sizeBytes }: RequestFacts, elapsedMs: number) =>
  fault.fromMs <= elapsedMs &&
  elapsedMs < fault.toMs &&
  (fault.signal === undefined || fault.signal === signal) &&
  (index + 1) % fault.every === 0 &&
  (fault.name !== 'too-large' || sizeBytes > (fault.value ?? 0))

const refusal = (
  message: string,
  httpStatus: number,
  grpcStatus: number,
  retryAfterMs?: number,
): Extract<Answer, { kind: 'refuse' }> => ({
  kind: 'refuse',
  message,
  httpStatus,
  grpcStatus,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

const answerTo = ({ name, value }: RequestFault, sizeBytes: number): Answer => {
  switch (name) {
    case 'slow':
      return { kind: 'accept', delayMs: value ?? 0 }
    case 'throttled':
      return refusal('throttled by the emulator', 429, status.RESOURCE_EXHAUSTED, value)
    case 'unavailable':
      return refusal('unavailable by order of the emulator', 503, status.UNAVAILABLE, value)
    case 'too-large':
      // as a server in Go says it, which the Collector is: nothing else tells it from being throttled
      return refusal(
        `grpc: received message larger than max (${sizeBytes} vs. ${value})`,
        413,
        status.RESOURCE_EXHAUSTED,
      )
    case 'partial':
      return { kind: 'partial', rejectedItems: value ?? 0, message: 'rejected by the emulator' }
    case 'reset-after':
      return { kind: 'accept', thenReset: true }
    case 'reset':
    case 'hang':
      return { kind: name }
  }
}

/**
 * What the collector answers to a request. Of several faults that apply the first one that refuses or breaks it
 * decides, and delays add up.
 */
export const answerOf = (faults: readonly Fault[], request: RequestFacts, elapsedMs: number): Answer => {
  const answers = faults
    .filter(isRequestFault)
    .filter((fault) => applies(fault, request, elapsedMs))
    .map((fault) => answerTo(fault, request.sizeBytes))
  const delayMs = answers.reduce((sum, answer) => sum + ('delayMs' in answer ? (answer.delayMs ?? 0) : 0), 0)
  const decisive = answers.find((answer) => answer.kind !== 'accept' || answer.thenReset) ?? {
    kind: 'accept',
  }
  const canWait = decisive.kind !== 'reset' && decisive.kind !== 'hang'
  return canWait && delayMs > 0 ? { ...decisive, delayMs } : decisive
}
