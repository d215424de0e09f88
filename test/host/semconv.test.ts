import * as incubating from '@opentelemetry/semantic-conventions/incubating'
import { expect, it } from 'vitest'
import { hostAttributes } from '../../src/semconv/attributes/host.ts'
import { hostMetrics } from '../../src/semconv/metrics/host.ts'

const conventional: ReadonlySet<unknown> = new Set(Object.values(incubating))
const isOurs = (name: string) => name.startsWith('taskbeat.')

it('what is not ours is named as OpenTelemetry names it', () => {
  const names = [...Object.keys(hostMetrics), ...Object.keys(hostAttributes)]
  expect(names.filter((name) => !isOurs(name) && !conventional.has(name))).toEqual([])
})

it('no name is a part of another', () => {
  const names = Object.keys(hostMetrics)
  expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([])
})
