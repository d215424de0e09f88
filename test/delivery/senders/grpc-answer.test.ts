import { status } from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { judgeGrpcFailure, maxAnswerBytes } from '../../../src/delivery/senders/grpc-answer.ts'
import { encodeStatus } from '../../../src/emulator/receiver/rpc-status.ts'

const retryInfo = (retryDelayMs: number) => encodeStatus({ code: 8, message: 'slow down', retryDelayMs })

// the table of the specification, https://opentelemetry.io/docs/specs/otlp/#failures
it.each([
  { code: status.CANCELLED, kind: 'retry' },
  { code: status.UNKNOWN, kind: 'refused' },
  { code: status.INVALID_ARGUMENT, kind: 'refused' },
  { code: status.DEADLINE_EXCEEDED, kind: 'retry' },
  { code: status.NOT_FOUND, kind: 'refused' },
  { code: status.ALREADY_EXISTS, kind: 'refused' },
  { code: status.PERMISSION_DENIED, kind: 'refused' },
  { code: status.RESOURCE_EXHAUSTED, kind: 'refused' },
  { code: status.FAILED_PRECONDITION, kind: 'refused' },
  { code: status.ABORTED, kind: 'retry' },
  { code: status.OUT_OF_RANGE, kind: 'retry' },
  { code: status.UNIMPLEMENTED, kind: 'refused' },
  { code: status.INTERNAL, kind: 'refused' },
  { code: status.UNAVAILABLE, kind: 'retry' },
  { code: status.DATA_LOSS, kind: 'retry' },
  { code: status.UNAUTHENTICATED, kind: 'refused' },
])('code $code means $kind', ({ code, kind }) => {
  expect(judgeGrpcFailure({ code, details: 'because' }, [])).toEqual({
    kind,
    reason: `${status[code]}: because`,
  })
})

it.each([17, 99, -1, Number.NaN])('the code %s, which there is not, means refused', (code) => {
  expect(judgeGrpcFailure({ code, details: '' }, [])).toEqual({ kind: 'refused', reason: `status ${code}` })
})

it.each([
  { code: status.RESOURCE_EXHAUSTED, delayMs: 2_500, answer: { kind: 'retry', afterMs: 2_500 } },
  { code: status.RESOURCE_EXHAUSTED, delayMs: 0, answer: { kind: 'retry', afterMs: 0 } },
  { code: status.UNAVAILABLE, delayMs: 1_500, answer: { kind: 'retry', afterMs: 1_500 } },
  { code: status.UNAVAILABLE, delayMs: 86_400_000, answer: { kind: 'retry', afterMs: 600_000 } },
  { code: status.INVALID_ARGUMENT, delayMs: 1_500, answer: { kind: 'refused' } },
])('code $code with RetryInfo of $delayMs ms means $answer', ({ code, delayMs, answer }) => {
  const failure = { code, details: '', statusDetails: retryInfo(delayMs) }
  expect(judgeGrpcFailure(failure, [])).toEqual({ ...answer, reason: `${status[code]}: slow down` })
})

it.each([
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'grpc: received message larger than max (5000000 vs. 4194304)',
  },
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'grpc: received message after decompression larger than max (5 vs. 4)',
  },
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'SERVER: Received message larger than max (5000000 vs. 4194304)',
  },
  { code: status.RESOURCE_EXHAUSTED, details: 'Received message larger than max (5000000 vs 4194304)' },
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'Received message that decompresses to a size larger than 4194304',
  },
  { code: status.RESOURCE_EXHAUSTED, details: 'Attempted to send message with a size larger than 100' },
  { code: status.RESOURCE_EXHAUSTED, details: 'gRPC message exceeds maximum size 4194304: 5000000' },
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'Received message exceeds the maximum configured message size.',
  },
  {
    code: status.OUT_OF_RANGE,
    details: 'Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304 bytes',
  },
  { code: status.UNKNOWN, details: 'Received HTTP status code 413' },
])('too large is: $details', ({ code, details }) => {
  expect(judgeGrpcFailure({ code, details }, [])).toEqual({
    kind: 'too-large',
    reason: `${status[code]}: ${details}`,
  })
})

it.each([
  {
    code: status.RESOURCE_EXHAUSTED,
    details: 'quota: 100 messages per second exceeds maximum',
    kind: 'refused',
  },
  { code: status.INVALID_ARGUMENT, details: 'message larger than max', kind: 'refused' },
  {
    code: status.RESOURCE_EXHAUSTED,
    details: `Received message larger than max (9000000 vs ${maxAnswerBytes})`,
    kind: 'refused',
  },
])('not too large is: $details', ({ code, details, kind }) => {
  expect(judgeGrpcFailure({ code, details }, []).kind).toBe(kind)
})

it('a collector that throttles is not one that takes smaller messages', () => {
  const failure = {
    code: status.RESOURCE_EXHAUSTED,
    details: 'message larger than max (5 vs. 4)',
    statusDetails: retryInfo(10),
  }
  expect(judgeGrpcFailure(failure, [])).toMatchObject({ kind: 'retry', afterMs: 10 })
})

it.each([
  { code: status.INTERNAL, details: 'Received RST_STREAM with code 2 (Internal server error)' },
  {
    code: status.INTERNAL,
    details: 'Received RST_STREAM with code 2 triggered by internal client error: write EPIPE',
  },
  { code: status.INTERNAL, details: 'Received RST_STREAM with code 0 (Call ended without gRPC status)' },
  {
    code: status.INTERNAL,
    details: 'Failed to start HTTP/2 stream with error The session has been destroyed',
  },
  { code: status.RESOURCE_EXHAUSTED, details: 'Bandwidth exhausted or memory limit exceeded' },
])('a connection that broke may be tried again: $details', ({ code, details }) => {
  expect(judgeGrpcFailure({ code, details }, []).kind).toBe('retry')
})

it.each([
  {
    details:
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:4317. Resolution note: ',
    reason: 'UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:4317',
  },
  {
    details:
      'No connection established. Last error: Protocol error (2026-11-20T10:00:00.000Z). Resolution note: x',
    reason: 'UNAVAILABLE: Protocol error',
  },
  { details: 'No connection established. Last error: null. Resolution note: ', reason: 'UNAVAILABLE' },
  {
    details: 'No connection established. Last error: Error: self-signed certificate. Resolution note: ',
    reason: 'UNAVAILABLE: the certificate is not accepted: self-signed certificate',
  },
  { details: 'upstream certificate expired', reason: 'UNAVAILABLE: upstream certificate expired' },
])('$details is told as $reason', ({ details, reason }) => {
  expect(judgeGrpcFailure({ code: status.UNAVAILABLE, details }, [])).toEqual({ kind: 'retry', reason })
})

it('the reason is one line without secrets', () => {
  const details = `bad token topsecret\n${'x'.repeat(500)}`
  const { reason } = judgeGrpcFailure({ code: status.UNAUTHENTICATED, details }, ['topsecret'])
  expect(reason).toMatch(/^UNAUTHENTICATED: bad token … x+…$/)
  expect(reason.length).toBe(200)
})
