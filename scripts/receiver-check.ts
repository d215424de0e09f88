/**
 * The moving parts of `receiver-check.sh`.
 *
 * `serve DIR`: receivers that write below DIR, and a tee before one of them, until SIGTERM; `DIR/urls.sh` says where.
 * `send OURS COLLECTOR grpc|http`: the same items to both, by the official exporters of JavaScript.
 * `compare DIR`: holds the files against each other, item by item.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import { type LedgerSummary, type OtlpReceiver, openReceiver } from '../src/emulator/receiver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../src/json.ts'
import { itemListsOf } from '../src/otlp/items.ts'
import { type Signal, signals } from '../src/otlp/signals.ts'
import { examples } from '../test/support/otlp-examples.ts'
import { exportItems, makeSdkItems } from '../test/support/otlp-exporters.ts'

const names = ['direct', 'via-grpc', 'via-http', 'via-json'] as const
type Name = (typeof names)[number]

const hostOf = (url: string) => new URL(url).host

/** Hands every request to two servers; the first one's answer counts. */
const startTee = async (first: string, second: string): Promise<string> => {
  const server = createServer(async (request, response) => {
    const body = new Uint8Array(await buffer(request))
    const headers = Object.fromEntries(
      ['content-type', 'content-encoding'].flatMap((name) => {
        const value = request.headers[name]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
    const path = request.url ?? '/'
    const answers = await Promise.all(
      [first, second].map((url) => fetch(url + path, { method: 'POST', headers, body })),
    )
    if (answers[0]?.status !== answers[1]?.status) {
      const [ours, theirs] = answers.map(({ status }) => status)
      process.stdout.write(`FAILED   ${path}: we answer ${ours}, the Collector ${theirs}\n`)
    }
    response.writeHead(answers[0]?.status ?? 500, { 'content-type': headers['content-type'] ?? '' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = async (directory: string) => {
  const opened: Partial<Record<Name, OtlpReceiver>> = {}
  for (const name of names) opened[name] = await openReceiver({ outDir: join(directory, name) })
  const receivers = opened as Record<Name, OtlpReceiver>
  // only to find ports for the Collector that nobody else has
  const ports = await openReceiver({ startClosed: true })
  const collectorHttp = hostOf(ports.httpUrl)
  const tee = await startTee(receivers.direct.httpUrl, `http://${collectorHttp}`)
  const stop = Promise.withResolvers<void>()
  process.on('SIGTERM', stop.resolve)
  const urls = {
    DIRECT_GRPC: hostOf(receivers.direct.grpcUrl),
    DIRECT_HTTP: hostOf(receivers.direct.httpUrl),
    VIA_GRPC: hostOf(receivers['via-grpc'].grpcUrl),
    VIA_HTTP: receivers['via-http'].httpUrl,
    VIA_JSON: receivers['via-json'].httpUrl,
    COLLECTOR_GRPC: hostOf(ports.grpcUrl),
    COLLECTOR_HTTP: collectorHttp,
    COLLECTOR_HEALTH: hostOf(ports.healthUrl),
    TEE_HTTP: tee,
  }
  const lines = Object.entries(urls).map(([name, value]) => `${name}=${value}\n`)
  // whole at once: the shell waits for it
  writeFileSync(join(directory, 'urls.part'), lines.join(''))
  renameSync(join(directory, 'urls.part'), join(directory, 'urls.sh'))
  await stop.promise
  const summaries = Object.entries(receivers).map(([name, { ledger }]) => [name, ledger.summary()])
  for (const receiver of Object.values(receivers)) await receiver[Symbol.asyncDispose]()
  writeFileSync(join(directory, 'summaries.json'), JSON.stringify(Object.fromEntries(summaries)))
}

const postJson = async (url: string, signal: Signal) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(examples[signal]),
  })
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}

const send = async (ours: string, collector: string, way: string) => {
  const items = await makeSdkItems()
  const protocol = way === 'grpc' ? 'grpc' : 'http/protobuf'
  for (const url of [ours, collector]) {
    for (const compression of ['none', 'gzip'] as const)
      await exportItems(items, { protocol, url, compression })
    if (way === 'http') for (const signal of signals) await postJson(url, signal)
  }
}

/** One text for each item, with all that it belongs to, whatever the order of keys. */
const sorted = (value: JsonValue | undefined): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value ?? null
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}

const requestsIn = (path: string): readonly JsonObject[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const itemsIn = (path: string, signal: Signal): readonly string[] =>
  requestsIn(path)
    .flatMap((request) => itemListsOf(signal, request))
    .flatMap(({ resourceEntry, scopeEntry, metric, items }) => {
      const { resource = {}, schemaUrl: resourceSchemaUrl = '' } = resourceEntry
      const { scope = {}, schemaUrl = '' } = scopeEntry
      const data = metric && (metric.body[metric.kind] as JsonObject)
      const ofMetric = metric ? { ...metric.body, [metric.kind]: { ...data, dataPoints: [] } } : {}
      return items.map((item) =>
        JSON.stringify(sorted({ resource, resourceSchemaUrl, scope, schemaUrl, metric: ofMetric, item })),
      )
    })
    .toSorted()

const servicesIn = (items: readonly string[]) => {
  const services = items.map(
    (item) => /"service.name","value":{"stringValue":"([^"]*)"/.exec(item)?.[1] ?? '?',
  )
  const counts = Object.entries(Object.groupBy(services, (service) => service))
  return counts.map(([service, found]) => `${service} ${found?.length}`).join(', ')
}

const compare = (directory: string): boolean => {
  let isRight = true
  for (const signal of signals) {
    const file = (name: string) => join(directory, name, `${signal}.jsonl`)
    const theirs = itemsIn(file('collector'), signal)
    const lines = new Set(readFileSync(file('collector'), 'utf8').split('\n'))
    const ours = readFileSync(file('direct'), 'utf8').split('\n').slice(0, -1)
    const same = ours.filter((line) => lines.has(line)).length
    process.stdout.write(
      `${signal}: ${theirs.length} items (${servicesIn(theirs)}); ${same} of ${ours.length} lines are the Collector's, byte for byte\n`,
    )
    for (const name of names) {
      const found = itemsIn(file(name), signal)
      const isSame = theirs.length > 0 && isDeepStrictEqual(found, theirs)
      isRight &&= isSame
      process.stdout.write(`${isSame ? 'ok      ' : 'FAILED  '} ${name.padEnd(9)} ${found.length} items\n`)
      if (isSame) continue
      const missing = theirs.filter((item) => !found.includes(item))
      const surplus = found.filter((item) => !theirs.includes(item))
      process.stdout.write(
        `         the Collector's: ${missing[0]}\n         ours:            ${surplus[0]}\n`,
      )
    }
  }
  const summaries: Readonly<Record<string, LedgerSummary>> = JSON.parse(
    readFileSync(join(directory, 'summaries.json'), 'utf8'),
  )
  for (const [name, { signals: counts }] of Object.entries(summaries)) {
    for (const [signal, { malformedItems, malformedRequests, refused, malformedReasons }] of Object.entries(
      counts,
    )) {
      if (malformedItems === 0 && malformedRequests === 0 && Object.keys(refused).length === 0) continue
      isRight = false
      process.stdout.write(`FAILED   ${name} ${signal}: ${JSON.stringify({ refused, malformedReasons })}\n`)
    }
  }
  return isRight
}

const [what, ...args] = process.argv.slice(2)
if (what === 'serve') await serve(args[0] ?? '.')
else if (what === 'send') await send(args[0] ?? '', args[1] ?? '', args[2] ?? '')
else if (!compare(args[0] ?? '.')) process.exitCode = 1
