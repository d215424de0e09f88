import type { ExplainedExporter, ExplainedMetric } from './explain-names.ts'

const titles = { task: 'Metrics of tasks', bridge: 'Metrics of the bridge' } as const

const rightSide = (metric: ExplainedMetric): string =>
  'dropped' in metric
    ? `dropped: ${metric.dropped}`
    : `${metric.name} (${metric.type})${metric.labels.length === 0 ? '' : ` {${metric.labels.join(', ')}}`}`

const metricLines = (metric: ExplainedMetric, width: number): readonly string[] => {
  const indent = ' '.repeat(width + 5)
  return [
    `  ${metric.metric.padEnd(width)} → ${rightSide(metric)}`,
    ...('dropped' in metric ? [] : [`${indent}${metric.query}`]),
    ...('dropped' in metric ? [] : metric.remarks.map((remark) => `${indent}note: ${remark}`)),
  ]
}

const headLine = ({ exporter, pipeline, kind, endpoint, namespace, strategy }: ExplainedExporter) => {
  const way = kind === 'scraped' ? 'scraped at' : 'written to'
  const place = endpoint === undefined ? '' : `, ${way} ${endpoint}`
  return `${exporter} of pipeline ${pipeline}${place}: ${namespace === '' ? 'no namespace' : `namespace ${namespace}`}, ${strategy}`
}

const exporterText = (exporter: ExplainedExporter): string => {
  const { metrics, labels, job, targetInfo, remarks } = exporter
  const width = Math.max(...metrics.map(({ metric }) => metric.length))
  const tables = (['task', 'bridge'] as const).flatMap((from) => {
    const own = metrics.filter((metric) => metric.from === from)
    return own.length === 0
      ? []
      : ['', `${titles[from]}:`, ...own.flatMap((metric) => metricLines(metric, width))]
  })
  const shown = labels.map((label) => (label === 'job' && job !== undefined ? `job="${job}"` : label))
  const foot = [
    `on every series: ${shown.join(', ') || 'no other labels'}`,
    ...(targetInfo === undefined
      ? []
      : [`${targetInfo} (gauge) has the attributes of the resource as labels`]),
    ...remarks,
  ]
  return [headLine(exporter), ...tables, '', ...foot.map((line) => `- ${line}`)].join('\n')
}

/** What `taskbeat explain-names` prints for people. */
export const namesText = (exporters: readonly ExplainedExporter[]): string =>
  `${exporters.map(exporterText).join('\n\n\n')}\n`
