import type { JsonObject } from '../../json.ts'

/**
 * What a progress file says, as the platform's worker understands it: every member is present, with an
 * empty string, 0 or `{}` where the text had nothing or `null`.
 *
 * @see NVIDIA/nvcf worker-task `internal/progress/progress.go`, struct `Progress`
 */
export interface ProgressDocument {
  /** Id of the NVCF task; "" stands for the task that the worker watches. */
  readonly taskId: string
  /** An integer from 0 to 4,294,967,295 as decoded; the rules allow 0 to 100. */
  readonly percentComplete: number
  /** Name of the state; under the UPLOAD strategy also a directory of the results directory. */
  readonly name: string
  /** Free for the task to use; `{}` when it has none. */
  readonly metadata: JsonObject
  /** A time stamp as it stands in the text, not yet parsed. */
  readonly lastUpdatedAt: string
}
