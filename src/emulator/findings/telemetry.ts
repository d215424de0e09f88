import { signals } from '../../telemetry/signals.ts'
import type { SignalCounts } from '../receiver.ts'
import { accountOf } from './account.ts'
import type { Evidence } from './evidence.ts'
import type { Found } from './found.ts'

const parts = (counts: readonly (readonly [count: number, signal: string])[]) =>
  counts.map(([count, signal]) => `${count} of ${signal}`).join(', ')

const hasHeard = ({ requests, malformedRequests, refused }: SignalCounts) =>
  requests + malformedRequests + Object.keys(refused).length > 0

/** What arrived, and what did not. */
export const findInTelemetry = (evidence: Evidence): readonly Found[] => {
  const { signals: attached, overridden, received } = evidence
  const accounts = signals.map((signal) => ({
    signal,
    ...accountOf(evidence, signal),
    ...received.signals[signal],
  }))
  const count = (what: 'lost' | 'duplicates' | 'rejectedItems' | 'malformedRequests') =>
    accounts
      .filter((account) => (account[what] ?? 0) > 0)
      .map((account) => [account[what] ?? 0, account.signal] as const)

  const found: Found[] = []
  const lost = count('lost')
  if (lost.length > 0) found.push(['telemetry-lost', `emitted and never arrived: ${parts(lost)}`])
  const duplicates = count('duplicates')
  if (duplicates.length > 0) found.push(['telemetry-duplicated', `arrived again: ${parts(duplicates)}`])
  const rejected = count('rejectedItems')
  if (rejected.length > 0) found.push(['telemetry-rejected', `rejected: ${parts(rejected)}`])
  const malformed = count('malformedRequests')
  if (malformed.length > 0) {
    const reason = accounts.flatMap(({ malformedReasons }) => malformedReasons)[0] ?? ''
    found.push([
      'telemetry-malformed',
      `requests: ${parts(malformed)}${reason && ` (${reason.slice(0, 120)})`}`,
    ])
  }
  if (overridden.length > 0) found.push(['telemetry-elsewhere', `set by you: ${overridden.join(', ')}`])
  const silent = attached.filter(
    (signal) =>
      !hasHeard(received.signals[signal]) &&
      !overridden.some((name) => name.includes(`_${signal.toUpperCase()}_`)),
  )
  if (silent.length > 0) found.push(['telemetry-silent', `nothing came of ${silent.join(', ')}`])
  const { orphanSpans, unendedSpans, logsWithoutTraceContext } = received
  // what belongs to another process may arrive elsewhere
  const orphans = orphanSpans.first.filter(({ parentIsRemote }) => !parentIsRemote)
  const unended = unendedSpans.first.filter(({ isRemote }) => !isRemote)
  const [orphan] = orphans
  if (orphan) {
    found.push(['spans-orphaned', `${orphans.length}, such as '${orphan.name}' (${orphan.spanId})`])
  }
  const [open] = unended
  if (open) found.push(['spans-unended', `${unended.length}, such as ${open.spanId} (seen ${open.seen})`])
  if (logsWithoutTraceContext > 0) {
    found.push(['logs-without-trace', `${logsWithoutTraceContext} log records`])
  }
  return found
}
