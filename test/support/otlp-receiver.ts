import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js'
import type { Signal } from '../../src/telemetry/signals.ts'
import { requestTypes } from './otlp-schema.ts'

type Value = string | number | boolean | null | readonly Value[]
export type Attributes = Readonly<Record<string, Value>>

interface Item {
  readonly resource: Attributes
  readonly scope: string
  readonly attributes: Attributes
}

export interface ReceivedSpan extends Item {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly statusCode: number
  readonly startMs: number
  readonly endMs: number
}

export interface ReceivedPoint extends Item {
  readonly name: string
  readonly unit: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  /** The value; for a histogram its count. */
  readonly value: number
}

export interface ReceivedLog extends Item {
  readonly body: Value
  readonly severity: string
  readonly eventName: string
  readonly traceId: string
  readonly spanId: string
}

export interface ReceivedRequest {
  readonly signal: Signal
  readonly transport: 'grpc' | 'http'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** Everything that arrived, decoded. */
export interface Received {
  readonly spans: ReceivedSpan[]
  readonly points: ReceivedPoint[]
  readonly logs: ReceivedLog[]
  readonly requests: ReceivedRequest[]
}

export interface Receiver extends AsyncDisposable {
  readonly grpcUrl: string
  readonly httpUrl: string
  readonly received: Received
}

/** Decoded JSON-like messages are read loosely here: a wrong name shows as a failed expectation. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the schema's, which a test asserts by what it expects
type Message = any

const plain = (value: Message): Value => {
  if (value?.arrayValue) return value.arrayValue.values.map(plain)
  if (value?.intValue !== undefined) return Number(value.intValue)
  return value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? null
}
const attributesOf = (list: Message): Attributes =>
  Object.fromEntries(list.map(({ key, value }: Message) => [key, plain(value)]))
const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex')
const millis = (nanos: string) => Number(BigInt(nanos) / 1_000_000n)

const collect = (received: Received, signal: Signal, body: Uint8Array) => {
  const type = requestTypes[signal]
  const request: Message = type.toObject(type.decode(body), { longs: String, bytes: String, arrays: true })
  const scopesOf = (resources: Message, scopes: string) =>
    resources.flatMap((entry: Message) =>
      entry[scopes].map((scope: Message) => ({
        ...scope,
        origin: { resource: attributesOf(entry.resource?.attributes ?? []), scope: scope.scope?.name ?? '' },
      })),
    )
  if (signal === 'traces') {
    for (const { origin, spans } of scopesOf(request.resourceSpans, 'scopeSpans')) {
      for (const span of spans) {
        received.spans.push({
          ...origin,
          attributes: attributesOf(span.attributes),
          name: span.name,
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: hex(span.parentSpanId ?? ''),
          statusCode: span.status?.code ?? 0,
          startMs: millis(span.startTimeUnixNano),
          endMs: millis(span.endTimeUnixNano),
        })
      }
    }
  } else if (signal === 'metrics') {
    for (const { origin, metrics } of scopesOf(request.resourceMetrics, 'scopeMetrics')) {
      for (const metric of metrics) {
        const kind = (['gauge', 'sum', 'histogram'] as const).find((name) => metric[name]) ?? 'gauge'
        for (const point of metric[kind].dataPoints) {
          const value = Number(point.count ?? point.asDouble ?? point.asInt)
          const { name, unit } = metric
          received.points.push({
            ...origin,
            attributes: attributesOf(point.attributes),
            name,
            unit,
            kind,
            value,
          })
        }
      }
    }
  } else {
    for (const { origin, logRecords } of scopesOf(request.resourceLogs, 'scopeLogs')) {
      for (const record of logRecords) {
        received.logs.push({
          ...origin,
          attributes: attributesOf(record.attributes),
          body: plain(record.body),
          severity: record.severityText,
          eventName: record.eventName ?? '',
          traceId: hex(record.traceId ?? ''),
          spanId: hex(record.spanId ?? ''),
        })
      }
    }
  }
}

const signalOfPath: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

const single = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const startHttp = async (received: Received) => {
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const signal = signalOfPath[path.replace(/^\/base/, '')]
    const sent = await buffer(request)
    if (signal === undefined) return response.writeHead(404).end()
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    received.requests.push({ signal, transport: 'http', path, headers: single(request.headers) })
    collect(received, signal, body)
    return response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const identity = (bytes: Buffer) => bytes

const startGrpc = async (received: Received) => {
  const server = new Server()
  for (const [signal, service] of [
    ['traces', 'trace.v1.TraceService'],
    ['metrics', 'metrics.v1.MetricsService'],
    ['logs', 'logs.v1.LogsService'],
  ] as const) {
    const path = `/opentelemetry.proto.collector.${service}/Export`
    server.addService(
      {
        Export: {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: identity,
          requestDeserialize: identity,
          responseSerialize: identity,
          responseDeserialize: identity,
        },
      },
      {
        Export: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
          try {
            const headers = Object.fromEntries(
              Object.entries(call.metadata.getMap()).map(([k, v]) => [k, String(v)]),
            )
            received.requests.push({ signal, transport: 'grpc', path, headers })
            collect(received, signal, call.request)
            done(null, Buffer.alloc(0))
          } catch (error) {
            done({ code: status.INTERNAL, details: String(error) })
          }
        },
      },
    )
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return { server, port }
}

/** A real OTLP receiver on free ports of the loopback interface: gRPC, and HTTP with protobuf. */
export const startReceiver = async (): Promise<Receiver> => {
  const received: Received = { spans: [], points: [], logs: [], requests: [] }
  const http = await startHttp(received)
  const { server: grpc, port } = await startGrpc(received)
  return {
    grpcUrl: `http://127.0.0.1:${port}`,
    httpUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      grpc.forceShutdown()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}
