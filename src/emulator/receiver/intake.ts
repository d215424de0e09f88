import type { Clock } from '../../clock.ts'
import type { JsonObject } from '../../json.ts'
import type { JsonLines } from '../../otlp/json-lines.ts'
import type { Signal } from '../../otlp/signals.ts'
import type { Answer, Outcome, RequestFacts } from './answer.ts'
import { type Decoded, decodeRequest, type Encoding, withoutLast } from './decode.ts'
import type { LedgerWriter } from './ledger.ts'

/** A request as a transport read it. */
export interface Incoming extends Omit<RequestFacts, 'index' | 'sizeBytes'> {
  readonly encoding: Encoding
  /** Uncompressed. */
  readonly body: Uint8Array
}

/** The largest message that is taken, compressed or not: the default of the Collector over HTTP. */
export const maxMessageBytes = 20 * 2 ** 20

const invalidArgument = 3

/** The status names of gRPC, which findings and ledgers speak of. */
const grpcNames =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  )

/** How a ledger names a refusal: `http 503`, `grpc UNAVAILABLE`. */
export const refusalName = (
  transport: RequestFacts['transport'],
  { httpStatus, grpcStatus }: { readonly httpStatus: number; readonly grpcStatus: number },
): string => (transport === 'http' ? `http ${httpStatus}` : `grpc ${grpcNames[grpcStatus] ?? grpcStatus}`)

/** What a refusal says to the client. */
const failureOf = (answer: Answer & { kind: 'refuse' }): Outcome => {
  const { httpStatus, grpcStatus: code, message, retryAfterMs } = answer
  return {
    kind: 'failure',
    httpStatus,
    status: { code, message, ...(retryAfterMs !== undefined && { retryDelayMs: retryAfterMs }) },
  }
}

const badRequest = ({ reason, field }: Decoded & { kind: 'malformed' }): Outcome => ({
  kind: 'failure',
  httpStatus: 400,
  status: { code: invalidArgument, message: reason, violation: { field, description: reason } },
})

/** What is taken of a decoded request, and what is said of the rest. */
const weigh = (signal: Signal, { request, items, faults }: Decoded & { kind: 'request' }, answer: Answer) => {
  const rejected = answer.kind === 'partial' ? Math.min(Math.max(answer.rejectedItems, 0), items) : 0
  const taken: JsonObject =
    rejected > 0 ? withoutLast(signal, request, { total: items, count: rejected }) : request
  const reasons = [...(answer.kind === 'partial' ? [answer.message] : []), ...new Set(faults)]
  return { request: taken, items: items - rejected, rejected, message: reasons.slice(0, 5).join('; ') }
}

export interface IntakeOptions {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly files: JsonLines | undefined
  readonly decide: (request: RequestFacts) => Answer
  readonly isOpen: () => boolean
  readonly onRequest: (facts: RequestFacts, accepted: number) => void
}

/** Takes requests from both transports, decides on them, and notes what they hold. */
export const makeIntake = ({ clock, ledger, files, decide, isOpen, onRequest }: IntakeOptions) => {
  const next: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 }
  const wait = (delayMs: number | undefined) =>
    delayMs === undefined || delayMs <= 0
      ? undefined
      : new Promise<void>((resolve) => {
          clock.after(delayMs, resolve)
        })

  const take = async (facts: RequestFacts, incoming: Incoming, answer: Answer): Promise<Outcome> => {
    const { signal } = facts
    const decoded = decodeRequest(signal, incoming.encoding, incoming.body)
    if (decoded.kind === 'malformed') {
      ledger.noteMalformed(signal, decoded.reason)
      onRequest(facts, 0)
      return badRequest(decoded)
    }
    const { request, items, rejected, message } = weigh(signal, decoded, answer)
    const isCut = answer.kind === 'accept' && answer.thenReset === true
    ledger.take({
      facts,
      request,
      rejectedItems: rejected,
      faults: decoded.faults,
      isAnswered: !isCut,
      arrivalMs: clock.now().getTime(),
    })
    onRequest(facts, items)
    if (items > 0) await files?.write(signal, JSON.stringify(request))
    return isCut
      ? { kind: 'reset' }
      : { kind: 'success', rejectedItems: rejected + decoded.faults.length, message }
  }

  return async (incoming: Incoming): Promise<Outcome> => {
    // what was on its way when the collector went down is lost with it
    if (!isOpen()) return { kind: 'reset' }
    const { encoding: _, body, ...known } = incoming
    const { signal, transport } = known
    const facts: RequestFacts = { ...known, sizeBytes: body.byteLength, index: next[signal] }
    next[signal] += 1
    const answer = decide(facts)
    if (answer.kind === 'reset' || answer.kind === 'hang') {
      ledger.refuse(signal, answer.kind)
      onRequest(facts, 0)
      return answer
    }
    if (answer.kind === 'refuse') {
      ledger.refuse(signal, refusalName(transport, answer))
      onRequest(facts, 0)
      await wait(answer.delayMs)
      return failureOf(answer)
    }
    const outcome = await take(facts, incoming, answer)
    await wait(answer.delayMs)
    return outcome
  }
}

export type Intake = ReturnType<typeof makeIntake>
