/** What the batches of all signals take, in bytes. */
export interface Memory {
  readonly use: (bytes: number) => void
  readonly free: (bytes: number) => void
  readonly usedBytes: () => number
  /** It is time to put something on disk. */
  readonly isHigh: () => boolean
  /** There is more than there may be, if what is on disk is to have a way, too: something has to go. */
  readonly isFull: () => boolean
  /** So much more there may be at all. Less than 0: so much too much there is. */
  readonly roomBytes: () => number
  /** Why something is dropped when it is full. */
  readonly fullReason: string
}

const highShare = 1 / 2
const fullShare = 3 / 4

export const createMemory = (limitBytes: number): Memory => {
  let used = 0
  return {
    use: (bytes) => {
      used += bytes
    },
    free: (bytes) => {
      used -= bytes
    },
    usedBytes: () => used,
    isHigh: () => used > limitBytes * highShare,
    isFull: () => used > limitBytes * fullShare,
    roomBytes: () => limitBytes - used,
    fullReason: `the outbox is full (${Math.round(limitBytes / 2 ** 20)} MiB, TASKBEAT_OUTBOX_MB)`,
  }
}
