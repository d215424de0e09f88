/**
 * OTLP over gRPC, one attempt at a time. Import it when it is needed: the library costs 55 ms.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
import {
  type ChannelOptions,
  compressionAlgorithms,
  credentials,
  logVerbosity,
  Metadata,
  type ServiceError,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js'
import { type Clock, systemClock } from '../../clock.ts'
import { exportPaths } from '../../otlp/signals.ts'
import type { Answer, Attempt, Sender } from '../sender.ts'
import { judgeGrpcFailure, maxAnswerBytes } from './grpc-answer.ts'
import { type CallEnd, openGrpcChannel } from './grpc-channel.ts'
import { deliveredAnswer, readPartialSuccess } from './partial-success.ts'
import { secretsOf } from './reason.ts'
import type { TlsOptions } from './tls-options.ts'

export interface GrpcSenderOptions {
  /** `host:port`, `[::1]:4317` or `unix:///path`. All signals that go there can share the sender. */
  readonly address: string
  /** Absent: without TLS. */
  readonly tls?: TlsOptions | undefined
  /** Their names may have capitals; none ends in `-bin`. */
  readonly headers?: Readonly<Record<string, string>>
  /** @default 'none' */
  readonly compression?: 'gzip' | 'none'
  /** `taskbeat/0.1.0`; the library adds its own. */
  readonly userAgent: string
  readonly clock?: Pick<Clock, 'monotonicMs'>
}

const channelOptions = ({ compression, userAgent }: GrpcSenderOptions): ChannelOptions => ({
  'grpc.primary_user_agent': userAgent,
  'grpc.default_compression_algorithm':
    compression === 'gzip' ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
  'grpc.max_send_message_length': -1,
  'grpc.max_receive_message_length': maxAnswerBytes,
  // retries are decided above, not by a DNS record of others; what the library sends again is what a server that
  // closes its connection never looked at
  'grpc.service_config_disable_resolution': 1,
  // else a new channel would get the connection of the one that it replaces, and wait with it
  'grpc.use_local_subchannel_pool': 1,
  // a connection that a host or a NAT forgot; the pings go only while somebody waits for an answer, and answers make
  // good for them, so that servers with the default limit of one ping in 5 minutes do not mind
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // it is for looking into a process from outside, and costs memory
  'grpc.enable_channelz': 0,
})

/** The library writes to stderr, which is the workload's; who wants to debug it asks by its own variables. */
const silenceLibrary = () => {
  const { GRPC_NODE_VERBOSITY, GRPC_VERBOSITY } = process.env
  if (GRPC_NODE_VERBOSITY === undefined && GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE)
}

const makeCredentials = (tls: TlsOptions | undefined) =>
  tls === undefined
    ? credentials.createInsecure()
    : credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null)

const makeMetadata = (headers: Readonly<Record<string, string>>) => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return metadata
}

const unchanged = (message: Buffer) => message

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength)

const failureOf = ({ code, details, metadata }: ServiceError) => {
  const [statusDetails] = metadata.get('grpc-status-details-bin')
  return { code, details, statusDetails: Buffer.isBuffer(statusDetails) ? statusDetails : undefined }
}

/** It says OK, but forgot the response that goes with it. */
const isOkWithoutMessage = ({ code, details }: ServiceError) =>
  code === status.UNIMPLEMENTED && details === 'No message received'

const isOwnDeadline = ({ code, details }: ServiceError) =>
  code === status.DEADLINE_EXCEEDED && details.startsWith('Deadline exceeded after ')

/**
 * Opens a sender of OTLP over gRPC. It connects when something is sent. Each attempt after one that could not connect
 * makes one new try to connect, with names resolved anew, so that its caller sets the pace; a connection that gives
 * no sign of life is replaced.
 *
 * @throws for no address, or a certificate that cannot be parsed
 */
export const openGrpcSender = (options: GrpcSenderOptions): Sender => {
  const { address, tls, headers = {}, clock = systemClock } = options
  silenceLibrary()
  const metadata = makeMetadata(headers)
  const secrets = secretsOf(headers)
  const channelSetup = {
    address,
    credentials: makeCredentials(tls),
    options: channelOptions(options),
    monotonicMs: clock.monotonicMs,
  }
  let channel = openGrpcChannel(channelSetup)
  const underWay = new Set<(reason: string) => void>()
  let isClosed = false

  const send = ({ signal, bytes, timeoutMs, abort }: Attempt): Promise<Answer> => {
    const used = channel
    /** Why we gave up; undefined: we did not. */
    let givenUp: string | undefined

    const judge = (
      error: ServiceError | null,
      response: Uint8Array = new Uint8Array(),
    ): [CallEnd, Answer] => {
      if (error === null || isOkWithoutMessage(error)) {
        return ['answer', deliveredAnswer(readPartialSuccess(response), secrets)]
      }
      if (givenUp !== undefined) return ['given up', { kind: 'retry', reason: givenUp }]
      if (isOwnDeadline(error)) {
        return ['deadline', { kind: 'retry', reason: `no answer within ${timeoutMs} ms` }]
      }
      return ['failure', judgeGrpcFailure(failureOf(error), secrets)]
    }

    if (isClosed) return Promise.resolve({ kind: 'retry', reason: 'the sender was closed' })
    if (abort?.aborted) return Promise.resolve({ kind: 'retry', reason: 'given up' })
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, response?: Buffer) => {
        underWay.delete(giveUp)
        abort?.removeEventListener('abort', onAbort)
        const [how, answer] = judge(error, response)
        if (used.end(how) && used === channel && !isClosed) {
          channel = openGrpcChannel(channelSetup)
          used.retire()
        }
        resolve(answer)
      }
      used.begin()
      const call = used.client.makeUnaryRequest(
        exportPaths[signal],
        unchanged,
        unchanged,
        asBuffer(bytes),
        metadata,
        // the library measures it by the clock of the system
        { deadline: Date.now() + timeoutMs },
        done,
      )
      const giveUp = (reason: string) => {
        givenUp = reason
        call.cancel()
      }
      const onAbort = () => giveUp('given up')
      underWay.add(giveUp)
      abort?.addEventListener('abort', onAbort, { once: true })
    })
  }

  const close = () => {
    isClosed = true
    for (const giveUp of underWay) giveUp('the sender was closed')
    channel.retire()
  }

  return { send, close }
}
