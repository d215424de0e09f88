/**
 * OTLP over HTTP.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Signal, signals } from '../../otlp/signals.ts'
import type { Outcome } from './answer.ts'
import type { Encoding } from './decode.ts'
import { acceptedEncodings, readBody } from './http-body.ts'
import { type Intake, refusalName } from './intake.ts'
import type { LedgerWriter } from './ledger.ts'
import { resetConnection } from './reset.ts'
import { encodeResponse, responseJson } from './response.ts'
import { encodeStatus, type RpcStatus, statusJson } from './rpc-status.ts'

const contentTypes: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

const encodingOf = ({ headers }: IncomingMessage): Encoding | undefined => {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  return type === contentTypes.protobuf ? 'protobuf' : type === contentTypes.json ? 'json' : undefined
}

/** A refusal before anybody looks at what a request says. */
interface Refusal {
  readonly httpStatus: number
  readonly status: RpcStatus
  readonly headers?: Readonly<Record<string, string>>
}

/** The nearest codes of gRPC: INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED, RESOURCE_EXHAUSTED, INTERNAL. */
const codes: Readonly<Record<number, number>> = { 400: 3, 404: 5, 405: 12, 413: 8, 415: 3, 500: 13 }

const refusal = (httpStatus: number, message: string, headers: Refusal['headers'] = {}): Refusal => ({
  httpStatus,
  status: { code: codes[httpStatus] ?? 2, message },
  headers,
})

const send = (response: ServerResponse, encoding: Encoding, { httpStatus, status, headers }: Refusal) => {
  const { retryDelayMs } = status
  const body = encoding === 'json' ? statusJson(status) : encodeStatus(status)
  response
    .writeHead(httpStatus, {
      'content-type': contentTypes[encoding],
      ...(retryDelayMs !== undefined && { 'retry-after': String(Math.ceil(retryDelayMs / 1_000)) }),
      ...headers,
    })
    .end(body)
}

const settle = (response: ServerResponse, signal: Signal, encoding: Encoding, outcome: Outcome) => {
  const { socket } = response
  // the client is gone, or everything was reset while we thought about it
  if (socket === null || socket.destroyed) return
  if (outcome.kind === 'reset') resetConnection(socket)
  else if (outcome.kind === 'failure') send(response, encoding, outcome)
  else if (outcome.kind === 'success') {
    const body = encoding === 'json' ? responseJson(signal, outcome) : encodeResponse(signal, outcome)
    response.writeHead(200, { 'content-type': contentTypes[encoding] }).end(body)
  }
}

const single = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

export interface HttpOptions {
  readonly intake: Intake
  readonly ledger: LedgerWriter
  /** What comes before `/v1/<signal>`, as with a gateway. */
  readonly basePath: string
}

/** A server of OTLP over HTTP, which is not listening yet. */
export const makeHttpServer = ({ intake, ledger, basePath }: HttpOptions): Server => {
  const signalOfPath = new Map(signals.map((signal) => [`${basePath}/v1/${signal}`, signal]))

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const signal = signalOfPath.get(path)
    const encoding = encodingOf(request)
    const refuse = (refused: Refusal) => {
      if (signal === undefined) ledger.noteStray(`${request.method} ${path.slice(0, 100)}`)
      else ledger.refuse(signal, refusalName('http', { httpStatus: refused.httpStatus, grpcStatus: 0 }))
      // what is still on its way has to be read, else the client sees a reset connection in place of the answer
      request.resume()
      send(response, encoding ?? 'json', refused)
    }
    if (signal === undefined) {
      const known = [...signalOfPath.keys()].join(', ')
      return refuse(refusal(404, `nothing is at ${path}: OTLP goes to ${known}`))
    }
    if (request.method !== 'POST') {
      return refuse(refusal(405, `${request.method} is not supported, only POST`, { allow: 'POST' }))
    }
    if (encoding === undefined) {
      const type = request.headers['content-type'] ?? ''
      const known = Object.values(contentTypes).join(' and ')
      return refuse(refusal(415, `content-type '${type}' is not supported; supported are ${known}`))
    }
    const body = await readBody(request).catch(() => undefined)
    // the client went away
    if (body === undefined) return undefined
    if (body.kind === 'unusable') {
      const isEncoding = body.httpStatus === 415
      return refuse(
        refusal(body.httpStatus, body.message, isEncoding ? { 'accept-encoding': acceptedEncodings } : {}),
      )
    }
    const outcome = await intake({
      signal,
      transport: 'http',
      path,
      headers: single(request),
      encoding,
      body: body.bytes,
    })
    return settle(response, signal, encoding, outcome)
  }

  // an idle connection that we close just as the client uses it again would look like a fault
  return createServer({ keepAliveTimeout: 0 }, (request, response) => {
    receive(request, response).catch((error: unknown) => {
      send(response, encodingOf(request) ?? 'json', refusal(500, String(error)))
    })
  })
}
