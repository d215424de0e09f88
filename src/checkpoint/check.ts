import { configurationError } from '../errors.ts'
import { checkGlob } from './glob.ts'
import { checkMarker } from './marker.ts'

/**
 * Checks what somebody wants to be looked for.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for a pattern or a marker that cannot be used
 */
export const checkCheckpoints = (globs: readonly string[], marker: string | undefined): void => {
  const faults = [...globs.map(checkGlob), marker === undefined ? undefined : checkMarker(marker)]
  const fault = faults.find((text) => text !== undefined)
  if (fault !== undefined) throw configurationError(fault)
}
