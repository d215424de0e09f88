import type { Timestamp } from '../span.ts'

/** Seconds since 1970. */
export const wallSec = ({ wallMs }: Timestamp): number => wallMs / 1_000

/** Never less than 0: times that were given may come from a clock that was set back. */
export const secondsBetween = (from: Timestamp, to: Timestamp): number =>
  Math.max(0, to.monotonicMs - from.monotonicMs) / 1_000
