import { describe, expect, it } from 'vitest'
import { joinRequests } from '../../src/otlp/request.ts'
import { requestLines } from '../../src/otlp/request-lines.ts'
import { signals } from '../../src/otlp/signals.ts'
import { encode } from '../support/otlp-client.ts'
import { examples } from '../support/otlp-examples.ts'
import { exampleBytes } from './example-bytes.ts'

const logs = (...texts: readonly string[]) =>
  encode('logs', {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'host.name', value: { stringValue: 'a' } }] },
        scopeLogs: [{ logRecords: texts.map((text) => ({ body: { stringValue: text } })) }],
      },
    ],
  })

const textsOf = (line: string) =>
  JSON.parse(line).resourceLogs.flatMap((resource: { scopeLogs: { logRecords: object[] }[] }) =>
    resource.scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map((record) => (record as { body: { stringValue: string } }).body.stringValue),
    ),
  )

/** Ids as they are written: in lower case. */
const tidy = (request: object) =>
  JSON.parse(JSON.stringify(request, (key, value) => (/Id$/.test(key) ? value.toLowerCase() : value)))

it.each(signals)('says of %s what protobuf says, in one line of JSON', (signal) => {
  const lines = requestLines(signal, exampleBytes(signal))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([tidy(examples[signal])])
  expect(lines.join()).not.toMatch(/\n/)
})

describe('what would be a longer line than a Collector reads', () => {
  const many = Array.from({ length: 100 }, (_, index) => `${index}: "${'\u0001'.repeat(20)}"`)

  it.each([
    { what: 'protobuf is too long already', longestBytes: 1_000 },
    { what: 'only JSON is too long', longestBytes: 5_000 },
  ])('becomes several that hold the same, when $what', ({ longestBytes }) => {
    const lines = requestLines('logs', logs(...many), longestBytes)
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.flatMap(textsOf)).toEqual(many)
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(longestBytes)
      expect(line).toContain('host.name')
    }
  })

  it('is a line all the same when it is a single item', () => {
    const lines = requestLines('logs', joinRequests([logs('a'), logs('b'.repeat(500)), logs('c')]), 300)
    expect(lines.map(textsOf)).toEqual([['a'], ['b'.repeat(500)], ['c']])
  })
})

it('throws for what is no request', () => {
  expect(() => requestLines('traces', Buffer.from('no request'))).toThrow()
})
