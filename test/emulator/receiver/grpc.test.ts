import { expect, it } from 'vitest'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { connectGrpc, encode } from '../../support/otlp-client.ts'

const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] }
const largest = 20 * 2 ** 20
const gzip = 2
const invalidArgument = 3
const resourceExhausted = 8
const unimplemented = 12
const unread = 'grpc unread: over 20 MiB, badly compressed, or cut off by the client'

const ofSize = (sizeBytes: number) => {
  const overhead =
    encode('logs', { resourceLogs: [{ schemaUrl: 'x'.repeat(sizeBytes) }] }).byteLength - sizeBytes
  return encode('logs', { resourceLogs: [{ schemaUrl: 'x'.repeat(sizeBytes - overhead) }] })
}

it.each([{ compression: 0 as const }, { compression: gzip as 2 }])(
  'takes requests, compressed or not (compression $compression)',
  async ({ compression }) => {
    await using receiver = await openReceiver({ keepItems: true })
    using client = connectGrpc(receiver.grpcUrl, { compression, headers: { 'x-api-key': 'k' } })
    expect(await client.export('logs', encode('logs', request))).toMatchObject({ code: 0, response: {} })
    expect(receiver.ledger.logs().map(({ body }) => body)).toEqual(['hello'])
    expect(receiver.ledger.requests()[0]).toMatchObject({
      transport: 'grpc',
      path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      headers: { 'x-api-key': 'k' },
      sizeBytes: encode('logs', request).byteLength,
      index: 0,
    })
  },
)

it('answers an empty request with success', async () => {
  await using receiver = await openReceiver()
  using client = connectGrpc(receiver.grpcUrl)
  expect((await client.export('traces', Buffer.alloc(0))).code).toBe(0)
  expect(receiver.ledger.counts('traces')).toMatchObject({ requests: 1, items: 0 })
})

it('takes a message of 20 MiB, and refuses more with RESOURCE_EXHAUSTED that is not worth a retry', async () => {
  await using receiver = await openReceiver()
  using client = connectGrpc(receiver.grpcUrl)
  expect((await client.export('logs', ofSize(largest))).code).toBe(0)
  const refused = await client.export('logs', ofSize(largest + 1))
  expect(refused).toMatchObject({ code: resourceExhausted, details: undefined })
  expect(receiver.ledger.counts('logs')).toMatchObject({
    requests: 1,
    refused: { [unread]: 1 },
  })
})

it('refuses a message that unpacks to more than 20 MiB', async () => {
  await using receiver = await openReceiver()
  using client = connectGrpc(receiver.grpcUrl, { compression: gzip })
  expect((await client.export('logs', ofSize(4 * largest))).code).toBe(resourceExhausted)
  expect((await client.export('logs', encode('logs', request))).code).toBe(0)
  expect(receiver.ledger.counts('logs')).toMatchObject({
    items: 1,
    refused: { [unread]: 1 },
  })
})

it('refuses what is no protobuf with INVALID_ARGUMENT', async () => {
  await using receiver = await openReceiver()
  using client = connectGrpc(receiver.grpcUrl)
  const refused = await client.export('metrics', Buffer.from('<html>no</html>'))
  expect(refused.code).toBe(invalidArgument)
  expect(refused.message).toMatch(/^not protobuf of metrics: /)
  expect(refused.details?.toString('latin1')).toContain('type.googleapis.com/google.rpc.BadRequest')
  expect(receiver.ledger.counts('metrics')).toMatchObject({
    requests: 0,
    malformedRequests: 1,
    malformedReasons: [refused.message],
    refused: {},
  })
})

it('knows no other service', async () => {
  await using receiver = await openReceiver()
  const { Client, credentials } = await import('@grpc/grpc-js')
  const client = new Client(new URL(receiver.grpcUrl).host, credentials.createInsecure())
  const code = await new Promise((resolve) =>
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.alloc(0),
      (error) => resolve(error?.code),
    ),
  )
  client.close()
  expect(code).toBe(unimplemented)
})
