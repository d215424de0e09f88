import { jsonNumber } from '../../json.ts'
import type { PointsEntry } from '../../logbook/entry.ts'
import { createSeries, type SeriesFacts, type SeriesOptions } from '../../logbook/series.ts'
import type { Temporality } from '../../otlp/points/encode-points.ts'
import type { Point } from '../../otlp/points/point.ts'
import { type MetricConvention, metricConventions } from '../../semconv/metrics.ts'
import { exportedTrainingName, isMetricName } from '../../task-record/metric-name.ts'
import type { MetricEvent, TrainingState } from '../../workload-events.ts'

const unitOf = (name: string): string => {
  const known: MetricConvention | undefined = Object.hasOwn(metricConventions, name)
    ? metricConventions[name as keyof typeof metricConventions]
    : undefined
  return known?.unit ?? ''
}

/** The curves of a task: numbers of its training, metrics of its own, readings of the machine. */
export const createPoints = (options: SeriesOptions) => {
  const seriesOf = createSeries(options)
  /** By what the training calls a number; undefined: it has no curve. */
  const trainingIds = new Map<string, number | undefined>()
  const totals = new Map<number, number>()

  const gaugeOf = (name: string, unit = unitOf(name)) =>
    seriesOf({ name, unit, kind: 'gauge', attributes: {} })
  const trainingId = (name: string) => {
    if (trainingIds.has(name)) return trainingIds.get(name)
    const exported = exportedTrainingName(name)
    const id = exported === undefined ? undefined : gaugeOf(exported)
    // names without end are no reason to remember them all
    if (id !== undefined) trainingIds.set(name, id)
    return id
  }
  const totalOf = (id: number, increase: number): number => {
    const total = (totals.get(id) ?? 0) + increase
    totals.set(id, total)
    return total
  }
  const add = (t: number, v: PointsEntry['v'], step?: number) => {
    options.add({ k: 'p', t, ...(step !== undefined && { step }), v })
  }

  let percent: number | undefined
  let epoch: number | undefined
  return {
    /** `told`: the numbers that are news. */
    training: (t: number, state: TrainingState, told: TrainingState['metrics']) => {
      const v: Record<string, PointsEntry['v'][string]> = {}
      const set = (id: number | undefined, value: number | undefined) => {
        if (id !== undefined && value !== undefined) v[id] = jsonNumber(value)
      }
      for (const name in told) if (told[name] !== undefined) set(trainingId(name), told[name])
      if (state.percent !== percent) set(gaugeOf('taskbeat.progress.percent'), state.percent)
      if (state.epoch !== epoch) set(gaugeOf('taskbeat.training.epoch'), state.epoch)
      percent = state.percent
      epoch = state.epoch
      for (const _ in v) return add(t, v, state.step)
    },
    /** Of a histogram the values that went into it are the curve. */
    metric: (t: number, { name, kind, value, unit = '', attributes }: MetricEvent) => {
      if (!isMetricName(name)) return
      const isCounter = kind === 'counter'
      const facts: SeriesFacts = { name, unit, kind: isCounter ? 'counter' : 'gauge', attributes }
      const id = seriesOf(facts)
      if (id === undefined) return
      const counts = isCounter || kind === 'updowncounter'
      add(t, { [id]: jsonNumber(counts ? totalOf(id, value) : value) })
    },
    machine: (points: readonly Point[], since: Temporality, t: number) => {
      const v: Record<string, PointsEntry['v'][string]> = {}
      for (const { name, type, unit, attributes, value } of points) {
        if (typeof value !== 'number') continue
        const kind = type === 'counter' ? 'counter' : 'gauge'
        const id = seriesOf({ name, unit, kind, attributes })
        if (id === undefined) continue
        v[id] = jsonNumber(kind === 'counter' && since === 'delta' ? totalOf(id, value) : value)
      }
      for (const _ in v) return add(t, v)
    },
  }
}
