import type { JsonNumber } from '../json.ts'
import { durationText } from '../terminal/duration.ts'
import { sizeText } from '../terminal/size.ts'
import type { RunSummary, SummaryOutcome } from './run-summary.ts'

/** Checkpoints that people are shown; `summary.json` has more. */
const mostRows = 20

/** Text from outside as a page may show it within a line: nothing of it is markup, or starts a line. */
const escaped = (text: string) =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_~|[\]$!]/g, '\\$&')
    .trim()

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** A table; nothing if it has no rows. The cells are Markdown already. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [row(head), row(head.map(() => '---')), ...rows.map(row), '']

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines]

/** Lines as they are, in a fence that none of them can close. */
const verbatim = (lines: readonly string[]): readonly string[] => {
  if (lines.length === 0) return []
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines.map((line) => line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')), fence, '']
}

/** Counts as they are, measurements to six digits. */
const numberText = (value: JsonNumber) =>
  typeof value === 'number' && !Number.isInteger(value) ? `${Number(value.toPrecision(6))}` : `${value}`

const outcomeText = ({ kind, exitStatus, signal, reason, oomKills = 0, stalled }: SummaryOutcome) =>
  [
    `${kind} with status ${exitStatus}`,
    signal !== undefined && escaped(signal),
    stalled && 'stalled',
    oomKills > 0 && `${oomKills} killed by the out-of-memory killer`,
    reason !== undefined && escaped(reason),
  ]
    .filter((part) => typeof part === 'string')
    .join(', ')

const runRows = (summary: RunSummary): readonly (readonly string[])[] => {
  const { task, runId, attempt, command, startedAt, endedAt, durationSeconds, outcome, stepsLost } = summary
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['task', [task.name, task.id].flatMap((text) => (text ? [escaped(text)] : [])).join(', ') || undefined],
    ['run', `${escaped(runId)}, attempt ${attempt}`],
    ['command', escaped(command)],
    ['time', `${startedAt} to ${endedAt}, ${durationText(durationSeconds * 1_000)}`],
    ['outcome', outcomeText(outcome)],
    ['steps lost by the previous attempt', stepsLost === undefined ? undefined : `${stepsLost}`],
  ]
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]))
}

const progressRows = ({ progress }: RunSummary): readonly (readonly string[])[] => {
  const { percent, step, totalSteps, epoch, metrics } = progress
  const rows: readonly (readonly [string, JsonNumber | undefined])[] = [
    ['percent', percent],
    ['step', step],
    ['total steps', totalSteps],
    ['epoch', epoch],
    ...Object.entries(metrics),
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[escaped(name), numberText(value)]]))
}

const checkpointLines = ({ checkpoints: { count, last } }: RunSummary): readonly string[] => {
  const shown = last.slice(-mostRows)
  const rows = shown.map(({ name, step, sizeBytes, announcedAt }) => [
    escaped(name),
    `${step ?? ''}`,
    sizeText(sizeBytes),
    announcedAt,
  ])
  const missing = count > shown.length ? [`The last ${shown.length} of ${count}.`, ''] : []
  return [...missing, ...table(['name', 'step', 'size', 'announced'], rows)]
}

const countRows = ({ childEvents: { used, refused }, logRecordsCapped }: RunSummary) => {
  const rows: readonly (readonly [string, number])[] = [
    ['events used', used],
    ...Object.entries(refused).map(
      ([reason, count]) => [`events refused: ${escaped(reason)}`, count] as const,
    ),
    ['log records over the rate', logRecordsCapped],
  ]
  return rows.filter(([, count]) => count > 0).map(([name, count]) => [name, `${count}`])
}

/** A summary as a short page for people. What came from outside is text in it, whatever it looks like. */
export const summaryMarkdown = (summary: RunSummary): string => {
  const telemetry = summary.telemetry.map(({ signal, destination, emitted, delivered, waiting, dropped }) => [
    escaped(signal),
    escaped(destination),
    `${emitted}`,
    `${delivered}`,
    `${waiting}`,
    Object.entries(dropped)
      .map(([reason, count]) => `${count} ${escaped(reason)}`)
      .join(', '),
  ])
  const phases = summary.endPhases.map(({ name, seconds }) => [escaped(name), `${seconds} s`])
  const lines = [
    `# Training run: ${summary.outcome.kind}`,
    '',
    ...table(['', ''], runRows(summary)),
    ...section('Progress', table(['', 'last value'], progressRows(summary))),
    ...section('Checkpoints', checkpointLines(summary)),
    ...section('Last errors', verbatim(summary.lastErrorLines)),
    ...section(
      'Telemetry',
      table(['signal', 'destination', 'emitted', 'delivered', 'kept on disk', 'dropped'], telemetry),
    ),
    ...section('Counts', table(['', ''], countRows(summary))),
    ...section('The end', table(['phase', 'time'], phases)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
