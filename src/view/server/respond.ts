import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** Nothing but what comes from here, and nothing inline. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Of every answer. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': pagePolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

export const types = {
  html: 'text/html; charset=utf-8',
  script: 'text/javascript; charset=utf-8',
  style: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  bytes: 'application/octet-stream',
  events: 'text/event-stream; charset=utf-8',
} as const

export interface Answer {
  /** @default 200 */
  readonly status?: number
  readonly type: (typeof types)[keyof typeof types]
  readonly body: string | Uint8Array
  /** Beside those of every answer. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that says in a sentence why there is no other. */
export const refusal = (status: number, sentence: string): Answer => ({
  ...{ status, type: types.text, body: `${sentence}\n` },
  ...(status === 405 && { headers: { allow: 'GET, HEAD' } }),
})

/** Below it, what gzip saves is less than what it costs. */
const gzipFromBytes = 2_048

const compress = promisify(gzip)

export const respond = async (request: IncomingMessage, response: ServerResponse, answer: Answer) => {
  const { status = 200, type } = answer
  const headers: Record<string, string | number> = { ...answer.headers, 'content-type': type }
  let body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (takesGzip && type !== types.bytes && body.length >= gzipFromBytes) {
    // level 1: it is for tunnels, and the time of this machine is the training's
    body = await compress(body, { level: 1 })
    headers['content-encoding'] = 'gzip'
  }
  headers['content-length'] = body.length
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
}
