import type { RunState } from '../api.ts'

interface Told {
  readonly state: RunState
  readonly percent: number | undefined
}

const tenthOf = (percent: number | undefined): number => Math.floor((percent ?? 0) / 10)

/** Whether somebody who listens wants to hear of it: another state, or a further tenth of the way. */
export const isWorthTelling = (told: Told | undefined, now: Told): boolean =>
  told === undefined || told.state !== now.state || tenthOf(told.percent) !== tenthOf(now.percent)
