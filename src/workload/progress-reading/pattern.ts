import { setFlagsFromString } from 'node:v8'
import { nameMetrics } from './metrics.ts'
import { readNumberForPeople } from './numbers.ts'
import { type ProgressReader, progressEvent } from './reading.ts'

/** Of the groups of one match, those that are numbers. */
const readGroups = (groups: Readonly<Record<string, string | undefined>>) => {
  const values = new Map<string, number>()
  for (const [name, text] of Object.entries(groups)) {
    const value = text === undefined ? undefined : readNumberForPeople(text)
    if (value !== undefined) values.set(name, value)
  }
  return values
}

/**
 * Reads by a regular expression of the user's. Its groups `step`, `total`, `percent` and `epoch` tell how far the
 * whole run is; any other group that matches a number is a metric of that name, `lr` the learning rate. What they
 * say is passed on as it is, also a step that falls.
 *
 * @param totalSteps - beats the group `total`
 */
export const createPatternReader = (pattern: RegExp, totalSteps?: number): ProgressReader => {
  // one that backtracks for ever (`(\d+)+$`) would hold up the heartbeat: V8 then takes its engine that cannot
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  // with g or y it would go on where it found something in the text before
  const stateless = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''))
  return (text) => {
    const groups = stateless.exec(text)?.groups
    if (groups === undefined) return undefined
    const { step, total, percent, epoch, ...others } = Object.fromEntries(readGroups(groups))
    const known = step === undefined && total === undefined ? undefined : (totalSteps ?? total)
    return progressEvent({ step, totalSteps: known, percent, epoch }, nameMetrics(Object.entries(others)))
  }
}
