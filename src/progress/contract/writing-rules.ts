import type { JsonValue } from '../../json.ts'
import { COMPLETE_PERCENT, MAX_METADATA_BYTES, MAX_NAME_BYTES } from './limits.ts'

/**
 * Why a name must not be published under the stricter strategy, UPLOAD; undefined if it may.
 *
 * Stricter than the worker in one point: `.` and `..` would upload the whole results directory or its parent.
 */
export const checkName = (name: string): string | undefined => {
  const shown = JSON.stringify(shorten(name))
  if (name === '') return 'the name must not be empty'
  if (name === '.' || name === '..') {
    return `the name ${shown} would upload the whole results directory or its parent`
  }
  if (!/^[a-zA-Z0-9!_\-.*'()]*$/.test(name)) {
    return `the name ${shown} may hold only letters and digits of ASCII and ! _ - . * ' ( )`
  }
  if (name.length > MAX_NAME_BYTES) {
    return `the name ${shown} has ${name.length} characters; at most ${MAX_NAME_BYTES} are allowed`
  }
  return undefined
}

/**
 * Why a percentage must not be written; undefined if it may. 0 passes: it is right in the first document,
 * together with an empty name.
 */
export const checkPercent = (percentComplete: number): string | undefined =>
  Number.isInteger(percentComplete) && percentComplete >= 0 && percentComplete <= COMPLETE_PERCENT
    ? undefined
    : `percentComplete must be an integer from 0 to ${COMPLETE_PERCENT}, got \`${percentComplete}\` (${typeof percentComplete})`

/**
 * Why metadata must not be written; undefined if they may. Refuses what JSON cannot say, and what comes near
 * the control plane's limit for one message once the worker has re-encoded it.
 */
export const checkMetadata = (metadata: Readonly<Record<string, JsonValue>>): string | undefined => {
  const text = serialise(metadata)
  if (text instanceof Error) return `metadata cannot be written as JSON: ${text.message}`
  if (!text?.startsWith('{')) return 'metadata must be an object'
  return isTooLarge(text)
    ? `metadata of ${Buffer.byteLength(text)} bytes exceed ${MAX_METADATA_BYTES} bytes as the worker sends them`
    : undefined
}

const serialise = (metadata: unknown): string | undefined | Error => {
  try {
    return JSON.stringify(metadata)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const isTooLarge = (text: string): boolean => {
  let sizeBytes = Buffer.byteLength(text)
  // Go's encoder escapes these, each to 6 bytes, so that its JSON may stand in HTML and in JavaScript.
  for (const [character] of text.matchAll(/[<>&\u2028\u2029]/g)) {
    if (sizeBytes > MAX_METADATA_BYTES) break
    sizeBytes += 6 - Buffer.byteLength(character)
  }
  return sizeBytes > MAX_METADATA_BYTES
}

const shorten = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)
