import yaml from 'yaml'
import { isJsonObject, type JsonObject } from '../../json.ts'
import type { NamingExporter } from './exporter.ts'
import { followProcessors, typeOf } from './follow-processors.ts'
import { optionsOf, readScraped, readWritten } from './read-exporter.ts'
import { type Note, type OptionReader, optionReader } from './read-options.ts'
import { type Environment, substitute } from './substitute.ts'

/** The exporters to Prometheus of a configuration, or everything that is wrong with it. */
export type ReadCollector =
  | { readonly exporters: readonly NamingExporter[] }
  | { readonly problems: readonly string[] }

const readers = new Map([
  ['prometheus', readScraped],
  ['prometheusremotewrite', readWritten],
  ['prometheus_remote_write', readWritten],
])

const accepted = 'a prometheus or a prometheusremotewrite exporter'

interface Pipeline {
  readonly name: string
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

const pipelinesOf = (content: JsonObject, read: OptionReader): readonly Pipeline[] => {
  const service = read.map('service', content.service)
  return Object.entries(read.map('service.pipelines', service.pipelines))
    .filter(([name]) => typeOf(name) === 'metrics')
    .map(([name, value]) => {
      const where = `service.pipelines.${name}`
      const pipeline = read.map(where, value)
      return {
        name,
        receivers: read.names(`${where}.receivers`, pipeline.receivers),
        processors: read.names(`${where}.processors`, pipeline.processors),
        exporters: read.names(`${where}.exporters`, pipeline.exporters),
      }
    })
}

/** How metrics come into a pipeline, where that matters for their names. */
const entryRemarks = ({ receivers }: Pipeline, connectors: JsonObject): readonly string[] => {
  const from = receivers.filter((id) => Object.hasOwn(connectors, id))
  if (from.length > 0)
    return [`metrics come here through ${from.join(', ')}: what changes them before that is not looked at`]
  if (receivers.some((id) => typeOf(id) === 'otlp')) return []
  return [
    `nothing of ours comes here: the pipeline has no otlp receiver, but ${receivers.join(', ') || 'none'}`,
  ]
}

const noExporter = (content: JsonObject, pipelines: readonly Pipeline[], exporters: JsonObject): string => {
  if (!isJsonObject(content.service)) {
    const keys = Object.keys(content).join(', ') || 'nothing'
    return `there is no 'service' with pipelines in it, but ${keys}: it must be the configuration that the Collector is started with`
  }
  const ends = pipelines.map(({ name, exporters }) => `${name} ends in ${exporters.join(', ') || 'nothing'}`)
  const unused = Object.keys(exporters).filter((id) => readers.has(typeOf(id)))
  return `no pipeline of metrics ends in ${accepted}: ${ends.join('; ') || 'there is no pipeline of metrics'}${unused.length > 0 ? `; ${unused.join(', ')} is configured, but in none of them` : ''}`
}

const parse = (text: string, note: Note): unknown => {
  try {
    return yaml.parse(text, { merge: true })
  } catch (error) {
    note(`it is no YAML: ${(error as Error).message.split('\n')[0]}`)
    return undefined
  }
}

/**
 * Reads the configuration of an OpenTelemetry Collector for what decides on names in Prometheus.
 *
 * @param text - YAML, or JSON, which is YAML too
 * @param environment - for `${env:NAME}` in it
 */
export const readCollector = (text: string, environment: Environment): ReadCollector => {
  const problems: string[] = []
  const note: Note = (problem) => problems.push(problem)
  const read = optionReader(note)
  const raw = parse(text, note)
  if (problems.length > 0) return { problems }
  const content = substitute(raw, environment)
  if (!isJsonObject(content))
    return { problems: ['it is no map with receivers, exporters and service in it'] }
  const exporters = read.map('exporters', content.exporters)
  const processors = read.map('processors', content.processors)
  const connectors = read.map('connectors', content.connectors)
  const pipelines = pipelinesOf(content, read)
  const found = pipelines.flatMap((pipeline) =>
    pipeline.exporters.flatMap((id): readonly NamingExporter[] => {
      const readExporter = readers.get(typeOf(id))
      if (readExporter === undefined) return []
      if (!Object.hasOwn(exporters, id)) {
        const there = Object.keys(exporters).join(', ') || 'nothing'
        note(
          `service.pipelines.${pipeline.name} names the exporter ${id}, but in exporters there is ${there}`,
        )
      }
      const changes = followProcessors(pipeline.processors, processors)
      const remarks = entryRemarks(pipeline, connectors)
      const options = optionsOf(exporters, id)
      return [readExporter({ id, pipeline: pipeline.name, options, changes, remarks }, read)]
    }),
  )
  if (found.length === 0 && problems.length === 0) note(noExporter(content, pipelines, exporters))
  return problems.length > 0 ? { problems } : { exporters: found }
}
