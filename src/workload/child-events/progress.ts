import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { ProgressEvent } from '../../workload-events.ts'
import { longestName, mostEntries, type Problems, readAnyNumber, readInteger, readNumber } from './fields.ts'

/** Names that trainings use for what `StepMetrics` has a name of its own for. */
const commonNames: ReadonlyMap<string, string> = new Map([
  ['lr', 'learningRate'],
  ['learning_rate', 'learningRate'],
  ['samples_per_second', 'samplesPerSecond'],
])

/** Adds a metric unless there are too many; returns how many there are then. */
const addMetric = (
  metrics: Record<string, number>,
  count: number,
  { key, value }: { readonly key: string; readonly value: JsonValue },
  problems: Problems,
): number => {
  const number = readAnyNumber(value, problems)
  if (number === undefined) return count
  if (key === '' || key.length > longestName || count === mostEntries) {
    problems.badFields += 1
    return count
  }
  metrics[commonNames.get(key) ?? key] = number
  return count + 1
}

/** Reads a line of progress, in one pass because there may be many; undefined if it says nothing. */
export const readProgress = (fields: JsonObject, problems: Problems): ProgressEvent | undefined => {
  const metrics: Record<string, number> = {}
  let count = 0
  let step: number | undefined
  let totalSteps: number | undefined
  let percent: number | undefined
  let epoch: number | undefined
  for (const key in fields) {
    const value = fields[key] ?? null
    if (value === null) continue
    switch (key) {
      case 'type':
      case 'time':
      case 'rank':
        break
      case 'step':
        step = readInteger(value, 0, problems)
        break
      case 'total_steps':
      case 'totalSteps':
        totalSteps = readInteger(value, 1, problems)
        break
      case 'percent':
        percent = readNumber(value, { min: 0, max: 100 }, problems)
        break
      case 'epoch':
        epoch = readNumber(value, { min: 0, max: Number.MAX_VALUE }, problems)
        break
      case 'metrics':
        if (!isJsonObject(value)) problems.badFields += 1
        else
          for (const name in value)
            count = addMetric(metrics, count, { key: name, value: value[name] ?? null }, problems)
        break
      default:
        count = addMetric(metrics, count, { key, value }, problems)
    }
  }
  const isEmpty =
    step === undefined && totalSteps === undefined && percent === undefined && epoch === undefined
  if (isEmpty && count === 0) return undefined
  return {
    type: 'progress',
    ...(step !== undefined && { step }),
    ...(totalSteps !== undefined && { totalSteps }),
    ...(percent !== undefined && { percent }),
    ...(epoch !== undefined && { epoch }),
    metrics,
  }
}
