/** A job that asks an HTTP and a gRPC server: `node client.ts http://127.0.0.1:8000/ 127.0.0.1:8001`. */
import { createRequire } from 'node:module'
import { context, trace } from '@opentelemetry/api'
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { fromEnvironment } from 'taskbeat/propagation'

const [httpUrl = '', grpcTarget = ''] = process.argv.slice(2)

// where to send, and of which run it is, `taskbeat run` has put into the environment
const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation(), new GrpcInstrumentation()],
})
sdk.start()
// by `require`, after the start: what is imported as a module the instrumentation cannot wrap
const grpc: typeof import('@grpc/grpc-js') = createRequire(import.meta.url)('@grpc/grpc-js')

/** `grpc.health.v1.Health/Check` of the whole server. @see https://grpc.io/docs/guides/health-checking/ */
const Health = grpc.makeClientConstructor(
  {
    check: {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: (request: Buffer) => request,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (response: Buffer) => response,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  'grpc.health.v1.Health',
)

const askGrpc = async () => {
  const client = new Health(grpcTarget, grpc.credentials.createInsecure())
  try {
    await new Promise<unknown>((resolve, reject) => {
      client.check?.(Buffer.alloc(0), (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      )
    })
  } finally {
    client.close()
  }
}

const tracer = trace.getTracer('client')
try {
  await context.with(fromEnvironment(), () =>
    tracer.startActiveSpan('evaluate', async (span) => {
      try {
        await (await fetch(httpUrl)).text()
        await askGrpc()
      } finally {
        span.end()
      }
    }),
  )
} finally {
  await sdk.shutdown()
}
