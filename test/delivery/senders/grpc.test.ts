import { once } from 'node:events'
import { createServer, constants as http2, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { type GrpcSenderOptions, openGrpcSender } from '../../../src/delivery/senders/grpc.ts'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { exportPaths } from '../../../src/otlp/signals.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'
import { startConnections } from './connections.ts'
import { attempt, logsBytes } from './sent.ts'

const delivered = { kind: 'delivered', rejected: 0, reason: '' }
const late = { kind: 'retry', reason: 'no answer within 100 ms' }

const openTo = (address: string | number, more: Partial<GrpcSenderOptions> = {}) => {
  const sender = openGrpcSender({
    address: typeof address === 'number' ? `127.0.0.1:${address}` : address,
    userAgent: 'taskbeat/1.2.3',
    ...more,
  })
  return { ...sender, [Symbol.dispose]: sender.close }
}

/** A clock on which time passes only as it is told. */
const handClock = () => {
  let nowMs = 0
  return {
    monotonicMs: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

/** A server that speaks HTTP/2, and answers each call as it is told. */
const startServer = async (answer: (stream: ServerHttp2Stream) => void) => {
  const calls: { headers: Record<string, unknown>; body: Buffer }[] = []
  const server = createServer()
  let sessions = 0
  server.on('session', () => {
    sessions += 1
  })
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      calls.push({ headers, body: Buffer.concat(chunks) })
      answer(stream)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, calls, sessions: () => sessions, [Symbol.dispose]: () => server.close() }
}

const answerOk = (stream: ServerHttp2Stream) => {
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' },
    { endStream: true },
  )
}

it.each([
  { compression: 'none', flag: 0, encoding: undefined },
  { compression: 'gzip', flag: 1, encoding: 'gzip' },
] as const)('sends what the protocol asks for, with compression $compression', async (row) => {
  using server = await startServer(answerOk)
  using sender = openTo(server.port, { compression: row.compression, headers: { 'X-Tenant': 'a b' } })
  // OK, but without the message that belongs to it
  expect(await sender.send(attempt({ timeoutMs: 7_000 }))).toEqual(delivered)
  const [call] = server.calls
  expect(call?.headers).toMatchObject({
    ':method': 'POST',
    ':path': exportPaths.logs,
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-tenant': 'a b',
    'user-agent': expect.stringMatching(/^taskbeat\/1\.2\.3 grpc-node-js\//),
    'grpc-timeout': expect.stringMatching(/^[67]\d{3}m$/),
  })
  expect(call?.headers['grpc-encoding']).toBe(row.encoding)
  const message = call?.body.subarray(5) ?? Buffer.alloc(0)
  expect(call?.body[0]).toBe(row.flag)
  expect(row.compression === 'gzip' ? gunzipSync(message) : message).toEqual(logsBytes('a', 'b', 'c'))
})

const http = (status: number) => (stream: ServerHttp2Stream) =>
  stream.respond({ ':status': status }, { endStream: true })

it.each([
  { what: 'status 503 of HTTP', answer: http(503), kind: 'retry' },
  { what: 'status 429 of HTTP', answer: http(429), kind: 'retry' },
  { what: 'status 413 of HTTP', answer: http(413), kind: 'too-large' },
  { what: 'status 404 of HTTP', answer: http(404), kind: 'refused' },
  { what: 'no status at all', answer: http(200), kind: 'refused' },
  {
    what: 'a stream that it resets',
    answer: (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_INTERNAL_ERROR),
    kind: 'retry',
  },
  {
    what: 'a stream that it refuses',
    answer: (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_REFUSED_STREAM),
    kind: 'retry',
  },
  {
    what: 'a demand to be calm',
    answer: (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_ENHANCE_YOUR_CALM),
    kind: 'retry',
  },
])('a proxy that answers with $what means $kind', async ({ answer, kind }) => {
  using server = await startServer(answer)
  using sender = openTo(server.port)
  expect(await sender.send(attempt())).toMatchObject({ kind })
})

it('goes on elsewhere when a server says goodbye', async () => {
  using server = await startServer((stream) => {
    answerOk(stream)
    stream.session?.close()
  })
  using sender = openTo(server.port)
  for (const _ of [1, 2, 3]) expect(await sender.send(attempt())).toEqual(delivered)
  expect(server.sessions()).toBe(3)
})

it('a server that speaks another language is tried again', async () => {
  await using receiver = await openReceiver()
  using sender = openTo(receiver.ports.http)
  expect(await sender.send(attempt())).toMatchObject({ kind: 'retry' })
})

it.each([(path: string) => `unix://${path}`, (path: string) => `unix:${path}`])(
  'reaches a socket of the file system (%s)',
  async (address) => {
    await using dir = await temporaryDirectory()
    await using receiver = await openReceiver({ keepItems: true })
    const path = join(dir.path, 'otlp.sock')
    await using _ = await startConnections({ to: receiver.ports.grpc, path })
    using sender = openTo(address(path))
    expect(await sender.send(attempt())).toEqual(delivered)
    expect(receiver.ledger.counts('logs').items).toBe(3)
  },
)

it('a connection that never gets past its handshake is closed and replaced, but not too soon', async () => {
  const clock = handClock()
  await using receiver = await openReceiver()
  await using connections = await startConnections({ to: receiver.ports.grpc })
  connections.hang(true)
  using sender = openTo(connections.port, { clock })
  const three = () => Promise.all([1, 2, 3].map(() => sender.send(attempt({ timeoutMs: 100 }))))
  for (const _ of [1, 2]) {
    const opened = connections.opened()
    expect(await three()).toEqual([late, late, late])
    clock.pass(4_999)
    expect(await three()).toEqual([late, late, late])
    expect(connections.opened()).toBe(opened + 1)
    expect(connections.open()).toBe(1)
    clock.pass(1)
    expect(await three()).toEqual([late, late, late])
    await until(() => connections.open() === 0)
  }
  connections.hang(false)
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(connections.opened()).toBe(3)
})

it('a connection on which everything vanishes is replaced', async () => {
  const clock = handClock()
  await using receiver = await openReceiver()
  await using connections = await startConnections({ to: receiver.ports.grpc })
  using sender = openTo(connections.port, { clock })
  expect(await sender.send(attempt())).toEqual(delivered)
  const given = new AbortController()
  const givenUp = sender.send(attempt({ abort: given.signal }))
  given.abort()
  await givenUp
  // time in which nobody waits is no silence
  clock.pass(3_600_000)
  connections.swallow()
  expect(await sender.send(attempt({ timeoutMs: 100 }))).toEqual(late)
  expect(connections.opened()).toBe(1)
  clock.pass(5_000)
  const control = new AbortController()
  const waiting = sender.send(attempt({ abort: control.signal }))
  expect(await sender.send(attempt({ timeoutMs: 100 }))).toEqual(late)
  // while one that has more time still waits for the old one
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(connections.opened()).toBe(2)
  control.abort()
  expect(await waiting).toEqual({ kind: 'retry', reason: 'given up' })
  await until(() => connections.open() === 1)
})

it('a connection that answers others is kept, however late it is', async () => {
  const clock = handClock()
  await using receiver = await openReceiver({
    decide: ({ index }) => ({ kind: index === 1 ? 'hang' : 'accept' }),
  })
  await using connections = await startConnections({ to: receiver.ports.grpc })
  using sender = openTo(connections.port, { clock })
  expect(await sender.send(attempt())).toEqual(delivered)
  const hanging = sender.send(attempt({ timeoutMs: 1_000 }))
  clock.pass(6_000)
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(await hanging).toEqual({ kind: 'retry', reason: 'no answer within 1000 ms' })
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(connections.opened()).toBe(1)
})

it('an answer that is far too long does not make a request look too large', async () => {
  using server = await startServer((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    const length = Buffer.alloc(5)
    length.writeUInt32BE(2 ** 31, 1)
    stream.write(length)
  })
  using sender = openTo(server.port)
  expect(await sender.send(attempt())).toMatchObject({ kind: 'refused' })
})

it('says at once what it cannot use', () => {
  expect(() => openTo('')).toThrow()
  const pem = Buffer.from('no certificate')
  expect(() => openTo('h:4317', { tls: { key: pem, cert: pem } })).toThrow()
})
