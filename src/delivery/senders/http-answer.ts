/**
 * What an answer over HTTP means.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import { isJsonObject } from '../../json.ts'
import type { Answer } from '../sender.ts'
import { readRetryAfter } from './asked-delay.ts'
import { deliveredAnswer, readPartialSuccess, readPartialSuccessJson } from './partial-success.ts'
import { oneLine } from './reason.ts'
import { readRpcStatus } from './rpc-status.ts'

export interface HttpResponse {
  readonly status: number
  /** What stands beside the status: `Bad Request`, or nothing. */
  readonly statusText: string
  readonly contentType: string | undefined
  readonly retryAfter: string | undefined
  /** Its beginning, where it is long. */
  readonly body: Uint8Array
}

export interface HttpContext {
  /** The wall clock when the answer came, milliseconds since 1970. */
  readonly nowMs: number
  /** What a reason must not show. */
  readonly secrets: readonly string[]
}

const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

const decoder = new TextDecoder()

const parseJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(body))
  } catch {
    return undefined
  }
}

/** `google.rpc.Status` in JSON; also `{"error": "…"}` and `{"error": {"message": "…"}}`, which gateways give. */
const jsonMessage = (body: unknown): string => {
  if (!isJsonObject(body)) return ''
  const { message, error } = body
  if (typeof message === 'string') return message
  return typeof error === 'string' ? error : jsonMessage(error)
}

const firstLine = (body: Uint8Array) => decoder.decode(body).trim().split('\n', 1)[0] ?? ''

const typeOf = ({ contentType = '' }: HttpResponse) => contentType.split(';', 1)[0]?.trim().toLowerCase()

const messageOf = (response: HttpResponse): string => {
  const type = typeOf(response)
  if (type === 'application/x-protobuf') return readRpcStatus(response.body).message
  if (type === 'application/json') return jsonMessage(parseJson(response.body))
  return type === 'text/plain' ? firstLine(response.body) : ''
}

const partialSuccessOf = (response: HttpResponse) =>
  typeOf(response) === 'application/json'
    ? readPartialSuccessJson(parseJson(response.body))
    : readPartialSuccess(typeOf(response) === 'application/x-protobuf' ? response.body : new Uint8Array())

/** What answers everything with a page, such as a login's or a proxy's, has taken nothing. */
const isWebPage = (response: HttpResponse) =>
  response.status >= 200 &&
  response.status < 300 &&
  typeOf(response) === 'text/html' &&
  firstLine(response.body).startsWith('<')

const reasonOf = (response: HttpResponse, secrets: readonly string[]) => {
  const { status, statusText } = response
  if (status >= 300 && status < 400) return `HTTP ${status}: redirects are not followed`
  const message = oneLine(messageOf(response), secrets)
  return oneLine(`HTTP ${status}: ${message || oneLine(statusText, secrets) || 'no reason given'}`)
}

/**
 * Judges an answer by the specification: 429, 502, 503 and 504 may be retried, other statuses from 400 on may not. A
 * request that was taken counts as delivered even if the rest of the answer cannot be read, unless that is a web page.
 */
export const judgeHttpResponse = (response: HttpResponse, { nowMs, secrets }: HttpContext): Answer => {
  const { status, retryAfter } = response
  if (isWebPage(response))
    return {
      kind: 'refused',
      reason: `HTTP ${status} with a web page: this is no collector, or not its path`,
    }
  if (status >= 200 && status < 300) return deliveredAnswer(partialSuccessOf(response), secrets)
  const reason = reasonOf(response, secrets)
  if (status === 413) return { kind: 'too-large', reason }
  if (!retryable.has(status)) return { kind: 'refused', reason }
  const afterMs = readRetryAfter(retryAfter, nowMs)
  return { kind: 'retry', reason, ...(afterMs !== undefined && { afterMs }) }
}
