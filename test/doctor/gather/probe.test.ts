import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Probe } from '../../../src/doctor/facts.ts'
import { probePlace } from '../../../src/doctor/gather/probe.ts'
import { selfSigned } from '../../delivery/senders/certificate.ts'
import { type Connections, startConnections } from '../../delivery/senders/connections.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { type Receiver, startReceiver } from '../../support/otlp-receiver.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'

let receiver: Receiver
let grpcTls: Connections
let httpTls: Connections
const { key, cert } = selfSigned('localhost')

const portOf = (url: string) => Number(new URL(url).port)

beforeAll(async () => {
  receiver = await startReceiver()
  grpcTls = await startConnections({
    to: portOf(receiver.grpcUrl),
    tls: { key, cert, ALPNProtocols: ['h2'] },
  })
  httpTls = await startConnections({
    to: portOf(receiver.httpUrl),
    tls: { key, cert, ALPNProtocols: ['http/1.1'] },
  })
})

afterAll(async () => {
  await grpcTls[Symbol.asyncDispose]()
  await httpTls[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

const look = (place: string, trusted?: Buffer) =>
  probePlace({
    ...{ place, clock: systemClock, limitMs: 50_000 },
    tls: trusted && { ca: trusted, key: undefined, cert: undefined },
  })

const cases: readonly { title: string; place: () => string; trusted?: Buffer; speaks: Partial<Probe> }[] = [
  { title: 'gRPC', place: () => receiver.grpcUrl, speaks: { speaksTls: false, http1: false, http2: true } },
  {
    title: 'HTTP',
    place: () => receiver.httpUrl,
    speaks: { speaksTls: false, http1: true, http2: false, refusal: undefined },
  },
  {
    title: 'gRPC with TLS',
    place: () => `https://localhost:${grpcTls.port}`,
    speaks: { speaksTls: true, http1: false, http2: true, certificateFault: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  },
  {
    title: 'gRPC with TLS, trusted',
    place: () => `https://localhost:${grpcTls.port}`,
    trusted: cert,
    speaks: { speaksTls: true, http2: true, certificateFault: undefined },
  },
  {
    title: 'TLS for another name',
    place: () => `https://127.0.0.1:${httpTls.port}`,
    trusted: cert,
    speaks: { speaksTls: true, http1: true, certificateFault: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  },
  {
    title: 'HTTP with TLS, asked for without',
    place: () => `http://localhost:${httpTls.port}`,
    speaks: { speaksTls: true, http1: true, http2: false },
  },
  {
    title: 'gRPC without TLS, asked for with',
    place: () => receiver.grpcUrl.replace('http:', 'https:'),
    speaks: { speaksTls: false, http1: false, http2: true, certificateFault: undefined },
  },
]

it.each(cases)('it tells what speaks $title', async ({ place, trusted, speaks }) => {
  expect(await look(place(), trusted)).toMatchObject({ place: place(), ...speaks })
})

it('the end of the certificate and the clock are told', async () => {
  const { certificateEndsMs, clockAheadMs } = await look(`https://localhost:${httpTls.port}`)
  expect(certificateEndsMs).toBe(Date.UTC(2049, 11, 31, 23, 59, 59))
  expect(Math.abs(clockAheadMs ?? Number.NaN)).toBeLessThan(60_000)
})

it('a socket of the file system is a place too', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'socket')
  await using _ = await startConnections({ to: portOf(receiver.grpcUrl), path })
  expect(await look(`unix://${path}`)).toMatchObject({ refusal: undefined, http2: true })
  expect(await look(`unix://${path}2`)).toMatchObject({
    refusal: expect.stringContaining('ENOENT'),
    http2: false,
  })
})

it('who says nothing is not waited for, and speaks nothing', async () => {
  const silent = createServer((socket) => {
    socket.resume().on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const clock = manualClock()
  const { port } = silent.address() as AddressInfo
  let accepted = 0
  silent.on('connection', () => {
    accepted += 1
  })
  const looked = probePlace({ place: `http://127.0.0.1:${port}`, tls: undefined, clock, limitMs: 2_000 })
  await until(() => accepted === 4)
  await clock.advance(2_000)
  expect(await looked).toMatchObject({ refusal: undefined, speaksTls: false, http1: false, http2: false })
  silent.close()
})

it('who sends no end of nonsense is heard no further', async () => {
  const babbling = createServer((socket) => {
    socket.on('error', () => {})
    const babble = () => {
      while (!socket.destroyed && socket.write('x'.repeat(1_000)));
    }
    socket.on('drain', babble)
    babble()
  }).listen(0, '127.0.0.1')
  await once(babbling, 'listening')
  const { port } = babbling.address() as AddressInfo
  expect(await look(`http://127.0.0.1:${port}`)).toMatchObject({
    speaksTls: false,
    http1: false,
    http2: false,
  })
  babbling.close()
})
