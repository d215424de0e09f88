import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Answer, openReceiver } from '../../../src/emulator/receiver.ts'
import { connectGrpc, encode } from '../../support/otlp-client.ts'

const record = (text: string) => ({ body: { stringValue: text } })
const logs = (...texts: readonly string[]) => ({
  resourceLogs: [{ scopeLogs: [{ logRecords: texts.map(record) }] }],
})
const body = encode('logs', logs('a', 'b', 'c'))
const unavailable = 14

const post = (url: string, type = 'application/x-protobuf', sent: string | Buffer = body) =>
  fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof sent === 'string' ? sent : new Uint8Array(sent),
  })

const codeOf = (error: unknown) => ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code

/** A receiver that answers with these in turn, then accepts. */
const answering = (...answers: readonly Answer[]) =>
  openReceiver({ keepItems: true, decide: ({ index }) => answers[index] ?? { kind: 'accept' } })

const bodies = (receiver: Awaited<ReturnType<typeof answering>>) =>
  receiver.ledger.logs().map(({ body: text }) => text)

it('takes a part and says how much it refused, over HTTP and gRPC', async () => {
  const partial: Answer = { kind: 'partial', rejectedItems: 2, message: 'too old' }
  await using receiver = await answering(partial, partial, partial)
  using client = connectGrpc(receiver.grpcUrl)
  const told = { rejectedLogRecords: '2', errorMessage: 'too old' }
  expect(await client.export('logs', body)).toMatchObject({ code: 0, response: { partialSuccess: told } })
  const answer = await post(receiver.httpUrl, 'application/json', JSON.stringify(logs('d', 'e', 'f')))
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ partialSuccess: told })
  expect((await post(receiver.httpUrl)).status).toBe(200)
  expect(bodies(receiver)).toEqual(['a', 'd', 'a'])
  expect(receiver.ledger.counts('logs')).toMatchObject({
    requests: 3,
    items: 3,
    duplicates: 1,
    rejectedItems: 6,
  })
})

it('warns without refusing anything', async () => {
  await using receiver = await answering({ kind: 'partial', rejectedItems: 0, message: 'soon to be gone' })
  const answer = await post(receiver.httpUrl, 'application/json', JSON.stringify(logs('a')))
  expect(await answer.json()).toEqual({
    partialSuccess: { rejectedLogRecords: '0', errorMessage: 'soon to be gone' },
  })
  expect(bodies(receiver)).toEqual(['a'])
})

it('throttles over HTTP, in whole seconds', async () => {
  await using receiver = await answering(
    { kind: 'refuse', httpStatus: 429, grpcStatus: 8, message: 'slow down', retryAfterMs: 1_001 },
    { kind: 'refuse', httpStatus: 503, grpcStatus: unavailable, message: 'gone' },
  )
  const throttled = await post(receiver.httpUrl, 'application/json')
  expect(throttled.status).toBe(429)
  expect(throttled.headers.get('retry-after')).toBe('2')
  expect(await throttled.json()).toEqual({
    code: 8,
    message: 'slow down',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.001s' }],
  })
  const refused = await post(receiver.httpUrl, 'application/json')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe(null)
  expect(receiver.ledger.counts('logs')).toMatchObject({
    requests: 0,
    items: 0,
    refused: { 'http 429': 1, 'http 503': 1 },
  })
})

it('throttles over gRPC with RetryInfo, which makes RESOURCE_EXHAUSTED retryable', async () => {
  await using receiver = await answering(
    { kind: 'refuse', httpStatus: 429, grpcStatus: 8, message: 'slow down', retryAfterMs: 2_500 },
    { kind: 'refuse', httpStatus: 503, grpcStatus: unavailable, message: 'gone' },
  )
  using client = connectGrpc(receiver.grpcUrl)
  const throttled = await client.export('logs', body)
  expect(throttled).toMatchObject({ code: 8, message: 'slow down' })
  // RetryInfo { retry_delay: Duration { seconds = 1: 2, nanos = 2: 500,000,000 } }, in an Any of that name
  expect(throttled.details?.toString('latin1')).toContain('type.googleapis.com/google.rpc.RetryInfo')
  expect(throttled.details?.toString('hex')).toMatch(/120a0a0808021080cab5ee01$/)
  expect(await client.export('logs', body)).toMatchObject({ code: unavailable, message: 'gone' })
  expect(receiver.ledger.counts('logs').refused).toEqual({
    'grpc RESOURCE_EXHAUSTED': 1,
    'grpc UNAVAILABLE': 1,
  })
})

it('resets connections, before it takes a request or after', async () => {
  await using receiver = await answering(
    { kind: 'reset' },
    { kind: 'accept', thenReset: true },
    { kind: 'reset' },
    { kind: 'accept', thenReset: true },
  )
  using client = connectGrpc(receiver.grpcUrl)
  for (const _ of [1, 2]) expect(await client.export('logs', body)).toMatchObject({ code: unavailable })
  for (const _ of [1, 2]) {
    expect(await post(receiver.httpUrl).catch(codeOf)).toBe('ECONNRESET')
  }
  expect(receiver.ledger.counts('logs')).toMatchObject({
    requests: 2,
    unanswered: 2,
    items: 6,
    duplicates: 3,
    refused: { reset: 2 },
  })
  expect(await client.export('logs', body)).toMatchObject({ code: 0 })
})

it('never answers, until it is closed', async () => {
  await using receiver = await answering({ kind: 'hang' }, { kind: 'hang' })
  using client = connectGrpc(receiver.grpcUrl)
  const hanging = [client.export('logs', body), post(receiver.httpUrl).catch(codeOf)]
  while ((receiver.ledger.counts('logs').refused.hang ?? 0) < 2) await setTimeout(1)
  const answered = Promise.race(hanging)
  expect(await Promise.race([answered, setTimeout(50, 'nothing')])).toBe('nothing')
  await receiver.close()
  expect(await Promise.all(hanging)).toMatchObject([{ code: unavailable }, 'ECONNRESET'])
  expect(receiver.ledger.counts('logs')).toMatchObject({ requests: 0, refused: { hang: 2 } })
})

it('answers late, but takes at once', async () => {
  await using receiver = await answering(
    { kind: 'accept', delayMs: 60_000 },
    { kind: 'refuse', httpStatus: 503, grpcStatus: unavailable, message: 'busy', delayMs: 20 },
  )
  const late = post(receiver.httpUrl).catch(codeOf)
  while (receiver.ledger.counts('logs').items < 3) await setTimeout(1)
  expect((await post(receiver.httpUrl)).status).toBe(503)
  expect(await Promise.race([late, setTimeout(20, 'still waiting')])).toBe('still waiting')
  await receiver.close()
  expect(await late).toBe('ECONNRESET')
})

it('goes down and comes up again on the same ports, and forgets nothing', async () => {
  await using receiver = await openReceiver({ keepItems: true })
  using client = connectGrpc(receiver.grpcUrl)
  expect((await client.export('logs', body)).code).toBe(0)
  await receiver.close()
  await receiver.close()
  expect(receiver.isOpen()).toBe(false)
  expect(await post(receiver.httpUrl).catch(codeOf)).toBe('ECONNREFUSED')
  expect((await client.export('logs', body)).code).toBe(unavailable)
  await receiver.open()
  expect(receiver.isOpen()).toBe(true)
  expect((await post(receiver.httpUrl)).status).toBe(200)
  using another = connectGrpc(receiver.grpcUrl)
  expect((await another.export('logs', encode('logs', logs('later')))).code).toBe(0)
  expect(bodies(receiver)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'later'])
  expect(receiver.ledger.counts('logs')).toMatchObject({ requests: 3, items: 7, duplicates: 3 })
})

it('has its ports before it listens', async () => {
  await using receiver = await openReceiver({ startClosed: true })
  expect(receiver.isOpen()).toBe(false)
  expect(await post(receiver.httpUrl).catch(codeOf)).toBe('ECONNREFUSED')
  await receiver.open()
  expect((await post(receiver.httpUrl)).status).toBe(200)
})

it('says which port is taken, and opens none of the others', async () => {
  await using first = await openReceiver()
  await using second = await openReceiver({ startClosed: true })
  const ports = { ...second.ports, http: first.ports.http }
  await expect(openReceiver({ ports })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    exitStatus: 64,
    message: expect.stringMatching(
      new RegExp(`^port ${ports.http} of 127\\.0\\.0\\.1 .* OTLP over HTTP: .*--ports auto`),
    ),
  })
  await second.open()
  expect((await post(second.httpUrl)).status).toBe(200)
})

it('tells what it was asked, and in which order', async () => {
  const asked: string[] = []
  const taken: number[] = []
  await using receiver = await openReceiver({
    decide: ({ signal, transport, index }) => {
      asked.push(`${signal} ${index} ${transport}`)
      return { kind: 'accept' }
    },
    onRequest: (_, accepted) => taken.push(accepted),
  })
  using client = connectGrpc(receiver.grpcUrl)
  await client.export('logs', body)
  await client.export('traces', Buffer.alloc(0))
  await post(receiver.httpUrl)
  await post(receiver.httpUrl, undefined, Buffer.from('<'))
  expect(asked).toEqual(['logs 0 grpc', 'traces 0 grpc', 'logs 1 http', 'logs 2 http'])
  expect(taken).toEqual([3, 0, 3, 0])
})

it('answers a fault of whoever decides with an internal error', async () => {
  await using receiver = await openReceiver({
    decide: () => {
      throw new Error('undecided')
    },
  })
  using client = connectGrpc(receiver.grpcUrl)
  expect(await client.export('logs', body)).toMatchObject({ code: 13, message: 'Error: undecided' })
  expect((await post(receiver.httpUrl)).status).toBe(500)
})

it('is what it was told last, however fast it was told', async () => {
  await using receiver = await openReceiver()
  await Promise.all([receiver.close(), receiver.open(), receiver.close(), receiver.open()])
  expect((await post(receiver.httpUrl)).status).toBe(200)
  await Promise.all([receiver.open(), receiver.close()])
  expect(await post(receiver.httpUrl).catch(codeOf)).toBe('ECONNREFUSED')
  await receiver[Symbol.asyncDispose]()
})
