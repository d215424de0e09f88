/** A counter that is made from what a job says of how far it is. Times are milliseconds since 1970. */
export interface CounterState {
  readonly startMs: number
  readonly total: number
  /** As the job said last. */
  readonly position: number
  readonly epoch?: number
  /** The largest position that was seen: an epoch has at least as many steps. */
  readonly largest: number
  /** The first epoch: 1, or 0 where one of that number was seen. */
  readonly firstEpoch: number
  /** The position was seen to begin anew with an epoch. Until then it may as well go on over all of them. */
  readonly beginsAnew: boolean
}

/** What one record says. */
export interface CounterReading {
  readonly position: number
  /** Undefined for a position that goes on over all epochs. */
  readonly epoch?: number
  /** Steps in an epoch, where that is known. */
  readonly size?: number | undefined
}

export interface CounterTimes {
  /** When a counter started of which nothing was seen before. */
  readonly startMs: number
  /** When the last record was, after which a counter has fallen. */
  readonly lastMs: number
}

const hasFallen = (previous: CounterState, { position, epoch }: CounterReading) => {
  const before = previous.epoch ?? 0
  const now = epoch ?? 0
  return now < before || (now === before && position < previous.position)
}

/**
 * The counter after one more record.
 *
 * Steps of earlier epochs are epochs × size. Exact: in the first epoch; when the size is known; and as soon as the last
 * step of any epoch was seen, if all epochs have equally many. Before that the total is a lower bound, and is made up for
 * when a larger position is seen: it never falls for that.
 *
 * A position or an epoch that falls within one run is a job that has gone back: the counter begins anew at the last
 * record, as Prometheus and OpenTelemetry expect of one.
 */
export const advanceCounter = (
  previous: CounterState | undefined,
  reading: CounterReading,
  times: CounterTimes,
): CounterState => {
  const { position, epoch, size } = reading
  const isBack = previous !== undefined && hasFallen(previous, reading)
  const hasBegunAnew =
    previous?.epoch !== undefined &&
    epoch !== undefined &&
    epoch > previous.epoch &&
    position <= previous.position
  const beginsAnew = (previous?.beginsAnew ?? false) || hasBegunAnew
  const largest = Math.max(previous?.largest ?? 0, position)
  const firstEpoch = Math.min(previous?.firstEpoch ?? 1, epoch ?? 1)
  const isPerEpoch = epoch !== undefined && (beginsAnew || size !== undefined)
  const total = isPerEpoch ? (epoch - firstEpoch) * Math.max(size ?? 0, largest) + position : position
  return {
    startMs: isBack ? times.lastMs : (previous?.startMs ?? times.startMs),
    total: isBack ? total : Math.max(previous?.total ?? 0, total),
    position,
    ...(epoch !== undefined && { epoch }),
    largest,
    firstEpoch,
    beginsAnew,
  }
}

/**
 * Steps of which no record was seen, between two records; 0 where a job has gone back.
 *
 * @param previous - undefined for the first record of a run
 */
export const missedBetween = (previous: CounterState | undefined, next: CounterState): number => {
  if (previous !== undefined && previous.startMs !== next.startMs) return 0
  return Math.max(0, next.total - (previous?.total ?? 0) - 1)
}
