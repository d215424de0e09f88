import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { loadPackageDefinition, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { expect, it } from 'vitest'
import yaml from 'yaml'
import { startReceiver } from '../support/otlp-receiver.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const sample = 'samples/triton'

interface InferCall {
  readonly metadata: { readonly get: (key: string) => readonly unknown[] }
  readonly request: { readonly modelName: string; readonly rawInputContents: readonly Buffer[] }
}

/** What answers as Triton does with the model of the sample, and remembers with which trace it was asked. */
const startTriton = async (answerOf: (value: number) => number) => {
  const asked: { readonly way: string; readonly traceparent: string }[] = []
  const http = createServer(async (request, response) => {
    const body = (await json(request)) as { sleep: number; inputs: { data: number[] }[] }
    const way = request.url?.split('/').at(-1) ?? ''
    asked.push({ way, traceparent: String(request.headers.traceparent) })
    const value = answerOf(Math.fround(body.sleep ?? body.inputs[0]?.data[0]))
    const output = { name: 'sleep', datatype: 'FP32', shape: [1, 1], data: [value] }
    const isKnown = request.url === `/v2/models/passthrough/${way}`
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(way === 'generate' ? { sleep: value } : { outputs: [output] }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const grpc = new Server()
  const { inference } = loadPackageDefinition(loadSync(`${sample}/inference.proto`)) as unknown as {
    readonly inference: { readonly GRPCInferenceService: { readonly service: ServiceDefinition } }
  }
  grpc.addService(inference.GRPCInferenceService.service, {
    modelInfer: (
      { metadata, request }: InferCall,
      respond: (error: null, response: { rawOutputContents: Buffer[] }) => void,
    ) => {
      asked.push({ way: 'ModelInfer', traceparent: String(metadata.get('traceparent')[0]) })
      const output = Buffer.alloc(4)
      output.writeFloatLE(answerOf(request.rawInputContents[0]?.readFloatLE() ?? Number.NaN))
      respond(null, { rawOutputContents: request.modelName === 'passthrough' ? [output] : [] })
    },
  })
  const port = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return {
    asked,
    httpUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    grpcTarget: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      http.close()
      grpc.forceShutdown()
    },
  }
}

const traceId = '0af7651916cd43dd8448eb211c80319c'
const taskSpanId = 'b7ad6b7169203331'

/** The evaluation of two checkpoints, with two samples each, as `taskbeat run` would start it. */
const evaluate = async (answerOf: (value: number) => number) => {
  await using dir = await temporaryDirectory()
  await using receiver = await startReceiver()
  await using triton = await startTriton(answerOf)
  const checkpoints = ['checkpoint-1', 'checkpoint-2'].map((name) => join(dir.path, name))
  for (const checkpoint of checkpoints) {
    await mkdir(checkpoint)
    await writeFile(join(checkpoint, 'samples.json'), '[0, 0.1]')
  }
  const events = join(dir.path, 'events')
  await promisify(execFile)(process.execPath, [`${sample}/evaluate.ts`, ...checkpoints], {
    env: {
      TRACEPARENT: `00-${traceId}-${taskSpanId}-01`,
      TASKBEAT_EVENTS: events,
      OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.run_id=run-7',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.httpUrl}/v1/traces`,
      TRITON_HTTP_URL: triton.httpUrl,
      TRITON_GRPC_TARGET: triton.grpcTarget,
    },
  })
  const lines = (await readFile(events, 'utf8')).trimEnd().split('\n')
  return {
    lines: lines.map((line) => JSON.parse(line)),
    spans: receiver.received.spans,
    asked: triton.asked,
    checkpoints,
  }
}

it('each request of the evaluation has a client span, which Triton is told of, in the trace of the task', async () => {
  const { spans, asked } = await evaluate((value) => value)
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
  expect(new Set(spans.map((span) => span.resource['taskbeat.run_id']))).toEqual(new Set(['run-7']))
  const evaluations = spans.filter(({ parentSpanId }) => parentSpanId === taskSpanId)
  expect(evaluations.map(({ name, attributes }) => [name, attributes['taskbeat.checkpoint']])).toEqual([
    ['evaluate checkpoint-1', 'checkpoint-1'],
    ['evaluate checkpoint-2', 'checkpoint-2'],
  ])
  const clients = evaluations.flatMap(({ spanId }) => spans.filter((span) => span.parentSpanId === spanId))
  expect(clients.every(({ json }) => json.kind === 3)).toBe(true)
  expect(spans).toHaveLength(evaluations.length + clients.length)
  const told = asked.map(({ way, traceparent }) => [way, traceparent])
  const expected = clients.map(({ spanId, name, attributes }) => [
    String(attributes['url.full'] ?? name)
      .split('/')
      .at(-1),
    `00-${traceId}-${spanId}-01`,
  ])
  expect(told.toSorted()).toEqual(expected.toSorted())
  expect(Object.groupBy(asked, ({ way }) => way)).toMatchObject({
    generate: { length: 4 },
    infer: { length: 4 },
    ModelInfer: { length: 4 },
  })
})

it('accuracy and latency are told to the task', async () => {
  const { lines, checkpoints } = await evaluate((value) => value)
  const latencies = lines.filter(({ name }) => name === 'evaluation.latency')
  expect(latencies).toHaveLength(12)
  expect(latencies[0]).toMatchObject({ type: 'metric', unit: 'ms', attributes: { way: 'generate' } })
  expect(lines.filter(({ type }) => type === 'progress')).toEqual([
    { type: 'progress', step: 1, total_steps: 2, accuracy: 1 },
    { type: 'progress', step: 2, total_steps: 2, accuracy: 1 },
  ])
  expect(lines.filter(({ type }) => type === 'checkpoint')).toMatchObject(
    checkpoints.map((dir) => ({ dir, metadata: { accuracy: 1, latency_ms: expect.any(Number) } })),
  )
})

it('a wrong answer lowers the accuracy, and the span of the checkpoint is an error', async () => {
  const { lines, spans } = await evaluate(() => 0)
  expect(lines.find(({ type }) => type === 'checkpoint')).toMatchObject({ metadata: { accuracy: 0.5 } })
  const evaluations = spans.filter(({ parentSpanId }) => parentSpanId === taskSpanId)
  expect(evaluations.map(({ statusCode, attributes }) => [statusCode, attributes])).toMatchObject(
    [1, 2].map(() => [2, { 'evaluation.accuracy': 0.5, 'evaluation.requests': 6 }]),
  )
})

it('compose.yaml has one release of Jaeger 2, and the ports that the README speaks of', async () => {
  const { services } = yaml.parse(await readFile(`${sample}/compose.yaml`, 'utf8'))
  const { image, ports } = services.jaeger
  expect(image).toMatch(/^jaegertracing\/jaeger:2\.\d+\.\d+$/)
  const readme = await readFile(`${sample}/README.md`, 'utf8')
  for (const port of ['4318', '16686']) {
    expect(ports).toContain(`127.0.0.1:${port}:${port}`)
    expect(readme).toContain(`127.0.0.1:${port}`)
  }
})
