import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Metadata, Server, ServerCredentials } from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'
import { only } from '../task-record/recording.ts'

const bytes = (value: Buffer) => value

const healthCheck = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    ...{ requestSerialize: bytes, requestDeserialize: bytes },
    ...{ responseSerialize: bytes, responseDeserialize: bytes },
  },
} as const

/** An HTTP and a gRPC server that keep what they are asked with. */
const serve = async () => {
  const headers: IncomingHttpHeaders[] = []
  const metadata: Metadata[] = []
  const http = createServer((request, response) => {
    headers.push(request.headers)
    response.end('ok')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const grpc = new Server()
  grpc.addService(healthCheck, {
    check: (call: { metadata: Metadata }, answer: (error: null, bytes: Buffer) => void) => {
      metadata.push(call.metadata)
      answer(null, Buffer.from([8, 1]))
    },
  })
  const grpcPort = await new Promise<number>((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    )
  })
  return {
    httpUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    grpcTarget: `127.0.0.1:${grpcPort}`,
    headers,
    metadata,
    [Symbol.asyncDispose]: async () => {
      grpc.forceShutdown()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

it.each([{ way: 'grpc' }, { way: 'http' }] as const)(
  'a TypeScript client joins the trace, and its HTTP and gRPC servers get it, sent by $way',
  async ({ way }) => {
    await using receiver = await startReceiver()
    await using servers = await serve()
    await using dir = await temporaryDirectory()
    const endpoint = way === 'grpc' ? receiver.grpcUrl : receiver.httpUrl
    const flags = ['--results-dir', dir.path, '--run-id', 'run 1', '--endpoint', endpoint, '--protocol', way]
    const client = [process.execPath, 'samples/context/client.ts', servers.httpUrl, servers.grpcTarget]
    const env = { BAGGAGE: 'theirs=1', TASKBEAT_SESSION_ID: 'sess-42' }
    const { status, stderr } = await runCli(['run', ...flags, '--', ...client], { env })
    expect(status, stderr).toBe(0)

    const { spans } = receiver.received
    const task = only(spans, 'taskbeat.task')
    const evaluate = only(spans, 'evaluate')
    expect(evaluate).toMatchObject({ traceId: task.traceId, parentSpanId: task.spanId })
    expect(evaluate.resource).toMatchObject({
      'taskbeat.run_id': 'run 1',
      'taskbeat.attempt': '1',
      'taskbeat.session_id': 'sess-42',
    })
    expect(task.attributes).toMatchObject({ 'taskbeat.run_id': 'run 1', 'taskbeat.session_id': 'sess-42' })

    const asked = spans.filter(({ parentSpanId }) => parentSpanId === evaluate.spanId)
    const parents = [servers.headers[0]?.traceparent, servers.metadata[0]?.get('traceparent')[0]]
    expect(parents.toSorted()).toEqual(
      asked.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).toSorted(),
    )
    const baggage = [servers.headers[0]?.baggage, servers.metadata[0]?.get('baggage')[0]]
    for (const text of baggage) {
      expect(text).toContain('theirs=1')
      expect(text).toContain('taskbeat.run_id=run%201')
      expect(text).toContain('taskbeat.session_id=sess-42')
    }
  },
)
