import type { Gauge, Meter, ObservableGauge } from '@opentelemetry/api'
import type { Instruments } from '../semconv/instruments.ts'
import type { StepMetrics, TrainingState } from '../workload-events.ts'
import type { Ignore } from './ignored.ts'
import { exportedTrainingName } from './metric-name.ts'
import type { TaskReadings } from './record.ts'

/** Different numbers of a training that become gauges, beside those that all trainings have. */
export const mostTrainingMetrics = 64

const createGauges = ({ gauge }: Instruments) => {
  const learningRate = gauge('taskbeat.training.learning_rate')
  return new Map<string, Gauge>([
    ['loss', gauge('taskbeat.training.loss')],
    ['learningRate', learningRate],
    ['learning_rate', learningRate],
    ['samplesPerSecond', gauge('taskbeat.training.throughput')],
  ])
}

/** What trainings call the tokens that they train in a second. */
const tokenRates: ReadonlySet<string> = new Set([
  'tokens_per_second',
  'tokensPerSecond',
  'train_tokens_per_second',
])

/** Adds the numbers of a training to its metrics; a number that is not one any more is sent as it is. */
export const createTrainingMetrics = (meter: Meter, instruments: Instruments, ignore: Ignore) => {
  const steps = instruments.counter('taskbeat.training.steps')
  const epochs = instruments.gauge('taskbeat.training.epoch')
  const percents = instruments.gauge('taskbeat.progress.percent')
  const models = instruments.upDownCounter('taskbeat.training.models.active')
  const tokenThroughput = instruments.histogram('taskbeat.training.token.throughput')
  const gauges = createGauges(instruments)
  const mostGauges = gauges.size + mostTrainingMetrics
  const byMetricName = new Map<string, Gauge>()
  let lastStep: number | undefined
  let isTraining = false

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
    const metricName = exportedTrainingName(name)
    if (metricName === undefined) {
      ignore('metric.name', name)
      return undefined
    }
    // names that differ in their case only are the same to OpenTelemetry
    const key = metricName.toLowerCase()
    const gauge = byMetricName.get(key) ?? meter.createGauge(metricName)
    byMetricName.set(key, gauge)
    gauges.set(name, gauge)
    return gauge
  }

  return {
    /** `told`: of these numbers each is news. */
    record: ({ step, percent, epoch, metrics }: TrainingState, told: StepMetrics = {}): void => {
      if (!isTraining && (step ?? percent ?? epoch) !== undefined) {
        models.add(1)
        isTraining = true
      }
      if (step !== undefined) countSteps(step)
      if (epoch !== undefined) epochs.record(epoch)
      if (percent !== undefined) percents.record(percent)
      for (const name in metrics) {
        const value = metrics[name]
        if (value !== undefined) (gauges.get(name) ?? createGauge(name))?.record(value)
      }
      for (const name in told) {
        const value = told[name]
        if (tokenRates.has(name) && value !== undefined && value >= 0 && Number.isFinite(value))
          tokenThroughput.record(value)
      }
    },
    ended: (): void => {
      if (isTraining) models.add(-1)
      isTraining = false
    },
  }
}

/** Reads what is to be read each time that metrics are collected; what nobody can tell has no point. */
export const observeReadings = (
  { observableGauge }: Instruments,
  { progressAgeSeconds, timeToGoSeconds }: TaskReadings,
): void => {
  const observe = (gauge: ObservableGauge, read: () => number | undefined) =>
    gauge.addCallback((result) => {
      const value = read()
      if (value !== undefined && Number.isFinite(value)) result.observe(value)
    })
  observe(observableGauge('taskbeat.progress.age'), progressAgeSeconds)
  observe(observableGauge('taskbeat.progress.time_to_go'), timeToGoSeconds)
}
