import { type Finding, findingKinds } from './catalogue.ts'
import type { Evidence } from './evidence.ts'
import { findInProgress } from './progress.ts'
import { findInResults } from './results.ts'
import { findInTask } from './task.ts'
import { findInTelemetry } from './telemetry.ts'

const weight = { error: 0, warning: 1, note: 2 } as const

/** All findings that follow from what was seen, the gravest first. */
export const findAll = (evidence: Evidence, allowed: readonly string[]): readonly Finding[] =>
  [findInTask, findInProgress, findInResults, findInTelemetry]
    .flatMap((find) => find(evidence))
    .map(([id, seen]) => ({ id, seen, ...findingKinds[id], isAllowed: allowed.includes(id) }))
    .toSorted((a, b) => weight[a.severity] - weight[b.severity])
