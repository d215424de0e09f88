import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRpcStatus } from '../../../src/delivery/senders/rpc-status.ts'
import { encodeStatus } from '../../../src/emulator/receiver/rpc-status.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** A status with one detail of the type RetryInfo, which holds these bytes. */
const withRetryInfo = (value: string) => {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
  const bytes = hex(value)
  const any = Buffer.concat([
    hex('0a'),
    Buffer.from([type.length]),
    type,
    hex('12'),
    Buffer.from([bytes.length]),
    bytes,
  ])
  return Buffer.concat([hex('1a'), Buffer.from([any.length]), any])
}

it.each([
  { what: 'nothing', bytes: hex(''), reads: { message: '', retryDelayMs: undefined } },
  { what: 'a code alone', bytes: hex('08 0e'), reads: { message: '', retryDelayMs: undefined } },
  {
    what: 'a message',
    bytes: encodeStatus({ code: 14, message: 'büsy' }),
    reads: { message: 'büsy', retryDelayMs: undefined },
  },
  {
    what: 'RetryInfo among other details',
    bytes: encodeStatus({
      code: 8,
      message: 'm',
      retryDelayMs: 2_500,
      violation: { field: 'f', description: 'd' },
    }),
    reads: { message: 'm', retryDelayMs: 2_500 },
  },
  {
    what: 'details without RetryInfo',
    bytes: encodeStatus({ code: 3, message: 'm', violation: { field: 'f', description: 'd' } }),
    reads: { message: 'm', retryDelayMs: undefined },
  },
  { what: 'RetryInfo without a delay', bytes: withRetryInfo(''), reads: { message: '', retryDelayMs: 0 } },
  { what: 'a delay of nothing', bytes: withRetryInfo('0a 00'), reads: { message: '', retryDelayMs: 0 } },
  { what: 'one nanosecond', bytes: withRetryInfo('0a 02 10 01'), reads: { message: '', retryDelayMs: 1 } },
  {
    what: 'minus one second',
    bytes: withRetryInfo('0a 0b 08 ff ff ff ff ff ff ff ff ff 01'),
    reads: { message: '', retryDelayMs: undefined },
  },
  {
    what: 'the age of the universe',
    bytes: withRetryInfo('0a 0a 08 ff ff ff ff ff ff ff ff 7f'),
    reads: { message: '', retryDelayMs: 600_000 },
  },
  {
    what: 'a delay that is cut off',
    bytes: withRetryInfo('0a 05 08'),
    reads: { message: '', retryDelayMs: 0 },
  },
  {
    what: 'fields of other kinds before',
    bytes: Buffer.concat([
      hex('51 0000000000000000 55 00000000 5a 01 00'),
      encodeStatus({ code: 1, message: 'm' }),
    ]),
    reads: { message: 'm', retryDelayMs: undefined },
  },
  {
    what: 'a group, which proto3 has not',
    bytes: hex('13 12 01 61'),
    reads: { message: '', retryDelayMs: undefined },
  },
  {
    what: 'a number that never ends',
    bytes: hex('08 ffffffffffffffffffffffffff'),
    reads: { message: '', retryDelayMs: undefined },
  },
  {
    what: 'a length beyond all memory',
    bytes: hex('12 ffffffffffffffffff01 61'),
    reads: { message: '', retryDelayMs: undefined },
  },
  {
    what: 'a message that is no text',
    bytes: hex('12 02 ff 61'),
    reads: { message: '�a', retryDelayMs: undefined },
  },
])('reads $what', ({ bytes, reads }) => {
  expect(readRpcStatus(bytes)).toEqual(reads)
})

it('of a status that is cut off at any length, it reads what is whole', () => {
  const whole = { message: 'slow down', retryDelayMs: 2_500 }
  const bytes = encodeStatus({ code: 8, ...whole })
  const seen = new Set<string>()
  for (let length = 0; length <= bytes.length; length += 1) {
    const { message, retryDelayMs } = readRpcStatus(bytes.subarray(0, length))
    expect(['', whole.message]).toContain(message)
    expect([undefined, whole.retryDelayMs]).toContain(retryDelayMs)
    seen.add(JSON.stringify({ message, retryDelayMs }))
  }
  expect(seen.size).toBe(3)
})

it('never fails, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { message, retryDelayMs = 0 } = readRpcStatus(bytes)
      expect(typeof message).toBe('string')
      expect(retryDelayMs >= 0 && retryDelayMs <= 600_000).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

it('never fails, whichever bit of a status is another', () => {
  const bytes = encodeStatus({ code: 8, message: 'slow down', retryDelayMs: 2_500 })
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(typeof readRpcStatus(damaged).message).toBe('string')
  }
})
