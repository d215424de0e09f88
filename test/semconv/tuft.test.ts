import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { attributeConventions } from '../../src/semconv/attributes.ts'
import { isIdentity } from '../../src/semconv/identity.ts'
import { type MetricConvention, type MetricName, metricConventions } from '../../src/semconv/metrics.ts'
import { tuftMetrics } from '../../src/semconv/tuft.ts'
import { tuftResourceMetrics } from '../../src/semconv/tuft-resources.ts'

/** All that TuFT's document on observability names (agentscope-ai/TuFT, docs/telemetry.md). */
const theirs = [
  'tuft.training.models.active',
  'tuft.training.tokens_per_second',
  'tuft.training.checkpoints.saved',
  'tuft.training.checkpoint.size_bytes',
  'tuft.sampling.sessions.active',
  'tuft.sampling.requests',
  'tuft.sampling.duration',
  'tuft.sampling.tokens_per_second',
  'tuft.sampling.output_tokens',
  'tuft.futures.queue_length',
  'tuft.futures.created',
  'tuft.futures.completed',
  'tuft.futures.wait_time',
  'tuft.futures.execution_time',
  'tuft.redis.operation.duration',
  'tuft.resource.cpu.utilization_percent',
  'tuft.resource.memory.used_bytes',
  'tuft.resource.memory.total_bytes',
  'tuft.resource.memory.utilization_percent',
  'tuft.resource.gpu.utilization_percent',
  'tuft.resource.gpu.memory_used_bytes',
  'tuft.resource.gpu.memory_total_bytes',
  'tuft.resource.process.memory_used_bytes',
]

const counterparts = new Map<string, MetricName>([
  ...Object.entries(tuftMetrics).map(([ours, { name }]) => [name, ours as MetricName] as const),
  ...tuftResourceMetrics.map(({ name, of }) => [name, of] as const),
])

it('every metric of TuFT’s document has a counterpart, and the page says which', () => {
  expect([...counterparts.keys()].toSorted()).toEqual(theirs.toSorted())
  const page = readFileSync('docs/telemetry.md', 'utf8')
  for (const name of theirs) expect(page).toContain(`| \`${name}\` | \`${counterparts.get(name)}\` |`)
})

it.each([...counterparts])('%s has no attribute without bounds: %s', (_, ours) => {
  const { attributes = [] }: MetricConvention = metricConventions[ours]
  for (const attribute of attributes) {
    expect(isIdentity(attribute, 'any'), attribute).toBe(false)
    expect(attributeConventions, attribute).toHaveProperty([attribute])
  }
})
