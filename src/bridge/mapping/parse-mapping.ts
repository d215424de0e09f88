import yaml from 'yaml'
import { isJsonObject, type JsonObject } from '../../json.ts'
import { nearest } from '../../settings/nearest.ts'
import { type AttributeSource, defaultBuckets, type Instrument, type Mapping } from './mapping.ts'
import { isPointer, type Pointer } from './pointer.ts'

/** A mapping, or everything that is wrong with it: each says where, what is there, and what is accepted. */
export type ParsedMapping = { readonly mapping: Mapping } | { readonly problems: readonly string[] }

/** A limit for people's mistakes; each instrument costs a series. */
const mostMetrics = 500

const types = ['gauge', 'counter', 'histogram'] as const
const topKeys = ['timestamp', 'start_time', 'attributes', 'metrics', 'unknown']
const commonKeys = ['from', 'name', 'type', 'unit', 'description', 'attributes']
const keysByType = {
  gauge: commonKeys,
  counter: [...commonKeys, 'per_epoch', 'step'],
  histogram: [...commonKeys, 'buckets'],
} as const

/** @see https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax */
const instrumentName = /^[A-Za-z][\w.\-/]{0,254}$/

const show = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** Reads the parts of a mapping; a problem is noted, and what is then returned is never used. */
const reader = (note: (problem: string) => void) => {
  const refuse = (where: string, value: unknown, accepted: string) =>
    note(
      value === undefined
        ? `${where} is missing: it is ${accepted}`
        : `${where} is ${show(value)}: it is ${accepted}`,
    )

  const checkKeys = (where: string, value: JsonObject, keys: readonly string[]) => {
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue
      const near = nearest(key, keys)
      note(
        `${where} has '${key}', which is none of ${keys.join(', ')}${near === undefined ? '' : `; is '${near}' meant?`}`,
      )
    }
  }

  const pointer = (where: string, value: unknown): Pointer => {
    if (isPointer(value)) return value
    refuse(where, value, "a JSON pointer, such as '/training_metrics/epoch'")
    return '/'
  }

  const string = (where: string, value: unknown): string => {
    if (value === undefined) return ''
    if (typeof value !== 'string') refuse(where, value, 'a text')
    return String(value)
  }

  const attributes = (where: string, value: unknown): Readonly<Record<string, AttributeSource>> => {
    if (value === undefined) return {}
    if (!isJsonObject(value)) {
      refuse(
        where,
        value,
        "a map of names to JSON pointers or values, such as 'job_id: /job_metadata/job_id'",
      )
      return {}
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, source]): [string, AttributeSource] => {
        if (typeof source === 'string' && source.startsWith('/'))
          return [key, pointer(`${where}.${key}`, source)]
        if (typeof source === 'string' || typeof source === 'number' || typeof source === 'boolean')
          return [key, source]
        refuse(`${where}.${key}`, source, 'a JSON pointer, or a text, a number, true or false')
        return [key, '']
      }),
    )
  }

  const buckets = (where: string, value: unknown): readonly number[] => {
    if (value === undefined) return defaultBuckets
    const isAscending = (bounds: readonly unknown[]): bounds is readonly number[] =>
      bounds.every((bound, index) => {
        const before = index === 0 ? Number.NEGATIVE_INFINITY : bounds[index - 1]
        return Number.isFinite(bound) && (bound as number) > (before as number)
      })
    if (Array.isArray(value) && value.length > 0 && value.length <= 200 && isAscending(value)) return value
    refuse(where, value, 'a list of 1 to 200 ascending numbers')
    return defaultBuckets
  }

  const perEpoch = (where: string, value: unknown) => {
    if (value === undefined) return {}
    if (!isJsonObject(value)) {
      refuse(where, value, "a map, such as 'epoch: /training_metrics/epoch'")
      return {}
    }
    checkKeys(where, value, ['epoch', 'size'])
    const epoch = pointer(`${where}.epoch`, value.epoch)
    const { size } = value
    if (size === undefined) return { perEpoch: { epoch } }
    if (!(isPointer(size) || (Number.isSafeInteger(size) && (size as number) > 0)))
      refuse(`${where}.size`, size, 'a whole number from 1, or a JSON pointer to one')
    return { perEpoch: { epoch, size: size as number | Pointer } }
  }

  const instrument = (where: string, value: unknown): Instrument | undefined => {
    if (!isJsonObject(value)) {
      refuse(where, value, "a map, such as '{from: /loss, name: ml.loss, type: gauge}'")
      return undefined
    }
    const type = types.find((one) => one === value.type)
    if (type === undefined) {
      refuse(`${where}.type`, value.type, types.join(', '))
      return undefined
    }
    checkKeys(where, value, keysByType[type])
    if (typeof value.name !== 'string' || !instrumentName.test(value.name))
      refuse(`${where}.name`, value.name, 'a letter and up to 254 letters, digits, or any of . _ - /')
    const unit = string(`${where}.unit`, value.unit)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are ASCII
    if (!/^[\x00-\x7F]{0,63}$/.test(unit)) refuse(`${where}.unit`, unit, 'at most 63 characters of ASCII')
    const base = {
      from: pointer(`${where}.from`, value.from),
      name: String(value.name),
      unit,
      description: string(`${where}.description`, value.description),
      ...(value.attributes !== undefined && {
        attributes: attributes(`${where}.attributes`, value.attributes),
      }),
    }
    if (type === 'gauge') return { type, ...base }
    if (type === 'histogram') return { type, ...base, buckets: buckets(`${where}.buckets`, value.buckets) }
    if (value.step !== undefined && typeof value.step !== 'boolean')
      refuse(`${where}.step`, value.step, 'true or false')
    return {
      type,
      ...base,
      ...perEpoch(`${where}.per_epoch`, value.per_epoch),
      ...(value.step === true && { isStep: true }),
    }
  }

  const unknown = (value: unknown): Pick<Mapping, 'unknown'> => {
    if (value === undefined) return {}
    if (!isJsonObject(value)) {
      refuse('unknown', value, "a map, such as '{under: /training_metrics, prefix: ml.training}'")
      return {}
    }
    checkKeys('unknown', value, ['under', 'prefix'])
    const under = value.under === undefined ? '' : pointer('unknown.under', value.under)
    if (typeof value.prefix !== 'string' || !instrumentName.test(value.prefix))
      refuse('unknown.prefix', value.prefix, 'the beginning of a metric name, such as ml.training')
    return { unknown: { under, prefix: String(value.prefix) } }
  }

  return { refuse, checkKeys, pointer, attributes, instrument, unknown }
}

/** Two instruments that would be one series, or one metric of two kinds. */
const clashes = (instruments: readonly Instrument[]): readonly string[] =>
  instruments.flatMap((one, index) => {
    const other = instruments.slice(0, index).find(({ name }) => name === one.name)
    if (other === undefined) return []
    const where = `metrics[${index}]`
    if (other.type !== one.type || other.unit !== one.unit || other.description !== one.description)
      return [`${where} has the name ${one.name} of another metric, with another type, unit or description`]
    const same = JSON.stringify(one.attributes) === JSON.stringify(other.attributes)
    return same
      ? [`${where} has the name ${one.name} of another metric: name it otherwise, or give it attributes`]
      : []
  })

/**
 * Reads a mapping file.
 *
 * @param text - YAML, or JSON, which is YAML too; docs/bridge.md has an example
 */
export const parseMapping = (text: string): ParsedMapping => {
  let content: unknown
  try {
    content = yaml.parse(text)
  } catch (error) {
    return { problems: [`it is no YAML: ${(error as Error).message.split('\n')[0]}`] }
  }
  const problems: string[] = []
  const read = reader((problem) => problems.push(problem))
  if (!isJsonObject(content)) {
    read.refuse('the mapping', content, "a map with 'metrics', a list, in it")
    return { problems }
  }
  read.checkKeys('the mapping', content, topKeys)
  const { timestamp, start_time, metrics } = content
  const list = Array.isArray(metrics) ? metrics : []
  if (list.length === 0 || list.length > mostMetrics)
    read.refuse(
      'metrics',
      metrics,
      `a list of 1 to ${mostMetrics}, each such as '{from: /loss, name: ml.loss, type: gauge}'`,
    )
  const instruments = list
    .slice(0, mostMetrics)
    .map((one, index) => read.instrument(`metrics[${index}]`, one))
    .filter((one) => one !== undefined)
  const mapping: Mapping = {
    ...(timestamp !== undefined && { timestamp: read.pointer('timestamp', timestamp) }),
    ...(start_time !== undefined && { startTime: read.pointer('start_time', start_time) }),
    attributes: read.attributes('attributes', content.attributes),
    instruments,
    ...read.unknown(content.unknown),
  }
  problems.push(...clashes(instruments))
  return problems.length > 0 ? { problems } : { mapping }
}
