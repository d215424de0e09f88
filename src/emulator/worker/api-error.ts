import type { EndRule } from './state.ts'

const UNPREFIXED: ReadonlySet<EndRule> = new Set(['not-ready', 'max-run-time'])
const INTERNAL: ReadonlySet<EndRule> = new Set(['task-id', 'message-too-large'])

/**
 * The error as the platform's API shows it: it tells whose fault it is.
 *
 * @see NVIDIA/nvcf `src/libraries/go/worker/types/error.go`; worker-task `internal/worker/worker.go`, which sends
 *   the errors of its own two limits bare
 */
export const apiError = ({ error, rule }: { readonly error: string; readonly rule: EndRule }): string => {
  if (UNPREFIXED.has(rule)) return error
  return `${INTERNAL.has(rule) ? 'internal error' : 'user actionable error'}: ${error}`
}
