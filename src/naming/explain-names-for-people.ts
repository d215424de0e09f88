import { readFileSync } from 'node:fs'
import type { Mapping } from '../bridge/mapping/mapping.ts'
import { readMapping } from '../bridge/mapping/read-mapping.ts'
import { codeOf, configurationError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import type { NamingExporter } from './collector/exporter.ts'
import { readCollector } from './collector/read-collector.ts'
import type { Environment } from './collector/substitute.ts'
import { explainNames } from './explain-names.ts'
import { metricName } from './metric-name.ts'
import { namesText } from './names-text.ts'
import { bridgeMetrics, taskMetrics } from './our-metrics.ts'

const readConfiguration = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw configurationError(
      `the Collector's configuration ${file} cannot be read (${codeOf(error)}): name a readable file`,
    )
  }
}

/** Fields that no one claims are named after themselves. */
const unknownRemark = (mapping: Mapping, exporter: NamingExporter): readonly string[] => {
  if (mapping.unknown === undefined) return []
  const metric = { name: `${mapping.unknown.prefix}.NAME`, unit: '', kind: 'gauge' } as const
  return [`other numbers of the metrics file are gauges too: NAME there is ${metricName(metric, exporter)}`]
}

interface Wanted {
  /** Path of the Collector's configuration. */
  readonly file: string
  readonly settings: Settings
  /** For the variables in it. */
  readonly environment: Environment
}

/**
 * The names of all our metrics behind a Collector, as a table, or as JSON.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for a configuration or a mapping that cannot be used
 */
export const explainNamesForPeople = async ({ file, settings, environment }: Wanted): Promise<string> => {
  const read = readCollector(readConfiguration(file), environment)
  if ('problems' in read)
    throw configurationError(`in the Collector's configuration ${file}: ${read.problems.join('; ')}`)
  const mapping = await readMapping(settings)
  const metrics = [...taskMetrics(settings.names), ...bridgeMetrics(mapping)]
  const exporters = read.exporters.map((exporter) => {
    const explained = explainNames(metrics, exporter)
    return { ...explained, remarks: [...explained.remarks, ...unknownRemark(mapping, exporter)] }
  })
  return settings.asJson
    ? `${JSON.stringify({ collector: file, exporters }, null, 2)}\n`
    : namesText(exporters)
}
