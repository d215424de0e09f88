import { RecorderError } from '../recorder-error.ts'

/** A callback at a moment, or with a value, that cannot be. */
export const wrongUse = (message: string): RecorderError => new RecorderError('WRONG_USE', message)

/** A field of the configuration that cannot be used; `cause` is what its function has thrown, if that is why. */
export const wrongConfig = (message: string, ...causes: readonly [cause?: unknown]): RecorderError =>
  new RecorderError('WRONG_USE', message, causes.length > 0 ? { cause: causes[0] } : undefined)
