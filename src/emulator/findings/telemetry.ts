import { signals } from '../../otlp/signals.ts'
import type { SignalCounts } from '../receiver.ts'
import { accountOf } from './account.ts'
import type { Evidence } from './evidence.ts'
import type { Found } from './found.ts'

const parts = (counts: readonly (readonly [count: number, signal: string])[]) =>
  counts.map(([count, signal]) => `${count} of ${signal}`).join(', ')

const hasHeard = ({ requests, malformedRequests, refused }: SignalCounts) =>
  requests + malformedRequests + Object.keys(refused).length > 0

/** What the collector itself refused; what a fault ordered is not the task's doing. */
const refusals = ({ received, faults }: Evidence): readonly string[] => {
  const isOrdered = (reason: string) =>
    !/^http 4(0[45]|1[35])$|^grpc unread/.test(reason) ||
    (reason === 'http 413' && faults.some(({ name }) => name === 'too-large'))
  const own = signals.flatMap((signal) =>
    Object.entries(received.signals[signal].refused)
      .filter(([reason]) => !isOrdered(reason))
      .map(([reason, requests]) => `${signal}: ${requests} × ${reason}`),
  )
  const stray = Object.entries(received.strayRequests).map(([what, requests]) => `${requests} × ${what}`)
  return [...own, ...stray].slice(0, 5)
}

/** What arrived, and what did not. */
export const findInTelemetry = (evidence: Evidence): readonly Found[] => {
  const { signals: attached, overridden, received } = evidence
  const accounts = signals.map((signal) => ({
    signal,
    ...accountOf(evidence, signal),
    ...received.signals[signal],
  }))
  const count = (what: 'lost' | 'waiting' | 'duplicates' | 'malformedRequests') =>
    accounts
      .filter((account) => (account[what] ?? 0) > 0)
      .map((account) => [account[what] ?? 0, account.signal] as const)

  const found: Found[] = []
  const lost = count('lost')
  if (lost.length > 0) found.push(['telemetry-lost', `emitted and never arrived: ${parts(lost)}`])
  const waiting = count('waiting')
  if (waiting.length > 0) found.push(['telemetry-waiting', `kept on disk: ${parts(waiting)}`])
  const duplicates = count('duplicates')
  if (duplicates.length > 0) found.push(['telemetry-duplicated', `arrived again: ${parts(duplicates)}`])
  const rejected = accounts
    .map(({ rejectedItems, malformedItems, signal }) => [rejectedItems + malformedItems, signal] as const)
    .filter(([items]) => items > 0)
  if (rejected.length > 0) found.push(['telemetry-rejected', `rejected: ${parts(rejected)}`])
  const malformed = count('malformedRequests')
  if (malformed.length > 0) {
    const reason = accounts.flatMap(({ malformedReasons }) => malformedReasons)[0] ?? ''
    found.push([
      'telemetry-malformed',
      `requests: ${parts(malformed)}${reason && ` (${reason.slice(0, 120)})`}`,
    ])
  }
  const refused = refusals(evidence)
  if (refused.length > 0) found.push(['telemetry-refused', refused.join(', ')])
  if (overridden.length > 0) found.push(['telemetry-elsewhere', `set by you: ${overridden.join(', ')}`])
  const silent = attached.filter(
    (signal) =>
      !hasHeard(received.signals[signal]) &&
      !overridden.some((name) => name.includes(`_${signal.toUpperCase()}_`)),
  )
  if (silent.length > 0) found.push(['telemetry-silent', `nothing came of ${silent.join(', ')}`])
  const { orphanSpans, unendedSpans, logsWithoutTraceContext } = received
  // what belongs to another process may arrive elsewhere
  const [orphan] = orphanSpans.first
  if (orphan && orphanSpans.ownCount > 0) {
    found.push(['spans-orphaned', `${orphanSpans.ownCount}, such as '${orphan.name}' (${orphan.spanId})`])
  }
  const [open] = unendedSpans.first
  if (open && unendedSpans.ownCount > 0) {
    found.push(['spans-unended', `${unendedSpans.ownCount}, such as ${open.spanId} (seen ${open.seen})`])
  }
  if (logsWithoutTraceContext > 0) {
    found.push(['logs-without-trace', `${logsWithoutTraceContext} log records`])
  }
  return found
}
