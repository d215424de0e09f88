/**
 * A task under the emulator, and what arrived of it: `triton-check.ts emulate DIR COMMAND…` keeps both in DIR,
 * `triton-check.ts FACT DIR` says whether that is so.
 */
import assert from 'node:assert/strict'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { startEmulation } from '../src/emulator/emulate.ts'
import type { ReceivedSpan, RequestFacts } from '../src/emulator/receiver.ts'
import type { Report } from '../src/emulator/report.ts'

interface Seen {
  readonly report: Report
  readonly spans: readonly ReceivedSpan[]
  readonly requests: readonly RequestFacts[]
}

const emulate = async (directory: string, command: readonly string[]) => {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal))
  const log = createWriteStream(`${directory}/log`)
  const { report, ledger } = await startEmulation({
    task: { command },
    environment: process.env,
    // the only one that Triton speaks
    protocols: { traces: 'http', metrics: 'grpc', logs: 'grpc' },
    timeScale: 10,
    keepItems: true,
    stdout: log,
    stderr: log,
    stop: stop.signal,
  })
  const seen: Seen = { report: await report, spans: ledger.spans(), requests: ledger.requests() }
  log.end()
  await finished(log)
  writeFileSync(`${directory}/seen.json`, JSON.stringify(seen))
}

const isClient = ({ json }: ReceivedSpan) => json.kind === 3
const childrenOf = (spans: readonly ReceivedSpan[], { spanId }: ReceivedSpan) =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId)

/** `a(b,c(d))`: the names of a span and of those below it. */
const treeText = (spans: readonly ReceivedSpan[], span: ReceivedSpan): string => {
  const below = childrenOf(spans, span).map((child) => treeText(spans, child))
  return below.length === 0 ? span.name : `${span.name}(${below.toSorted().join(',')})`
}

/** `generate`, `infer` or `ModelInfer`: how a client asked. */
const wayOf = ({ name, attributes }: ReceivedSpan) =>
  String(attributes['url.full'] ?? name)
    .split(/[ /]/)
    .at(-1)

const pythonBackend = 'python_backend_execute(proxy_inference_callable(pytriton-batch-decorator-span))'
const request = `InferRequest(passthrough(compute,${pythonBackend}))`

/** How often a client asked, in a way. */
const asked: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'python evaluation': { generate: 1, infer: 1, ModelInfer: 6 },
  'evaluate checkpoint-1': { generate: 3, infer: 3, ModelInfer: 3 },
  'evaluate checkpoint-2': { generate: 3, infer: 3, ModelInfer: 3 },
}

const taskOf = (spans: readonly ReceivedSpan[]) => {
  const tasks = spans.filter(({ name }) => name === 'taskbeat.task')
  assert.equal(tasks.length, 1, 'spans of the task')
  return tasks[0] as ReceivedSpan
}

/** Triton reads past the end of a `traceparent` that came over gRPC, and then does not know it for one. */
const lostOf = (spans: readonly ReceivedSpan[]) =>
  spans.filter(
    (span) => isClient(span) && wayOf(span) === 'ModelInfer' && childrenOf(spans, span).length === 0,
  )

const facts: Readonly<Record<string, (seen: Seen) => void>> = {
  flawless: ({ report }) => {
    assert.deepEqual(report.findings, [])
    assert.equal(report.verdict, 'COMPLETED')
    assert.equal(report.received.orphanSpans.count, 0)
    assert.equal(report.received.unendedSpans.count, 0)
    assert.deepEqual(Object.keys(report.received.strayRequests), [])
  },
  'one-trace': ({ spans }) => {
    const { traceId, parentSpanId } = taskOf(spans)
    assert.equal(parentSpanId, '')
    const strange = spans.filter((span) => span.traceId !== traceId && span.parentSpanId === '')
    // at rate 0 Triton traces no request that brought nothing, but PyTriton traces them all
    assert.deepEqual(
      strange.map((root) => treeText(spans, root)),
      lostOf(spans).map(() => pythonBackend),
    )
    const roots = spans.filter((span) => span.traceId === traceId && span.parentSpanId === '')
    assert.equal(roots.length, 1)
  },
  nested: ({ spans }) => {
    const task = taskOf(spans)
    const lost = lostOf(spans)
    const served = { HTTP: 0, GRPC: 0 }
    for (const [name, counts] of Object.entries(asked)) {
      const [parent, ...others] = childrenOf(spans, task).filter((span) => span.name === name)
      assert.ok(parent && others.length === 0, `${name} is not once below the span of the task`)
      const clients = childrenOf(spans, parent)
      assert.ok(clients.every(isClient), `${name} has other children than clients`)
      for (const [way, count] of Object.entries(counts)) {
        const some = clients.filter((client) => wayOf(client) === way)
        assert.equal(some.length, count, `${name} asked by ${way}`)
        const answered = some.filter((client) => !lost.includes(client))
        for (const client of answered) {
          const [infer, ...more] = childrenOf(spans, client)
          assert.ok(infer && more.length === 0, `${way} has ${more.length + 1} children`)
          assert.equal(treeText(spans, infer), request)
          const transport = way === 'ModelInfer' ? 'GRPC' : 'HTTP'
          served[transport] += 1
          assert.ok(infer.events.some((event) => event.name.startsWith(`${transport}_`)))
        }
      }
    }
    const overGrpc = spans.filter((span) => isClient(span) && wayOf(span) === 'ModelInfer')
    for (const [scope, clients = []] of Object.entries(Object.groupBy(overGrpc, ({ scope }) => scope)))
      assert.ok(
        clients.some((client) => !lost.includes(client)),
        `${scope}: Triton lost them all`,
      )
    const { length } = spans.filter(({ name }) => name === 'InferRequest')
    assert.equal(length, served.HTTP + served.GRPC, 'requests beside those of the clients')
    process.stdout.write(`served over HTTP ${served.HTTP}, over gRPC ${served.GRPC}\n`)
  },
  correlated: ({ spans }) => {
    const keys = spans.map(({ resource, attributes }) => ({ ...resource, ...attributes }))
    const runId = taskOf(spans).attributes['taskbeat.run_id']
    assert.ok(typeof runId === 'string' && runId !== '')
    for (const [index, all] of keys.entries()) {
      const name = spans[index]?.name
      assert.equal(all['taskbeat.run_id'], runId, `taskbeat.run_id of ${name}`)
      assert.equal(String(all['taskbeat.attempt']), '1', `taskbeat.attempt of ${name}`)
    }
    const services = new Set(keys.map((all) => all['service.name']))
    assert.ok(services.has('triton') && services.has('evaluation'), [...services].join(', '))
  },
  forms: ({ requests }) => {
    const formsOf = (agent: string) => [
      ...new Set(
        requests
          .filter(({ headers }) => headers['user-agent']?.startsWith(agent))
          .map(({ headers }) => headers['content-type']),
      ),
    ]
    assert.deepEqual(formsOf('OTel-OTLP-Exporter-Cpp/'), ['application/json'])
    assert.deepEqual(formsOf('OTel-OTLP-Exporter-Python/'), ['application/x-protobuf'])
  },
}

const [what = '', directory = '', ...command] = process.argv.slice(2)
if (what === 'emulate') await emulate(directory, command)
else {
  const fact = facts[what]
  if (!fact) throw new Error(`no fact '${what}'`)
  fact(JSON.parse(readFileSync(`${directory}/seen.json`, 'utf8')))
}
