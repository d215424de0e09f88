import { expect, it } from 'vitest'
import { type HttpResponse, judgeHttpResponse } from '../../../src/delivery/senders/http-answer.ts'
import { encodeResponse, responseJson } from '../../../src/emulator/receiver/response.ts'
import { encodeStatus, statusJson } from '../../../src/emulator/receiver/rpc-status.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json; charset=utf-8'

const response = (more: Partial<HttpResponse>): HttpResponse => ({
  ...{ status: 200, statusText: '', contentType: undefined, retryAfter: undefined, body: Buffer.alloc(0) },
  ...more,
})

const judge = (more: Partial<HttpResponse>) =>
  judgeHttpResponse(response(more), { nowMs: 0, secrets: ['topsecret'] })

it.each([
  { statuses: [200, 201, 202, 204, 299], kind: 'delivered' },
  { statuses: [429, 502, 503, 504], kind: 'retry' },
  { statuses: [413], kind: 'too-large' },
  { statuses: [300, 301, 302, 303, 307, 308], kind: 'refused' },
  { statuses: [400, 401, 403, 404, 405, 408, 415, 418, 422, 499], kind: 'refused' },
  { statuses: [500, 501, 505, 507, 511, 599, 0, 999], kind: 'refused' },
])('$statuses means $kind', ({ statuses, kind }) => {
  expect(statuses.map((status) => judge({ status }).kind)).toEqual(statuses.map(() => kind))
})

it.each([
  { status: 429, retryAfter: '7', afterMs: 7_000 },
  { status: 503, retryAfter: 'Thu, 01 Jan 1970 00:00:09 GMT', afterMs: 9_000 },
  { status: 502, retryAfter: 'whenever', afterMs: undefined },
  { status: 504, retryAfter: undefined, afterMs: undefined },
  { status: 400, retryAfter: '7', afterMs: undefined },
])('$status with Retry-After $retryAfter waits $afterMs ms', ({ status, retryAfter, afterMs }) => {
  const answer = judge({ status, retryAfter })
  expect('afterMs' in answer ? answer.afterMs : undefined).toBe(afterMs)
})

it('tells what was rejected of what was taken', () => {
  const partial = { rejectedItems: 2, message: 'too\nold topsecret' }
  const answer = { kind: 'delivered', rejected: 2, reason: 'too old …' }
  expect(judge({ contentType: protobuf, body: encodeResponse('logs', partial) })).toEqual(answer)
  expect(judge({ contentType: json, body: Buffer.from(responseJson('logs', partial)) })).toEqual(answer)
})

it.each([
  { contentType: protobuf, body: '{"not": "protobuf"}' },
  { contentType: json, body: '{"cut":' },
  { contentType: 'text/html', body: '\n\u0004\b\u0005\u0012\u0000' },
  { contentType: undefined, body: 'OK' },
  { contentType: ';', body: '' },
])('is delivered although the answer cannot be read: $contentType $body', ({ contentType, body }) => {
  const answer = { kind: 'delivered', rejected: 0, reason: '' }
  expect(judge({ contentType, body: Buffer.from(body) })).toEqual(answer)
})

it.each(['<html><title>secret</title></html>', '\n  <!doctype html>'])(
  'a page that is given for everything is no answer of a collector: %s',
  (body) => {
    expect(judge({ contentType: 'text/html; charset=utf-8', body: Buffer.from(body) })).toEqual({
      kind: 'refused',
      reason: 'HTTP 200 with a web page: this is no collector, or not its path',
    })
  },
)

const html = '<html><title>secret</title></html>'

it.each([
  { contentType: protobuf, body: encodeStatus({ code: 3, message: 'no\nspans' }), says: 'no spans' },
  { contentType: json, body: statusJson({ code: 3, message: 'bad topsecret' }), says: 'bad …' },
  { contentType: json, body: '{"error": "unknown tenant"}', says: 'unknown tenant' },
  { contentType: json, body: '{"error": {"message": "unknown tenant"}}', says: 'unknown tenant' },
  { contentType: json, body: '{"error": 5}', says: 'Bad Request' },
  { contentType: json, body: 'no JSON', says: 'Bad Request' },
  { contentType: 'text/plain; charset=utf-8', body: '\nfirst line\nsecond', says: 'first line' },
  { contentType: 'Text/Plain', body: '', says: 'Bad Request' },
  { contentType: 'text/html', body: html, says: 'Bad Request' },
  { contentType: undefined, body: 'anything', says: 'Bad Request' },
])('refuses with what $contentType says: $says', ({ contentType, body, says }) => {
  expect(judge({ status: 400, statusText: 'Bad Request', contentType, body: Buffer.from(body) })).toEqual({
    kind: 'refused',
    reason: `HTTP 400: ${says}`,
  })
})

it('names a status that says nothing', () => {
  expect(judge({ status: 400 }).reason).toBe('HTTP 400: no reason given')
  expect(judge({ status: 308, statusText: 'Permanent Redirect' }).reason).toBe(
    'HTTP 308: redirects are not followed',
  )
})
