import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type HttpSenderOptions, openHttpSender } from '../../../src/delivery/senders/http.ts'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/run-cli.ts'
import { startConnections } from './connections.ts'
import { attempt, logsBytes } from './sent.ts'

const delivered = { kind: 'delivered', rejected: 0, reason: '' }

const openTo = (port: number, more: Partial<HttpSenderOptions> = {}) => {
  const sender = openHttpSender({
    url: `http://127.0.0.1:${port}/v1/logs`,
    userAgent: 'taskbeat/1.2.3',
    ...more,
  })
  return { ...sender, [Symbol.dispose]: sender.close }
}

/** A server that answers each request as it is told, once it has read it. */
const startServer = async (answer: (response: ServerResponse, index: number) => void) => {
  const requests: IncomingMessage[] = []
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    requests.push(request)
    request.resume()
    request.on('end', () => answer(response, requests.length - 1))
  })
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const end = () => {
    server.close()
    server.closeAllConnections()
  }
  return { port, requests, connections: () => connections, [Symbol.dispose]: end }
}

/** A server that speaks HTTP by hand: gets the socket with each piece that arrives. */
const startByHand = async (answer: (socket: Socket, piece: Buffer, connection: number) => void) => {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createNetServer((socket) => {
    const connection = connections
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (piece) => answer(socket, piece, connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const end = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port, connections: () => connections, [Symbol.dispose]: end }
}

it('sends what the protocol asks for', async () => {
  using server = await startServer((response) => response.end())
  const url = `http://joe:p%40ss@127.0.0.1:${server.port}/base/v1/logs?tenant=a`
  using sender = openTo(server.port, { url, headers: { 'X-Tenant': 'a b', 'Content-Type': 'text/plain' } })
  expect(await sender.send(attempt())).toEqual(delivered)
  const [request] = server.requests
  expect(request).toMatchObject({ method: 'POST', url: '/base/v1/logs?tenant=a' })
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-length': String(logsBytes('a', 'b', 'c').byteLength),
    'user-agent': 'taskbeat/1.2.3',
    'x-tenant': 'a b',
    authorization: `Basic ${Buffer.from('joe:p@ss').toString('base64')}`,
  })
})

it('keeps a connection, also after long answers and refusals', async () => {
  using server = await startServer((response, index) => {
    const status = [200, 503, 400, 200][index] ?? 200
    response.writeHead(status, { 'content-type': 'text/plain' }).end('x'.repeat(2 ** 20))
  })
  using sender = openTo(server.port)
  const kinds: string[] = []
  for (const _ of [1, 2, 3, 4]) kinds.push((await sender.send(attempt())).kind)
  expect(kinds).toEqual(['delivered', 'retry', 'refused', 'delivered'])
  expect(server.connections()).toBe(1)
})

it('follows no redirect', async () => {
  using elsewhere = await startServer((response) => response.end())
  using server = await startServer((response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
  )
  using sender = openTo(server.port)
  const answer = { kind: 'refused', reason: 'HTTP 307: redirects are not followed' }
  expect(await sender.send(attempt())).toEqual(answer)
  expect(elsewhere.requests).toEqual([])
})

it('reads Retry-After as a date by its clock', async () => {
  using server = await startServer((response) =>
    response.writeHead(429, { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }).end(),
  )
  using sender = openTo(server.port, { clock: manualClock(new Date('2026-11-20T10:00:00.000Z')) })
  expect(await sender.send(attempt())).toEqual({
    kind: 'retry',
    reason: 'HTTP 429: Too Many Requests',
    afterMs: 30_000,
  })
})

it('a deadline is one for the whole attempt, to the last byte of the answer', async () => {
  using server = await startServer((response) => {
    response.writeHead(200)
    // never silent, never done
    const drip = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(drip))
  })
  const clock = manualClock()
  using sender = openTo(server.port, { clock })
  const answer = sender.send(attempt({ timeoutMs: 5_000 }))
  await until(() => server.requests.length === 1)
  await setTimeout(30)
  await clock.advance(5_000)
  expect(await answer).toEqual({ kind: 'retry', reason: 'no answer within 5000 ms' })
  expect(clock.pending()).toBe(0)
})

it.each([
  { status: '200 OK', answer: { kind: 'retry' } },
  { status: '400 Bad Request', answer: { kind: 'refused', reason: 'HTTP 400: bad' } },
  { status: '413 Too Large', answer: { kind: 'too-large', reason: 'HTTP 413: bad' } },
])('an answer $status that is cut off means $answer', async ({ status, answer }) => {
  using server = await startByHand((socket) => {
    socket.end(`HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nbad`)
  })
  using sender = openTo(server.port)
  expect(await sender.send(attempt())).toMatchObject(answer)
})

it('a kept connection that is closed just as it is used again may be tried again', async () => {
  using server = await startByHand((socket, _, connection) => {
    // the second request on the first connection finds it closing
    if (socket.bytesWritten > 0 && connection === 0) socket.resetAndDestroy()
    else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  })
  using sender = openTo(server.port)
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(await sender.send(attempt())).toEqual({ kind: 'retry', reason: 'read ECONNRESET' })
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(server.connections()).toBe(2)
})

it('when one kept connection is dead, the others are not tried', async () => {
  await using receiver = await openReceiver({ decide: () => ({ kind: 'accept', delayMs: 20 }) })
  await using connections = await startConnections({ to: receiver.ports.http })
  using sender = openTo(connections.port)
  const answers = await Promise.all([1, 2, 3].map(() => sender.send(attempt())))
  expect(answers).toEqual([delivered, delivered, delivered])
  expect(connections.open()).toBe(3)
  connections.swallow()
  expect(await sender.send(attempt({ timeoutMs: 100 }))).toMatchObject({ kind: 'retry' })
  expect(await sender.send(attempt())).toEqual(delivered)
  expect(connections.opened()).toBe(4)
})

it('who waits for a free connection waits no longer than it may', async () => {
  using server = await startServer(() => {})
  using sender = openTo(server.port)
  const control = new AbortController()
  const abort = control.signal
  const hanging = Array.from({ length: 32 }, () => sender.send(attempt({ abort })))
  await until(() => server.requests.length === 32)
  const late = { kind: 'retry', reason: 'no answer within 100 ms' }
  expect(await sender.send(attempt({ timeoutMs: 100 }))).toEqual(late)
  control.abort()
  expect(new Set((await Promise.all(hanging)).map(({ reason }) => reason))).toEqual(new Set(['given up']))
  expect(server.requests.length).toBe(32)
})

it('a server that speaks another language is tried again', async () => {
  using server = await startByHand((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
  using sender = openTo(server.port)
  expect(await sender.send(attempt())).toMatchObject({
    kind: 'retry',
    reason: expect.stringContaining('HPE_'),
  })
})

it('says at once that an address is none', () => {
  expect(() => openTo(0, { url: 'no address' })).toThrow(TypeError)
})
