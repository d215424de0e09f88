import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  deliveredAnswer,
  readPartialSuccess,
  readPartialSuccessJson,
} from '../../../src/delivery/senders/partial-success.ts'
import { encodeResponse, responseJson } from '../../../src/emulator/receiver/response.ts'
import { signals } from '../../../src/otlp/signals.ts'

const nothing = { rejected: 0, message: '' }
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

it.each(signals)('reads what is said of %s, in protobuf and JSON', (signal) => {
  for (const { rejectedItems, message } of [
    { rejectedItems: 0, message: '' },
    { rejectedItems: 0, message: 'soon to be gone' },
    { rejectedItems: 3, message: '' },
    { rejectedItems: 2 ** 40, message: 'much too old' },
  ]) {
    const said = { rejected: rejectedItems, message }
    const answer = { rejectedItems, message }
    expect(readPartialSuccess(encodeResponse(signal, answer))).toEqual(said)
    expect(readPartialSuccessJson(JSON.parse(responseJson(signal, answer)))).toEqual(said)
  }
})

it.each([
  { what: 'minus one', bytes: hex('0a 0b 08 ff ff ff ff ff ff ff ff ff 01'), reads: nothing },
  { what: 'more than a number can count', bytes: hex('0a 0a 08 ff ff ff ff ff ff ff ff 7f'), reads: nothing },
  { what: 'text where the message belongs', bytes: Buffer.from('<html>'), reads: nothing },
  { what: 'a number where the message belongs', bytes: hex('08 05'), reads: nothing },
  { what: 'a text that is cut off', bytes: hex('0a 04 08 05 12 09'), reads: { rejected: 5, message: '' } },
])('$what rejects nothing that is not said', ({ bytes, reads }) => {
  expect(readPartialSuccess(bytes)).toEqual(reads)
})

it.each([
  { json: undefined },
  { json: null },
  { json: [] },
  { json: { partialSuccess: null } },
  { json: { partialSuccess: 'all' } },
  { json: { partialSuccess: { rejectedSpans: -1, errorMessage: 5 } } },
  { json: { partialSuccess: { rejectedSpans: 1.5 } } },
  { json: { partialSuccess: { rejectedSpans: 'many' } } },
  { json: { partialSuccess: { rejectedSpans: {} } } },
])('the JSON $json rejects nothing', ({ json }) => {
  expect(readPartialSuccessJson(json)).toEqual(nothing)
})

it('never fails, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const { rejected } = readPartialSuccess(bytes)
      expect(Number.isSafeInteger(rejected) && rejected >= 0).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

it('the reason is one line', () => {
  expect(deliveredAnswer({ rejected: 2, message: 'bad\nkey topsecret' }, ['topsecret'])).toEqual({
    kind: 'delivered',
    rejected: 2,
    reason: 'bad key …',
  })
})
