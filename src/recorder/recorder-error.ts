/** Why a recorder failed; stable, for programs. */
export type RecorderErrorCode =
  /** Options, a name or a time that cannot be. */
  | 'WRONG_USE'
  /** The span has stopped already. */
  | 'SPAN_STOPPED'
  /** The span is of another recorder, or of none. */
  | 'FOREIGN_SPAN'
  /** The recorder is closed. */
  | 'CLOSED'
  /** A filter's predicate threw; in `cause` what it threw. */
  | 'FILTER_FAILED'
  /** An exporter did not answer in time. It reaches exporters' counters only, nobody's `catch`. */
  | 'TIMEOUT'
  /** A fault of the recorder itself; in `cause` what was thrown. */
  | 'INTERNAL'

/** The only error that a recorder throws, and that only with the strategy `propagate`. */
export class RecorderError extends Error {
  readonly code: RecorderErrorCode

  constructor(code: RecorderErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options)
    this.name = 'RecorderError'
    this.code = code
  }
}

/** The message of what was thrown, whatever it is: a foreign object may even refuse to become a text. */
export const messageOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } catch {
    return 'something that has no text'
  }
}
