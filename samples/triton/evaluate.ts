/**
 * Evaluates checkpoints against a Triton server: `node evaluate.ts DIRECTORY…`, under `taskbeat run`.
 *
 * Each directory has `samples.json`, a list of numbers. The model gives back what it is sent, so that the accuracy is the
 * share of right answers; a request that fails is a wrong one.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { type Ask, closeClients, ways } from './clients.ts'
import { shutDownTracing, taskContext } from './tracing.ts'

const tracer = trace.getTracer('evaluation')

/** A line for `taskbeat run`. */
const tell = (line: Readonly<Record<string, unknown>>): void => {
  if (process.env.TASKBEAT_EVENTS) appendFileSync(process.env.TASKBEAT_EVENTS, `${JSON.stringify(line)}\n`)
}

interface Answer {
  readonly isRight: boolean
  readonly ms: number
}

const ask = async (way: string, send: Ask, value: number): Promise<Answer> => {
  const start = performance.now()
  try {
    const answer = await send(value)
    return { isRight: answer === Math.fround(value), ms: performance.now() - start }
  } catch (error) {
    tell({ type: 'error', message: String(error), attributes: { way } })
    return { isRight: false, ms: performance.now() - start }
  }
}

/** All samples of a checkpoint, in all ways; its numbers. */
const evaluate = async (directory: string, span: Span) => {
  const samples: readonly number[] = JSON.parse(readFileSync(join(directory, 'samples.json'), 'utf8'))
  const answers: Answer[] = []
  for (const [way, send] of Object.entries(ways)) {
    for (const value of samples) {
      const answer = await ask(way, send, value)
      answers.push(answer)
      const kind = 'histogram'
      tell({
        type: 'metric',
        name: 'evaluation.latency',
        value: answer.ms,
        unit: 'ms',
        kind,
        attributes: { way },
      })
    }
  }
  const right = answers.filter(({ isRight }) => isRight).length
  const accuracy = answers.length === 0 ? 0 : right / answers.length
  span.setAttributes({ 'evaluation.accuracy': accuracy, 'evaluation.requests': answers.length })
  if (right < answers.length) span.setStatus({ code: SpanStatusCode.ERROR, message: `accuracy ${accuracy}` })
  return { accuracy, latency_ms: Math.max(...answers.map(({ ms }) => ms), 0) }
}

const directories = process.argv.slice(2)
for (const [index, directory] of directories.entries()) {
  const checkpoint = basename(directory)
  const attributes = { 'taskbeat.checkpoint': checkpoint }
  await tracer.startActiveSpan(`evaluate ${checkpoint}`, { attributes }, taskContext, async (span) => {
    try {
      const numbers = await evaluate(directory, span)
      tell({ type: 'progress', step: index + 1, total_steps: directories.length, accuracy: numbers.accuracy })
      tell({ type: 'checkpoint', dir: resolve(directory), metadata: numbers })
    } finally {
      span.end()
    }
  })
}
closeClients()
await shutDownTracing()
