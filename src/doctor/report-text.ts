import type { ListedSetting } from '../settings/listed-settings.ts'
import { durationText } from '../terminal/duration.ts'
import type { Canary } from './facts.ts'
import type { Finding, Severity } from './findings/catalogue.ts'
import type { Report } from './report.ts'

const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines, ''])

/** Columns, each as wide as its widest cell, within reason; the last one is as it is. */
const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const width = (column: number) =>
    Math.min(48, Math.max(...rows.map((row) => (row.length > column + 1 ? (row[column] ?? '').length : 0))))
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column + 1 < row.length ? cell.padEnd(width(column)) : cell)).join('  ')}`.trimEnd(),
  )
}

const kinds: Readonly<Record<Report['environment']['kind'], string>> = {
  nvcf: 'an NVCF task',
  kubernetes: 'a pod of Kubernetes',
  docker: 'a container',
  machine: 'a machine of your own',
}

const gib = 2 ** 30

const placeLines = ({ environment, machine }: Report) => {
  const { nodeVersion, system, uid, timeZone, memoryLimitBytes, cpuLimit, gpus } = machine
  const limits = [
    ...(memoryLimitBytes === undefined ? [] : [`${(memoryLimitBytes / gib).toFixed(1)} GiB of memory`]),
    ...(cpuLimit === undefined ? [] : [`${cpuLimit} CPUs`]),
  ]
  return columns([
    ['looks like', `${kinds[environment.kind]}: ${environment.reasons.join('; ')}`],
    ['runs on', `Node.js ${nodeVersion}, ${system}, uid ${uid ?? 'unknown'}, ${timeZone ?? 'no time zone'}`],
    ...(limits.length > 0 ? [['limits', limits.join(', ')]] : []),
    ...(gpus.length > 0 ? [['GPUs', gpus.join('; ')]] : []),
  ])
}

const settingLine = ({ field, value, from = 'default', beats }: ListedSetting) => [
  field,
  value,
  `${from}${beats.length > 0 ? `, before ${beats.join(', ')}` : ''}`,
]

const canaryLine = ({ signal, destination, outcome, reason, durationMs }: Canary) => [
  signal,
  destination,
  `${outcome} after ${durationText(durationMs)}${reason === '' ? '' : `: ${reason}`}`,
]

const findingLines = ({ severity, id, seen, remedy }: Finding) => [
  `  ${severity.toUpperCase().padEnd(8)} ${id}: ${seen}`,
  `           remedy: ${remedy}`,
]

const counted = (findings: readonly Finding[], severity: Severity) => {
  const count = findings.filter((finding) => finding.severity === severity).length
  return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`]
}

const verdict = (findings: readonly Finding[]) =>
  findings.length === 0
    ? 'Nothing was found.'
    : `${(['error', 'warning', 'note'] as const).flatMap((severity) => counted(findings, severity)).join(', ')}.`

/** The report, for people; its last line says how much was found. */
export const reportText = (report: Report): string => {
  const { settings, defaults, canaries, findings } = report
  const rest = defaults > 0 ? [`  ${defaults} more at their defaults (--defaults lists them)`] : []
  return [
    `taskbeat ${report.version}`,
    '',
    ...section('Where', placeLines(report)),
    ...section('Settings', [...columns(settings.map(settingLine)), ...rest]),
    ...section('Canaries', columns(canaries.map(canaryLine))),
    ...section('Findings', findings.flatMap(findingLines)),
    verdict(findings),
    '',
  ].join('\n')
}
