import type { OwnAttributes } from './copy-attributes.ts'
import { messageOf } from './recorder-error.ts'

/** Longer texts of errors are cut: a message may quote all of what could not be parsed. */
const mostCharacters = 16_384
/** An error that names itself as its cause has no end. */
const mostCauses = 8

const clip = (text: string) => (text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text)

const typeOf = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown
  const name = thrown instanceof Error && thrown.name !== 'Error' ? thrown.name : undefined
  return name || thrown.constructor?.name || 'Object'
}

const tracebackOf = (error: Error): string => {
  const stacks: string[] = []
  let cause: unknown = error
  while (cause instanceof Error && stacks.length < mostCauses) {
    stacks.push(cause.stack ?? String(cause))
    cause = cause.cause
  }
  return stacks.join('\nCaused by: ')
}

/** What may fail because of what the error is: a proxy, a getter that throws. */
const attempt = (read: () => string, otherwise: string): string => {
  try {
    return clip(read())
  } catch {
    return otherwise
  }
}

/**
 * The attributes of an error event, with upstream's names. An exception may be anything that was thrown; `undefined` is
 * none, unless `isThrown`.
 *
 * @see https://github.com/NVIDIA/nv-one-logger `core/event.py`, `ErrorEvent`
 */
export const errorAttributes = (message: string, thrown: unknown, isThrown: boolean): OwnAttributes => {
  const attributes: OwnAttributes = { error_message: clip(message) }
  if (!isThrown && thrown === undefined) return attributes
  attributes.exception_type = attempt(() => typeOf(thrown), 'unknown')
  attributes.exception_message = clip(messageOf(thrown))
  if (thrown instanceof Error) attributes.exception_traceback = attempt(() => tracebackOf(thrown), '')
  return attributes
}

/** Whether a body ended because its caller wanted it to: no failure of the application. */
export const isAbort = (thrown: unknown): boolean => {
  try {
    return typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === 'AbortError'
  } catch {
    return false
  }
}
