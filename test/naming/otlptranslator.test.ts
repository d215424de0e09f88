import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { labelName } from '../../src/naming/label-name.ts'
import { metricName, type Named } from '../../src/naming/metric-name.ts'
import type { Strategy } from '../../src/naming/strategy.ts'

type MetricCase = [Strategy, namespace: string, string, unit: string, Named['kind'], wanted: string | null]
type LabelCase = [escapes: boolean, tidies: boolean, label: string, wanted: string | null]

/** Written by `main.go` beside them, with the library that the Collector itself uses. */
const cases = readFileSync(join(import.meta.dirname, 'otlptranslator', 'cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line): MetricCase | LabelCase => JSON.parse(line))

it('metrics have the names that prometheus/otlptranslator gives them', () => {
  const metrics = cases.filter((one): one is MetricCase => one.length === 6)
  expect(metrics.length).toBeGreaterThan(1_000)
  const named = metrics.map(([strategy, namespace, name, unit, kind]) => [
    ...[strategy, namespace, name, unit, kind],
    metricName({ name, unit, kind }, { namespace, strategy }) ?? null,
  ])
  expect(named).toEqual(metrics)
})

it('labels have the names that prometheus/otlptranslator gives them', () => {
  const labels = cases.filter((one): one is LabelCase => one.length === 4)
  expect(labels.length).toBeGreaterThan(50)
  const named = labels.map(([escapes, tidies, label]) => [
    ...[escapes, tidies, label],
    labelName(label, { escapes, tidies }) ?? null,
  ])
  expect(named).toEqual(labels)
})
