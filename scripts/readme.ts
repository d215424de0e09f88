/** Writes the tables that the source knows into README.md and docs/, between their markers: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { findingKinds } from '../src/emulator/findings/catalogue.ts'
import { attributeConventions } from '../src/semconv/attributes.ts'
import { eventConventions } from '../src/semconv/events.ts'
import { type MetricConvention, metricConventions, workflowMetrics } from '../src/semconv/metrics.ts'
import { spanConventions } from '../src/semconv/spans.ts'
import { tuftMetrics } from '../src/semconv/tuft.ts'
import { settingsTable } from '../src/settings/help.ts'

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

const metricsTable = () =>
  tableOf(
    ['metric', 'kind', 'unit', 'what'],
    Object.entries(metricConventions)
      .filter(([name]) => !Object.hasOwn(workflowMetrics, name))
      .map(([name, convention]) => metricRow(name, convention)),
  )

const workflowTable = () =>
  tableOf(
    ['metric', 'kind', 'unit', 'what', 'with `--names tuft`'],
    Object.entries(workflowMetrics).map(([name, convention]) => [
      ...metricRow(name, convention),
      codes([tuftMetrics[name as keyof typeof workflowMetrics]?.name ?? name]),
    ]),
  )

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
  { file: 'README.md', name: 'settings', table: settingsTable },
  { file: 'docs/emulate.md', name: 'findings', table: findingsTable },
  { file: 'docs/telemetry.md', name: 'spans', table: spansTable },
  { file: 'docs/telemetry.md', name: 'metrics', table: metricsTable },
  { file: 'docs/telemetry.md', name: 'workflow metrics', table: workflowTable },
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

/** The pages that hold tables, as they are and as they should be. */
export const pages = () =>
  [...new Set(tables.map(({ file }) => file))].map((file) => {
    const text = readFileSync(file, 'utf8')
    const wanted = tables
      .filter((table) => table.file === file)
      .reduce((page, { name, table }) => withTable(page, name, table()), text)
    return { file, text, wanted }
  })

if (import.meta.main) for (const { file, wanted } of pages()) writeFileSync(file, wanted)
