/**
 * OTLP over HTTP, one attempt at a time.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import type { Agent, AgentOptions, IncomingMessage, RequestOptions } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Clock, systemClock } from '../../clock.ts'
import type { Answer, Attempt, Sender } from '../sender.ts'
import { connectionTrouble } from './connection-trouble.ts'
import { type HttpResponse, judgeHttpResponse } from './http-answer.ts'
import { secretsOf } from './reason.ts'
import type { TlsOptions } from './tls-options.ts'

export interface HttpSenderOptions {
  /** Where to post to; one sender serves the one signal that is taken there. */
  readonly url: string
  /** Used with `https:` only. */
  readonly tls?: TlsOptions | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** @default 'none' */
  readonly compression?: 'gzip' | 'none'
  /** `taskbeat/0.1.0`; a header of that name goes before. */
  readonly userAgent: string
  readonly clock?: Clock
}

/** More requests at once than this wait for one another. */
const maxConnections = 32

/** Shorter than the minute after which the Collector closes idle connections, so that we seldom meet there. */
const idleMs = 30_000

/** What is kept of an answer; a status with its message is far below. */
const maxBodyBytes = 64 * 1_024

/** Spans take 5 % more room than at level 6, the default, for little more than half of its time. */
const gzipLevel = 3

const compress = promisify(gzip)

/** TLS is loaded only for who needs it; and importing `node:http` takes 30 ms longer than getting it so. */
const transportFor = (url: URL) =>
  url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')

const openAgent = (url: URL, tls: TlsOptions): Agent => {
  const options: AgentOptions = {
    keepAlive: true,
    maxSockets: maxConnections,
    timeout: idleMs,
    scheduling: 'lifo',
  }
  const { Agent } = transportFor(url)
  const pems = Object.fromEntries(Object.entries(tls).filter(([, pem]) => pem !== undefined))
  return new Agent({ ...options, ...pems })
}

/** Connections that nobody uses: when one of them was dead, the others most likely are. */
const dropIdle = (agent: Agent) => {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
}

/** Reads an answer to its end, so that its connection can be used again, and keeps its beginning. */
const readResponse = (response: IncomingMessage) =>
  new Promise<HttpResponse>((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      if (size < maxBodyBytes) chunks.push(chunk.subarray(0, maxBodyBytes - size))
      size += chunk.byteLength
    })
    let trouble = new Error('the connection was closed within the answer')
    response.on('error', (error) => {
      trouble = error
    })
    response.on('close', () => {
      const { statusCode: status = 0, statusMessage: statusText = '', headers, complete } = response
      const contentType = headers['content-type']
      const retryAfter = headers['retry-after']
      // a server that refuses may close before it says why; one that takes might still reject a part
      if (complete || status >= 300)
        resolve({ status, statusText, contentType, retryAfter, body: Buffer.concat(chunks) })
      else reject(trouble)
    })
  })

/** Posts one body. Rejects with whatever keeps the answer from coming. */
const post = (url: URL, options: RequestOptions, body: Uint8Array) =>
  new Promise<HttpResponse>((resolve, reject) => {
    const request = transportFor(url).request(url, { ...options, method: 'POST' }, (response) => {
      resolve(readResponse(response))
    })
    // once an answer has begun, this changes nothing: the answer tells how it ended
    request.on('error', reject)
    request.end(body)
  })

/** Rejects when a signal comes: a request that waits for a free connection would not notice before it has one. */
const ended = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/**
 * Opens a sender of OTLP over HTTP. It connects when something is sent, keeps connections for more, and follows no
 * redirects, as headers are not for others.
 *
 * @throws {TypeError} if the URL is none
 */
export const openHttpSender = ({
  url,
  tls = {},
  headers = {},
  compression = 'none',
  userAgent,
  clock = systemClock,
}: HttpSenderOptions): Sender => {
  const target = new URL(url)
  const agent = openAgent(target, tls)
  const secrets = secretsOf(headers, target)
  const lowerCase = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const fixedHeaders = {
    'user-agent': userAgent,
    ...lowerCase,
    'content-type': 'application/x-protobuf',
    ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  const underWay = new Set<AbortController>()
  let isClosed = false

  const deliver = async (bytes: Uint8Array, signal: AbortSignal): Promise<Answer> => {
    const body = compression === 'gzip' ? await compress(bytes, { level: gzipLevel }) : bytes
    signal.throwIfAborted()
    const length = { 'content-length': body.byteLength }
    const response = await post(target, { agent, signal, headers: { ...fixedHeaders, ...length } }, body)
    return judgeHttpResponse(response, { nowMs: clock.now().getTime(), secrets })
  }

  const send = async ({ bytes, timeoutMs, abort }: Attempt): Promise<Answer> => {
    if (isClosed) return { kind: 'retry', reason: 'the sender was closed' }
    const end = new AbortController()
    const giveUp = () => end.abort('given up')
    if (abort?.aborted) giveUp()
    abort?.addEventListener('abort', giveUp, { once: true })
    underWay.add(end)
    const cancelDeadline = clock.after(timeoutMs, () => end.abort(`no answer within ${timeoutMs} ms`), {
      keepsAlive: true,
    })
    try {
      return await Promise.race([deliver(bytes, end.signal), ended(end.signal)])
    } catch (error) {
      if (!abort?.aborted) dropIdle(agent)
      const reason = end.signal.aborted ? String(end.signal.reason) : connectionTrouble(error, secrets)
      return { kind: 'retry', reason }
    } finally {
      cancelDeadline()
      underWay.delete(end)
      abort?.removeEventListener('abort', giveUp)
    }
  }

  const close = () => {
    isClosed = true
    for (const end of underWay) end.abort('the sender was closed')
    agent.destroy()
  }

  return { send, close }
}
