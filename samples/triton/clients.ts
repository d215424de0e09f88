/** Three ways to ask a Triton server. Each request is a client span, whose id goes with it as `traceparent`. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Client } from '@grpc/grpc-js'
import './tracing.ts'

const httpUrl = process.env.TRITON_HTTP_URL ?? 'http://127.0.0.1:8000'
const grpcTarget = process.env.TRITON_GRPC_TARGET ?? '127.0.0.1:8001'
const model = process.env.TRITON_MODEL ?? 'passthrough'
const timeoutMs = 10_000

/** Sends a number to the model, and returns what came back. */
export type Ask = (value: number) => Promise<number>

const post = async (path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${httpUrl}/v2/models/${model}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

const generate: Ask = async (value) => {
  const answer = (await post('generate', { sleep: value })) as { readonly sleep: number }
  return answer.sleep
}

const infer: Ask = async (value) => {
  const input = { name: 'sleep', shape: [1, 1], datatype: 'FP32', data: [value] }
  const answer = (await post('infer', { inputs: [input] })) as {
    readonly outputs: readonly { readonly data: readonly number[] }[]
  }
  return answer.outputs[0]?.data[0] ?? Number.NaN
}

// by `require`, as that is where the instrumentation takes hold
const require = createRequire(import.meta.url)
const grpc: typeof import('@grpc/grpc-js') = require('@grpc/grpc-js')
const loader: typeof import('@grpc/proto-loader') = require('@grpc/proto-loader')

interface ModelInferResponse {
  readonly rawOutputContents: readonly Buffer[]
}

interface InferenceClient extends Client {
  modelInfer(
    request: unknown,
    options: { readonly deadline: number },
    callback: (error: Error | null, response: ModelInferResponse | undefined) => void,
  ): void
}

const definition = loader.loadSync(fileURLToPath(new URL('inference.proto', import.meta.url)))
const { inference } = grpc.loadPackageDefinition(definition) as unknown as {
  readonly inference: {
    readonly GRPCInferenceService: new (
      target: string,
      credentials: import('@grpc/grpc-js').ChannelCredentials,
    ) => InferenceClient
  }
}
const client = new inference.GRPCInferenceService(grpcTarget, grpc.credentials.createInsecure())

const modelInfer: Ask = (value) => {
  const content = Buffer.alloc(4)
  content.writeFloatLE(value)
  const request = {
    modelName: model,
    inputs: [{ name: 'sleep', datatype: 'FP32', shape: [1, 1] }],
    rawInputContents: [content],
  }
  return new Promise((resolve, reject) => {
    client.modelInfer(request, { deadline: Date.now() + timeoutMs }, (error, response) => {
      if (error) reject(error)
      else resolve(response?.rawOutputContents[0]?.readFloatLE() ?? Number.NaN)
    })
  })
}

export const ways: Readonly<Record<string, Ask>> = { generate, infer, ModelInfer: modelInfer }

export const closeClients = (): void => client.close()
