/** What the batches of all signals take, in bytes. */
export interface Memory {
  readonly use: (bytes: number) => void
  readonly free: (bytes: number) => void
  readonly usedBytes: () => number
  /** There is more than there may be. */
  readonly isFull: () => boolean
  /** It is time to put something on disk. */
  readonly isHigh: () => boolean
  /** So much may come back from disk: most of the memory is for what is new. */
  readonly roomBytes: () => number
  /** Why something is dropped when it is full. */
  readonly fullReason: string
}

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
    isFull: () => used > limitBytes,
    isHigh: () => used > limitBytes / 2,
    roomBytes: () => Math.max(0, limitBytes / 4 - used),
    fullReason: `the outbox is full (${Math.round(limitBytes / 2 ** 20)} MiB, TASKBEAT_OUTBOX_MB)`,
  }
}
