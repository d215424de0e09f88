import { type Signal, signals } from '../../otlp/signals.ts'
import { durationText } from '../../terminal/duration.ts'
import type { Finding } from '../findings/catalogue.ts'
import type { Report } from '../report.ts'

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

const limitsText = ({ timeScale }: Report) =>
  timeScale === 1
    ? []
    : [`The platform's own limits were divided by ${timeScale}; on the platform they are longer.`, '']

const statesText = ({ states }: Report) =>
  states.map(
    ({ percentComplete, name, dwellMs, wasSent, atMs }) =>
      `  ${`${percentComplete} %`.padStart(5)}  ${(name || '(no name)').padEnd(24)} at ${durationText(atMs)}, for ${durationText(dwellMs)}${wasSent || name === '' ? '' : '  NOT SEEN by the platform'}`,
  )

const checkpointsText = ({ checkpoints }: Report) =>
  checkpoints.map(({ name, files, sizeBytes, sha256, fault, isChanged }) =>
    fault
      ? `  ${name.padEnd(24)} not uploaded: ${fault}`
      : `  ${name.padEnd(24)} ${plural(files, 'file')}, ${sizeBytes} bytes, sha256 ${sha256.slice(0, 12)}${isChanged ? ', CHANGED afterwards' : ''}`,
  )

const signalText = ({ telemetry, received }: Report, signal: Signal) => {
  const { arrived, duplicates, emitted, delivered, waiting = 0, lost } = telemetry[signal]
  const { requests } = received.signals[signal]
  const own =
    emitted === undefined
      ? ''
      : `, ${emitted} emitted, ${delivered} delivered by its own count${waiting > 0 ? `, ${waiting} kept on disk` : ''}, ${lost} lost`
  const again = duplicates > 0 ? `, ${duplicates} of them again` : ''
  return `  ${signal.padEnd(8)} ${plural(arrived, 'item')} in ${plural(requests, 'request')}${again}${own}`
}

const tracesText = ({
  received: { traceIds, orphanSpans, unendedSpans, logsWithoutTraceContext },
}: Report) => {
  const ids = traceIds.first.slice(0, 3).join(', ')
  const more = traceIds.count > 3 ? `, and ${traceIds.count - 3} more` : ''
  return [
    ...(traceIds.count > 0 ? [`  traces: ${ids}${more}`] : []),
    `  ${plural(orphanSpans.ownCount, 'orphan span')}, ${plural(unendedSpans.ownCount, 'span')} without an end, ${plural(logsWithoutTraceContext, 'log record')} without a trace`,
  ]
}

const findingText = ({ severity, id, seen, platform, remedy, isAllowed }: Finding) => [
  `  ${severity.toUpperCase().padEnd(8)} ${id}${isAllowed ? ' (allowed)' : ''}: ${seen}`,
  `           platform: ${platform}`,
  `           remedy:   ${remedy}`,
]

const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines, ''])

const taskText = ({ task: { status, durationMs, afterCompleteMs }, heartbeats }: Report) => [
  `  ended with ${status} after ${durationText(durationMs)}${afterCompleteMs === undefined ? '' : `, ${durationText(afterCompleteMs)} after 100 was accepted`}`,
  `  ${plural(heartbeats.count, 'heartbeat')}, the longest gap ${durationText(heartbeats.longestGapMs)}, ending at ${durationText(heartbeats.longestGapEndMs)}`,
]

/** The closing report, for people; its last line is the verdict. */
export const reportText = (report: Report): string =>
  [
    '',
    ...section('States', statesText(report)),
    ...section('Results', checkpointsText(report)),
    ...section('Telemetry', [...signals.map((signal) => signalText(report, signal)), ...tracesText(report)]),
    ...section('Task', taskText(report)),
    ...section('Findings', report.findings.flatMap(findingText)),
    ...limitsText(report),
    `${report.verdict}: ${report.reason}${report.isFlawless ? ', without a finding' : ''}`,
  ].join('\n')
