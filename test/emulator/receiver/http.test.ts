import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { encode } from '../../support/otlp-client.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json'
const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] }
const mebibyte = 2 ** 20
const largest = 20 * mebibyte

interface Sent {
  readonly body?: string | Buffer
  readonly type?: string
  readonly encoding?: string
  readonly method?: string
  readonly path?: string
}

const post = async (
  url: string,
  { body = JSON.stringify(request), type = json, encoding, method = 'POST', path = '/v1/logs' }: Sent,
) => {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  }
}

it.each([
  { what: 'protobuf', type: protobuf, body: encode('logs', request), answer: '' },
  { what: 'JSON', type: json, body: JSON.stringify(request), answer: '{}' },
  {
    what: 'JSON with a charset',
    type: `${json}; charset=utf-8`,
    body: JSON.stringify(request),
    answer: '{}',
  },
  {
    what: 'gzipped protobuf',
    type: protobuf,
    body: gzipSync(encode('logs', request)),
    encoding: 'gzip',
    answer: '',
  },
  { what: 'an empty request as protobuf', type: protobuf, body: Buffer.alloc(0), answer: '', items: 0 },
  { what: 'an empty request as JSON', type: json, body: '{}', answer: '{}', items: 0 },
])('takes $what and answers in kind', async ({ type, body, encoding, answer, items = 1 }) => {
  await using receiver = await openReceiver()
  const response = await post(receiver.httpUrl, { type, body, ...(encoding && { encoding }) })
  expect(response.status).toBe(200)
  expect(response.type).toBe(type.split(';')[0])
  expect(response.body.toString()).toBe(answer)
  expect(receiver.ledger.counts('logs')).toMatchObject({ requests: 1, items })
})

const gzipBomb = gzipSync(Buffer.alloc(2 * largest))

it.each([
  {
    what: 'garbage as protobuf',
    type: protobuf,
    body: Buffer.from('<html>no</html>'),
    status: 400,
    says: /not protobuf/,
  },
  {
    what: 'protobuf that is cut',
    type: protobuf,
    body: encode('logs', request).subarray(0, -2),
    status: 400,
    says: /not protobuf/,
  },
  { what: 'garbage as JSON', type: json, body: '{', status: 400, says: /not JSON/ },
  {
    what: 'a wrong value in JSON',
    type: json,
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 5 }] }] }] }),
    status: 400,
    says: /resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.severityText: expected a string, got 5 \(number\)/,
  },
  {
    what: 'a body that is not gzip',
    type: json,
    body: '{}',
    encoding: 'gzip',
    status: 400,
    says: /not gzip/,
  },
  { what: 'another content type', type: 'text/plain', body: 'x', status: 415, says: /text\/plain/ },
  { what: 'another encoding', type: json, body: 'x', encoding: 'br', status: 415, says: /br/ },
  { what: 'another method', type: json, method: 'GET', status: 405, says: /only POST/ },
  { what: 'another path', type: json, path: '/', status: 404, says: /v1\/traces/ },
  {
    what: 'a body over 20 MiB',
    type: protobuf,
    body: Buffer.alloc(largest + 1),
    status: 413,
    says: /20971520/,
  },
  {
    what: 'a body that unpacks to more',
    type: protobuf,
    body: gzipBomb,
    encoding: 'gzip',
    status: 413,
    says: /20971520/,
  },
] as ({ what: string; type: string; status: number; says: RegExp } & Sent)[])(
  'refuses $what with $status and a google.rpc.Status',
  async ({ status, says, ...sent }) => {
    await using receiver = await openReceiver()
    const response = await post(receiver.httpUrl, sent)
    expect(response.status).toBe(status)
    expect(response.type).toBe(sent.type === protobuf ? protobuf : json)
    if (response.type === json) expect(JSON.parse(response.body.toString()).message).toMatch(says)
    else expect(response.body.toString()).toMatch(says)
    // and the connection is as good as before
    expect((await post(receiver.httpUrl, {})).status).toBe(200)
    expect(receiver.ledger.counts('logs')).toMatchObject({ requests: 1, items: 1 })
  },
)

it('tells what is wrong with a bad request as the specification asks for', async () => {
  await using receiver = await openReceiver()
  const response = await post(receiver.httpUrl, { body: '{"resourceLogs":7}' })
  expect(JSON.parse(response.body.toString())).toEqual({
    code: 3,
    message: 'not OTLP JSON of logs: resourceLogs: expected a list, got 7 (number)',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [
          {
            field: 'resourceLogs',
            description: 'not OTLP JSON of logs: resourceLogs: expected a list, got 7 (number)',
          },
        ],
      },
    ],
  })
})

it('names what helps a client that asks for the wrong thing', async () => {
  await using receiver = await openReceiver()
  expect((await post(receiver.httpUrl, { method: 'PUT' })).headers.get('allow')).toBe('POST')
  const unpacked = await post(receiver.httpUrl, { encoding: 'zstd' })
  expect(unpacked.headers.get('accept-encoding')).toBe('gzip, deflate, identity')
  await post(receiver.httpUrl, { path: '/' })
  await post(receiver.httpUrl, { path: '/v1/profiles' })
  await post(receiver.httpUrl, { path: '/' })
  expect(receiver.ledger.summary()).toMatchObject({
    strayRequests: { 'POST /': 2, 'POST /v1/profiles': 1 },
    signals: { logs: { refused: { 'http 405': 1, 'http 415': 1 } } },
  })
})

it('takes a request of 20 MiB', async () => {
  await using receiver = await openReceiver()
  const empty = encode('logs', { resourceLogs: [{ schemaUrl: '' }] }).byteLength
  const schemaUrl = 'x'.repeat(largest - empty - 16)
  const response = await post(receiver.httpUrl, {
    type: protobuf,
    body: encode('logs', { resourceLogs: [{ schemaUrl }] }),
  })
  expect(response.status).toBe(200)
})

it('serves below a path of a gateway, and only there', async () => {
  await using receiver = await openReceiver({ basePath: '/otlp' })
  expect((await post(receiver.httpUrl, { path: '/otlp/v1/logs' })).status).toBe(200)
  expect((await post(receiver.httpUrl, {})).status).toBe(404)
})

it('has a health page while it is open', async () => {
  await using receiver = await openReceiver()
  const response = await fetch(receiver.healthUrl)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'Server available' })
  expect((await fetch(new URL('/', receiver.healthUrl))).status).toBe(404)
  expect((await fetch(receiver.healthUrl, { method: 'POST' })).status).toBe(405)
  await receiver.close()
  await expect(fetch(receiver.healthUrl)).rejects.toThrow()
})
