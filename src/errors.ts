const brand = Symbol.for('taskbeat.error')

/**
 * A failure that this program can explain.
 *
 * `code` is stable and meant for programs, the message for people: it says what is wrong and what to do.
 * What the operating system or a library threw is in `cause`.
 */
export class TaskbeatError extends Error {
  /** Two copies of this class, such as the command's and the library's, know each other's errors. */
  static override [Symbol.hasInstance](value: unknown): value is TaskbeatError {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly [brand] = true
  readonly code: string
  /** The exit status that the command ends with: DESIGN's table, after `sysexits.h`. */
  readonly exitStatus: number

  constructor(
    code: string,
    message: string,
    { exitStatus = 70, cause }: { exitStatus?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TaskbeatError'
    this.code = code
    this.exitStatus = exitStatus
  }
}

/** A configuration that cannot be: name, value and what is accepted. Ends the program with 78. */
export const configurationError = (message: string, cause?: unknown): TaskbeatError =>
  new TaskbeatError('CONFIGURATION', message, { exitStatus: 78, cause })

/** The code that the system or a library gave an error, such as `ENOENT`. */
export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'
