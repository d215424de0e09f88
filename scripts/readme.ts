/** Writes the tables that the source knows into README.md and docs/, between their markers: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { findingKinds as doctorFindings } from '../src/doctor/findings/catalogue.ts'
import { findingKinds } from '../src/emulator/findings/catalogue.ts'
import { attributeConventions } from '../src/semconv/attributes.ts'
import { eventConventions } from '../src/semconv/events.ts'
import { gpuMetrics } from '../src/semconv/metrics/gpu.ts'
import { hostMetrics } from '../src/semconv/metrics/host.ts'
import { taskMetrics } from '../src/semconv/metrics/task.ts'
import { type MetricConvention, metricConventions, workflowMetrics } from '../src/semconv/metrics.ts'
import { spanConventions } from '../src/semconv/spans.ts'
import { tuftMetrics } from '../src/semconv/tuft.ts'
import { tuftResourceMetrics } from '../src/semconv/tuft-resources.ts'
import { cliPage } from './docs/cli-page.ts'
import { shortSettingsTable } from './docs/short-settings.ts'

const findingsTable = () =>
  [
    '| id | | what the platform does | remedy |',
    '|---|---|---|---|',
    ...Object.entries(findingKinds).map(
      ([id, { severity, platform, remedy }]) => `| \`${id}\` | ${severity} | ${platform} | ${remedy} |`,
    ),
  ].join('\n')

const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const doctorTable = () =>
  tableOf(
    ['id', '', 'remedy'],
    Object.entries(doctorFindings).map(([id, { severity, remedy }]) => [codes([id]), severity, remedy]),
  )

const spansTable = () =>
  tableOf(
    ['span', 'scope', 'when', 'attributes'],
    Object.entries(spanConventions).map(([name, { scope = 'taskbeat', when, attributes }]) => [
      codes([name]),
      codes([scope]),
      when,
      codes(attributes),
    ]),
  )

const metricRow = (name: string, { kind, unit, description, attributes = [] }: MetricConvention) => [
  codes([name]),
  kind,
  unit,
  `${description}${attributes.length > 0 ? `; by ${codes(attributes)}` : ''}`,
]

const metricsTable = (metrics: Readonly<Record<string, MetricConvention>>) => () =>
  tableOf(
    ['metric', 'kind', 'unit', 'what'],
    Object.entries(metrics).map(([name, convention]) => metricRow(name, convention)),
  )

/** Theirs, the one of ours that it is, and what `--names tuft` does about it. */
const tuftTable = () => {
  const metrics: Readonly<Record<string, MetricConvention>> = metricConventions
  const row = (theirs: string, ours: string, preset: string) => {
    const { attributes = [] } = metrics[ours] ?? {}
    return [codes([theirs]), codes([ours]), codes(attributes), preset]
  }
  return tableOf(
    ["TuFT's", 'ours', 'attributes of ours', 'with `--names tuft`'],
    [
      ...Object.entries(tuftMetrics).map(([ours, { name }]) => row(name, ours, 'in place of ours')),
      ...tuftResourceMetrics.map(({ name, of }) => row(name, of, 'beside ours')),
    ],
  )
}

const eventsTable = () =>
  tableOf(
    ['log record', 'severity', 'body', 'attributes'],
    Object.entries(eventConventions).map(([name, { severity, body, attributes }]) => [
      codes([name]),
      severity,
      body,
      codes(attributes),
    ]),
  )

const attributesTable = () =>
  tableOf(
    ['attribute', 'type', 'what', 'such as'],
    Object.entries(attributeConventions).map(([name, { type, description, example }]) => [
      codes([name]),
      type,
      description,
      codes([String(example)]),
    ]),
  )

const tables = [
  { file: 'README.md', name: 'settings', table: shortSettingsTable },
  { file: 'docs/emulate.md', name: 'findings', table: findingsTable },
  { file: 'docs/doctor.md', name: 'findings', table: doctorTable },
  { file: 'docs/telemetry.md', name: 'spans', table: spansTable },
  { file: 'docs/telemetry.md', name: 'metrics', table: metricsTable(taskMetrics) },
  { file: 'docs/telemetry.md', name: 'host metrics', table: metricsTable(hostMetrics) },
  { file: 'docs/telemetry.md', name: 'GPU metrics', table: metricsTable(gpuMetrics) },
  { file: 'docs/telemetry.md', name: 'workflow metrics', table: metricsTable(workflowMetrics) },
  { file: 'docs/telemetry.md', name: 'TuFT metrics', table: tuftTable },
  { file: 'docs/telemetry.md', name: 'log records', table: eventsTable },
  { file: 'docs/telemetry.md', name: 'attributes', table: attributesTable },
]

const withTable = (text: string, name: string, table: string) => {
  const begin = `<!-- ${name}: made by npm run readme -->`
  const end = `<!-- end of ${name} -->`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`'${begin}' or '${end}' is missing`)
  return `${before}${begin}\n${table}\n${end}${after}`
}

const cliFile = 'docs/cli.md'

/** The pages that are made here, whole or in their tables, as they are and as they should be. */
export const pages = async () => {
  const withTables = [...new Set(tables.map(({ file }) => file))].map((file) => {
    const text = readFileSync(file, 'utf8')
    const wanted = tables
      .filter((table) => table.file === file)
      .reduce((page, { name, table }) => withTable(page, name, table()), text)
    return { file, text, wanted }
  })
  return [...withTables, { file: cliFile, text: readFileSync(cliFile, 'utf8'), wanted: await cliPage() }]
}

if (import.meta.main) for (const { file, wanted } of await pages()) writeFileSync(file, wanted)
