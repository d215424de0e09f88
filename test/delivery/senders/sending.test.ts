import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Sender } from '../../../src/delivery/sender.ts'
import { openGrpcSender } from '../../../src/delivery/senders/grpc.ts'
import { openHttpSender } from '../../../src/delivery/senders/http.ts'
import type { TlsOptions } from '../../../src/delivery/senders/tls-options.ts'
import { type Answer, type OtlpReceiver, openReceiver } from '../../../src/emulator/receiver.ts'
import { encode } from '../../support/otlp-client.ts'
import { until } from '../../support/run-cli.ts'
import { selfSigned } from './certificate.ts'
import { startConnections } from './connections.ts'
import { attempt, logsBytes } from './sent.ts'

interface Options {
  readonly headers?: Record<string, string>
  readonly compression?: 'gzip' | 'none'
  readonly tls?: TlsOptions
}

const userAgent = 'taskbeat/1.2.3'

/** A sender that is closed after the test. */
const closing = (sender: Sender): Sender & Disposable => ({ ...sender, [Symbol.dispose]: sender.close })

// certificates are for names
const hostFor = ({ tls }: Options) => (tls ? 'localhost' : '127.0.0.1')

const openTo = {
  grpc: (port: number, options: Options = {}) =>
    closing(openGrpcSender({ address: `${hostFor(options)}:${port}`, userAgent, ...options })),
  http: (port: number, options: Options = {}) => {
    const url = `${options.tls ? 'https' : 'http'}://${hostFor(options)}:${port}/v1/logs`
    return closing(openHttpSender({ url, userAgent, ...options }))
  },
}

/** A receiver that answers with these in turn, then accepts. */
const answering = (...answers: readonly Answer[]) =>
  openReceiver({ keepItems: true, decide: ({ index }) => answers[index] ?? { kind: 'accept' } })

const bodies = (receiver: OtlpReceiver) => receiver.ledger.logs().map(({ body }) => body)
const delivered = { kind: 'delivered', rejected: 0, reason: '' }
const closed = { kind: 'retry', reason: 'the sender was closed' }
const givenUp = { kind: 'retry', reason: 'given up' }
const broken = { kind: 'retry', reason: expect.stringMatching(/reset|hang up|dropped|closed/i) }

describe.each(['grpc', 'http'] as const)('over %s', (protocol) => {
  const open = (receiver: OtlpReceiver, options?: Options) =>
    openTo[protocol](receiver.ports[protocol], options)

  it.each(['none', 'gzip'] as const)('delivers, with compression %s', async (compression) => {
    await using receiver = await answering()
    using sender = open(receiver, { compression, headers: { 'API-Key': 'abc' } })
    expect(await sender.send(attempt())).toEqual(delivered)
    expect(await sender.send(attempt({ bytes: new Uint8Array(logsBytes('d')) }))).toEqual(delivered)
    expect(bodies(receiver)).toEqual(['a', 'b', 'c', 'd'])
    const [request] = receiver.ledger.requests()
    expect(request).toMatchObject({ transport: protocol, sizeBytes: logsBytes('a', 'b', 'c').byteLength })
    expect(request?.headers['api-key']).toBe('abc')
    expect(request?.headers['user-agent']).toMatch(/^taskbeat\/1\.2\.3\b/)
    // the library on the other side keeps to itself how a call over gRPC was encoded
    const encoding = protocol === 'http' && compression === 'gzip' ? 'gzip' : undefined
    expect(request?.headers['content-encoding']).toBe(encoding)
  })

  it.each<{ what: string; given: Answer; answer: object }>([
    {
      what: 'takes a part',
      given: { kind: 'partial', rejectedItems: 2, message: 'too old' },
      answer: { kind: 'delivered', rejected: 2, reason: 'too old' },
    },
    {
      what: 'warns',
      given: { kind: 'partial', rejectedItems: 0, message: 'soon to be gone' },
      answer: { kind: 'delivered', rejected: 0, reason: 'soon to be gone' },
    },
    {
      what: 'throttles',
      given: { kind: 'refuse', httpStatus: 429, grpcStatus: 8, message: 'slow down', retryAfterMs: 2_500 },
      answer: {
        kind: 'retry',
        // over HTTP in whole seconds
        afterMs: protocol === 'grpc' ? 2_500 : 3_000,
        reason: `${protocol === 'grpc' ? 'RESOURCE_EXHAUSTED' : 'HTTP 429'}: slow down`,
      },
    },
    {
      what: 'is not ready',
      given: { kind: 'refuse', httpStatus: 503, grpcStatus: 14, message: 'starting' },
      answer: { kind: 'retry', reason: `${protocol === 'grpc' ? 'UNAVAILABLE' : 'HTTP 503'}: starting` },
    },
    {
      what: 'refuses',
      given: { kind: 'refuse', httpStatus: 400, grpcStatus: 3, message: 'bad time' },
      answer: {
        kind: 'refused',
        reason: `${protocol === 'grpc' ? 'INVALID_ARGUMENT' : 'HTTP 400'}: bad time`,
      },
    },
    { what: 'is slow', given: { kind: 'accept', delayMs: 100 }, answer: delivered },
    { what: 'resets', given: { kind: 'reset' }, answer: broken },
    { what: 'takes, then resets', given: { kind: 'accept', thenReset: true }, answer: broken },
  ])('a collector that $what is understood, and sent to again', async ({ given, answer }) => {
    await using receiver = await answering(given)
    using sender = open(receiver)
    expect(await sender.send(attempt())).toEqual(answer)
    expect(await sender.send(attempt())).toEqual(delivered)
  })

  it('a request beyond the limit of the collector is too large, a smaller one is not', async () => {
    await using receiver = await answering()
    using sender = open(receiver)
    const bytes = logsBytes('x'.repeat(21 * 2 ** 20))
    expect(await sender.send(attempt({ bytes }))).toEqual({
      kind: 'too-large',
      reason: expect.stringMatching(/^(RESOURCE_EXHAUSTED: Received message larger than max|HTTP 413: )/),
    })
    expect(await sender.send(attempt())).toEqual(delivered)
  })

  it('sends 16 at once, each answered on its own', async () => {
    await using receiver = await openReceiver({
      keepItems: true,
      decide: ({ index }) =>
        index % 4 === 3
          ? { kind: 'refuse', httpStatus: 503, grpcStatus: 14, message: 'busy' }
          : { kind: 'accept', delayMs: 20 },
    })
    await using connections = await startConnections({ to: receiver.ports[protocol] })
    using sender = openTo[protocol](connections.port)
    const texts = Array.from({ length: 16 }, (_, index) => `record ${index}`)
    const answers = await Promise.all(texts.map((text) => sender.send(attempt({ bytes: logsBytes(text) }))))
    const taken = texts.filter((_, index) => answers[index]?.kind === 'delivered')
    expect(taken.length).toBe(12)
    expect(bodies(receiver).toSorted()).toEqual(taken.toSorted())
    expect(connections.opened()).toBeLessThanOrEqual(protocol === 'grpc' ? 1 : 16)
  })

  it('waits for an answer no longer than it may', async () => {
    await using receiver = await answering({ kind: 'hang' })
    using sender = open(receiver)
    const late = { kind: 'retry', reason: 'no answer within 100 ms' }
    expect(await sender.send(attempt({ timeoutMs: 100 }))).toEqual(late)
    expect(await sender.send(attempt())).toEqual(delivered)
  })

  it('gives up at once when told to, and nothing else with it', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const hangs: Answer[] = Array.from({ length: 16 }, () => ({ kind: 'hang' }))
    await using receiver = await answering(...hangs, { kind: 'accept', delayMs: 100 })
    using sender = open(receiver)
    const control = new AbortController()
    const abort = control.signal
    const hanging = hangs.map(() => sender.send(attempt({ abort })))
    await until(() => receiver.ledger.counts('logs').refused.hang === 16)
    const other = sender.send(attempt())
    await until(() => receiver.ledger.counts('logs').items === 3)
    control.abort()
    expect(await Promise.all(hanging)).toEqual(hangs.map(() => givenUp))
    expect(await other).toEqual(delivered)
    expect(await sender.send(attempt({ abort }))).toEqual(givenUp)
    expect(receiver.ledger.counts('logs').items).toBe(3)
    await setTimeout(0)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('closes, whatever is under way', async () => {
    await using receiver = await answering({ kind: 'accept' }, { kind: 'hang' }, { kind: 'hang' })
    await using connections = await startConnections({ to: receiver.ports[protocol] })
    using sender = openTo[protocol](connections.port)
    expect(await sender.send(attempt())).toEqual(delivered)
    const hanging = [sender.send(attempt()), sender.send(attempt())]
    await until(() => receiver.ledger.counts('logs').refused.hang === 2)
    sender.close()
    expect(await Promise.all(hanging)).toEqual([closed, closed])
    expect(await sender.send(attempt())).toEqual(closed)
    await until(() => connections.open() === 0)
    sender.close()
  })

  it('finds a collector again that was away with the first attempt after it is back', async () => {
    await using receiver = await openReceiver({ keepItems: true, startClosed: true })
    using sender = open(receiver)
    const refused = { kind: 'retry', reason: expect.stringMatching(/connect ECONNREFUSED 127\.0\.0\.1:\d+$/) }
    const attempts = async (count: number) =>
      Promise.all(Array.from({ length: count }, () => sender.send(attempt())))
    for (const _ of [1, 2]) {
      expect(await attempts(3)).toEqual([refused, refused, refused])
      expect(await attempts(1)).toEqual([refused])
      await receiver.open()
      expect(await attempts(3)).toEqual([delivered, delivered, delivered])
      await receiver.close()
      // what it had open was reset
      await attempts(1)
    }
  })

  it('reaches a collector whose certificate it was given', async () => {
    await using receiver = await answering()
    const { key, cert } = selfSigned()
    const client = selfSigned()
    const tls = { key, cert, ca: client.cert, requestCert: true, rejectUnauthorized: true }
    await using connections = await startConnections({ to: receiver.ports[protocol], tls })
    using sender = openTo[protocol](connections.port, { tls: { ...client, ca: cert } })
    expect(await sender.send(attempt())).toEqual(delivered)
    // whom the collector does not know
    using stranger = openTo[protocol](connections.port, {
      tls: { ca: cert, key: undefined, cert: undefined },
    })
    expect(await stranger.send(attempt())).toMatchObject({ kind: 'retry' })
  })

  it.each([
    {
      what: 'nobody vouches for',
      server: selfSigned(),
      ca: undefined,
      says: /certificate is not accepted: self.signed/,
    },
    {
      what: 'is for another',
      server: selfSigned('elsewhere.test'),
      ca: 'its own' as const,
      says: /certificate is not accepted: .*localhost/,
    },
  ])('says of a certificate that $what that it is not accepted', async ({ server, ca, says }) => {
    await using receiver = await answering()
    await using connections = await startConnections({ to: receiver.ports[protocol], tls: server })
    using sender = openTo[protocol](connections.port, { tls: { ca: ca === undefined ? ca : server.cert } })
    const answer = await sender.send(attempt())
    expect(answer).toEqual({ kind: 'retry', reason: expect.stringMatching(says) })
  })
})

it.each(['grpc', 'http'] as const)(
  'over %s, nothing is left of an attempt in the signal that would have ended it',
  async (protocol) => {
    await using receiver = await answering()
    using sender = openTo[protocol](receiver.ports[protocol])
    const abort = new AbortController().signal
    expect(await sender.send(attempt({ abort }))).toEqual(delivered)
    expect(getEventListeners(abort, 'abort')).toEqual([])
  },
)

it('one sender over gRPC serves all signals', async () => {
  await using receiver = await openReceiver({ keepItems: true })
  using sender = openTo.grpc(receiver.ports.grpc)
  const empty = {
    traces: { resourceSpans: [] },
    metrics: { resourceMetrics: [] },
    logs: { resourceLogs: [] },
  }
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    expect(await sender.send(attempt({ signal, bytes: encode(signal, empty[signal]) }))).toEqual(delivered)
  }
  expect(receiver.ledger.requests().map(({ signal }) => signal)).toEqual(['traces', 'metrics', 'logs'])
})
