import type { MetricName } from './metrics.ts'

interface TuftMetric {
  readonly name: string
  /** As there: the name in Prometheus is made of it too. */
  readonly unit: string
}

/**
 * TuFT's own names of our metrics, for the dashboards that were built on them.
 *
 * @see https://github.com/agentscope-ai/TuFT, src/tuft/telemetry/metrics.py
 */
export const tuftMetrics: Partial<Readonly<Record<MetricName, TuftMetric>>> = {
  'taskbeat.training.models.active': { name: 'tuft.training.models.active', unit: '' },
  'taskbeat.training.token.throughput': { name: 'tuft.training.tokens_per_second', unit: 'tokens/s' },
  'taskbeat.training.checkpoints.saved': { name: 'tuft.training.checkpoints.saved', unit: '' },
  'taskbeat.training.checkpoint.size': { name: 'tuft.training.checkpoint.size_bytes', unit: 'bytes' },
  'taskbeat.sampling.sessions.active': { name: 'tuft.sampling.sessions.active', unit: '' },
  'taskbeat.sampling.requests': { name: 'tuft.sampling.requests', unit: '' },
  'taskbeat.sampling.duration': { name: 'tuft.sampling.duration', unit: 's' },
  'taskbeat.sampling.token.throughput': { name: 'tuft.sampling.tokens_per_second', unit: 'tokens/s' },
  'taskbeat.sampling.output_tokens': { name: 'tuft.sampling.output_tokens', unit: 'tokens' },
  'taskbeat.operations.queue.length': { name: 'tuft.futures.queue_length', unit: '' },
  'taskbeat.operations.created': { name: 'tuft.futures.created', unit: '' },
  'taskbeat.operations.completed': { name: 'tuft.futures.completed', unit: '' },
  'taskbeat.operations.wait_time': { name: 'tuft.futures.wait_time', unit: 's' },
  'taskbeat.operations.execution_time': { name: 'tuft.futures.execution_time', unit: 's' },
  'taskbeat.storage.operation.duration': { name: 'tuft.redis.operation.duration', unit: 's' },
}

const keys: ReadonlyMap<string, string> = new Map([
  ['taskbeat.model.base', 'base_model'],
  ['taskbeat.checkpoint.type', 'checkpoint_type'],
  ['taskbeat.queue.state', 'queue_state'],
  ['taskbeat.operation.name', 'operation_type'],
  ['taskbeat.operation.status', 'status'],
])

const statuses: ReadonlyMap<unknown, string> = new Map([
  ['ok', 'ready'],
  ['error', 'failed'],
])

/** Attributes of a point. */
export type Labels<V> = Readonly<Record<string, V>>

/** A metric's attributes as TuFT has them; what it has no name for stays. */
export const tuftAttributes = <V>(metric: MetricName, attributes: Labels<V>): Labels<V | string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => {
      const name =
        metric === 'taskbeat.storage.operation.duration' && key === 'taskbeat.operation.name'
          ? 'operation'
          : keys.get(key)
      return [name ?? key, (name === 'status' ? statuses.get(value) : undefined) ?? value]
    }),
  )
