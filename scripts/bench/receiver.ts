/**
 * What the emulator's receiver takes: a process of its own, to which this one sends requests that were encoded before,
 * of spans, metric points and log records that never repeat, over gRPC and HTTP, from memory to files on disk.
 *
 * `node scripts/bench/receiver.ts [SECONDS]`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openReceiver } from '../../src/emulator/receiver.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { connectGrpc, encode } from '../../test/support/otlp-client.ts'

const itemsPerRequest = 512
const targetItemsPerSecond = 20_000
const inFlight = 4

interface Reading {
  readonly cpuMs: number
  readonly rssBytes: number
  readonly items: number
  readonly duplicates: number
}

const serve = async () => {
  const outDir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const receiver = await openReceiver({ outDir })
  process.send?.({ grpcUrl: receiver.grpcUrl, httpUrl: receiver.httpUrl })
  process.on('message', async (message) => {
    if (message === 'end') {
      await receiver[Symbol.asyncDispose]()
      rmSync(outDir, { recursive: true })
      process.disconnect()
      return
    }
    const { user, system } = process.cpuUsage()
    const counts = signals.map((signal) => receiver.ledger.counts(signal))
    process.send?.({
      cpuMs: (user + system) / 1_000,
      rssBytes: process.memoryUsage.rss(),
      items: counts.reduce((sum, { items }) => sum + items, 0),
      duplicates: counts.reduce((sum, { duplicates }) => sum + duplicates, 0),
    } satisfies Reading)
  })
}

const attributes = (n: number) => [
  { key: 'taskbeat.run_id', value: { stringValue: '0f8fad5b-d9cb-469f-a165-70867728950e' } },
  { key: 'taskbeat.attempt', value: { intValue: '1' } },
  { key: 'training.step', value: { intValue: String(n) } },
  { key: 'training.loss', value: { doubleValue: 1 / (n + 1) } },
  { key: 'file.name', value: { stringValue: `output_result_${n}/sample_file_0.txt` } },
]
const resource = {
  attributes: ['service.name', 'service.version', 'host.name', 'os.type', 'nvct.task.id'].map((key) => ({
    key,
    value: { stringValue: `value of ${key}` },
  })),
}
const scope = { name: 'bench', version: '1' }
const traceId = randomBytes(16)

const nanos = (n: number) => String(1_700_000_000_000_000_000n + BigInt(n) * 1_000n)

const makeItems: Readonly<Record<Signal, (first: number) => object>> = {
  traces: (first) => {
    const spans = Array.from({ length: itemsPerRequest }, (_, index) => {
      const times = { startTimeUnixNano: nanos(first + index), endTimeUnixNano: nanos(first + index + 5) }
      const ids = { traceId, spanId: randomBytes(8), parentSpanId: randomBytes(8) }
      return { ...ids, ...times, name: 'training.step', kind: 1, attributes: attributes(first + index) }
    })
    return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }
  },
  metrics: (first) => {
    const dataPoints = Array.from({ length: itemsPerRequest }, (_, index) => ({
      ...{ timeUnixNano: nanos(first + index), asDouble: index, attributes: attributes(index) },
    }))
    return {
      resourceMetrics: [
        { resource, scopeMetrics: [{ scope, metrics: [{ name: 'loss', gauge: { dataPoints } }] }] },
      ],
    }
  },
  logs: (first) => {
    const logRecords = Array.from({ length: itemsPerRequest }, (_, index) => ({
      ...{ timeUnixNano: nanos(first + index), severityNumber: 9, severityText: 'INFO', traceId },
      ...{
        spanId: randomBytes(8),
        body: { stringValue: 'step done' },
        attributes: attributes(first + index),
      },
    }))
    return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }
  },
}

interface Prepared {
  readonly signal: Signal
  readonly body: Buffer
}

let made = 0
const prepare = (requests: number): readonly Prepared[] =>
  Array.from({ length: requests }, () => {
    const signal = signals[made % 3] ?? 'traces'
    made += 1
    return { signal, body: encode(signal, makeItems[signal](made * itemsPerRequest)) }
  })

type Send = (prepared: Prepared) => Promise<void>

const overHttp = (url: string): Send => {
  const agent = new Agent({ keepAlive: true })
  return async ({ signal, body }) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.byteLength }
    const sent = httpRequest(`${url}/v1/${signal}`, { method: 'POST', agent, headers }).end(body)
    const [response] = await once(sent, 'response')
    response.resume()
    await once(response, 'end')
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
  }
}

const overGrpc = (url: string): Send => {
  const client = connectGrpc(url)
  return async ({ signal, body }) => {
    const { code, message } = await client.export(signal, body)
    if (code !== 0) throw new Error(`status ${code}: ${message}`)
  }
}

/** Sends all, no faster than `itemsPerSecond`; resolves to the milliseconds that it took. */
const sendAll = async (requests: readonly Prepared[], send: Send, itemsPerSecond: number) => {
  const startMs = performance.now()
  let next = 0
  const lane = async () => {
    for (;;) {
      const index = next
      next += 1
      const prepared = requests[index]
      if (prepared === undefined) return
      const earlyMs = startMs + (index * itemsPerRequest * 1_000) / itemsPerSecond - performance.now()
      if (earlyMs > 0) await setTimeout(earlyMs)
      await send(prepared)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return performance.now() - startMs
}

const read = async (child: ChildProcess): Promise<Reading> => {
  child.send('read')
  const [reading] = await once(child, 'message')
  return reading
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`

const measure = async (seconds: number) => {
  const child = fork(import.meta.filename, ['--serve'])
  const [urls] = await once(child, 'message')
  const ways = { gRPC: overGrpc(urls.grpcUrl), HTTP: overHttp(urls.httpUrl) }
  process.stdout.write(row(['receiver', 'items/s', 'CPU of one core, %', 'RSS, MB', 'items', 'duplicates']))
  process.stdout.write(row(['---', '---', '---', '---', '---', '---']))
  // the code of both sides is compiled before anything is measured
  for (const send of Object.values(ways)) await sendAll(prepare(60), send, Number.POSITIVE_INFINITY)
  for (const [way, send] of Object.entries(ways)) {
    for (const itemsPerSecond of [targetItemsPerSecond, Number.POSITIVE_INFINITY]) {
      const rate = Number.isFinite(itemsPerSecond) ? itemsPerSecond : 3 * targetItemsPerSecond
      const requests = prepare(Math.ceil((rate * seconds) / itemsPerRequest))
      const before = await read(child)
      const tookMs = await sendAll(requests, send, itemsPerSecond)
      const after = await read(child)
      const items = after.items - before.items
      const pace = Number.isFinite(itemsPerSecond) ? `at ${itemsPerSecond}/s` : 'flat out'
      process.stdout.write(
        row([
          `${way}, ${pace}`,
          Math.round((items / tookMs) * 1_000),
          Math.round(((after.cpuMs - before.cpuMs) / tookMs) * 100),
          Math.round(after.rssBytes / 1e6),
          after.items,
          after.duplicates,
        ]),
      )
    }
  }
  child.send('end')
  await once(child, 'exit')
}

if (process.argv[2] === '--serve') await serve()
else {
  await measure(Number(process.argv[2] ?? 5))
  // idle connections of the clients would keep this process
  process.exit()
}
