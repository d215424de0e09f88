import type { Gauge, Meter } from '@opentelemetry/api'
import type { TrainingState } from '../workload-events.ts'
import type { Ignore } from './ignored.ts'
import { trainingMetricName } from './metric-name.ts'
import type { TaskReadings } from './record.ts'

/** Different numbers of a training that become gauges, beside those that all trainings have. */
export const mostTrainingMetrics = 64

const createGauges = (meter: Meter) => {
  const loss = meter.createGauge('taskbeat.training.loss', {
    description: 'Training loss of the last step',
    unit: '1',
  })
  const learningRate = meter.createGauge('taskbeat.training.learning_rate', {
    description: 'Learning rate of the last step',
    unit: '1',
  })
  const throughput = meter.createGauge('taskbeat.training.throughput', {
    description: 'Samples trained per second',
    unit: '{sample}/s',
  })
  return new Map<string, Gauge>([
    ['loss', loss],
    ['learningRate', learningRate],
    ['learning_rate', learningRate],
    ['samplesPerSecond', throughput],
  ])
}

/** Names that a training may use too, but for something else. */
const takenNames: ReadonlySet<string> = new Set(
  ['loss', 'learning_rate', 'throughput', 'epoch', 'steps'].map((name) => `taskbeat.training.${name}`),
)

/** Adds the numbers of a training to its metrics; a number that is not one any more is sent as it is. */
export const createTrainingMetrics = (meter: Meter, ignore: Ignore) => {
  const steps = meter.createCounter('taskbeat.training.steps', {
    description: 'Steps trained',
    unit: '{step}',
  })
  const epochs = meter.createGauge('taskbeat.training.epoch', {
    description: 'Epochs trained, with the part of the current one where that is told',
    unit: '{epoch}',
  })
  const percents = meter.createGauge('taskbeat.progress.percent', {
    description: 'Part of the training that is done',
    unit: '%',
  })
  const gauges = createGauges(meter)
  const mostGauges = gauges.size + mostTrainingMetrics
  const byMetricName = new Map<string, Gauge>()
  let lastStep: number | undefined

  const countSteps = (step: number) => {
    // what a step before the first one was is not known; a training that went back trains those steps again
    const increase = lastStep === undefined ? 1 : step - lastStep
    if (increase > 0) steps.add(increase)
    lastStep = step
  }

  const createGauge = (name: string): Gauge | undefined => {
    if (gauges.size >= mostGauges) {
      ignore('metric.count', name)
      return undefined
    }
    const wanted = trainingMetricName(name)
    if (wanted === undefined) {
      ignore('metric.name', name)
      return undefined
    }
    const metricName = takenNames.has(wanted.toLowerCase()) ? `${wanted}.reported` : wanted
    // names that differ in their case only are the same to OpenTelemetry
    const key = metricName.toLowerCase()
    const gauge = byMetricName.get(key) ?? meter.createGauge(metricName)
    byMetricName.set(key, gauge)
    gauges.set(name, gauge)
    return gauge
  }

  return ({ step, percent, epoch, metrics }: TrainingState): void => {
    if (step !== undefined) countSteps(step)
    if (epoch !== undefined) epochs.record(epoch)
    if (percent !== undefined) percents.record(percent)
    for (const name in metrics) {
      const value = metrics[name]
      if (value !== undefined) (gauges.get(name) ?? createGauge(name))?.record(value)
    }
  }
}

/** Reads what is to be read each time that metrics are collected; what nobody can tell has no point. */
export const observeReadings = (
  meter: Meter,
  { progressAgeSeconds, timeToGoSeconds }: TaskReadings,
): void => {
  const observe = (name: string, description: string, read: () => number | undefined) =>
    meter.createObservableGauge(name, { description, unit: 's' }).addCallback((result) => {
      const value = read()
      if (value !== undefined && Number.isFinite(value)) result.observe(value)
    })
  observe('taskbeat.progress.age', 'Time since the training last made progress', progressAgeSeconds)
  observe('taskbeat.progress.time_to_go', 'Estimated time to the end of the training', timeToGoSeconds)
}
