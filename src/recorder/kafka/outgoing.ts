import { type Clock, wait } from '../../clock.ts'
import { messageOf } from '../recorder-error.ts'
import type { KafkaMessage, KafkaProducer } from './producer.ts'

export interface OutgoingLimits {
  /** What waits for a broker at most: so many records, and so many bytes of them. */
  readonly maxBufferedRecords: number
  readonly maxBufferedBytes: number
  /** What is sent at once at most. */
  readonly maxBatchRecords: number
  readonly maxBatchBytes: number
  /** How long a record waits for others to be sent with, in milliseconds. */
  readonly lingerMs: number
}

export interface OutgoingOptions extends OutgoingLimits {
  readonly producer: KafkaProducer
  readonly clock: Clock
  /** A batch has arrived. */
  readonly delivered: () => void
  /** Messages are lost for good. */
  readonly lost: (cause: Error) => void
}

export interface Outgoing {
  /** @throws Error if there is no room, unless `isUrgent` */
  readonly add: (message: KafkaMessage, isUrgent?: boolean) => void
  /** Resolves when all that was added until now has arrived, or is lost; however long that takes. */
  readonly flush: () => Promise<void>
  /**
   * Tries once more to send what is left.
   *
   * @throws Error that says how many records are lost
   */
  readonly close: () => Promise<void>
}

const firstBackoffMs = 100
const longestBackoffMs = 5_000

/** Answers of a broker that will be the same for the same messages. @see https://kafka.apache.org/protocol#protocol_error_codes */
const refusals = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']

/** Whether to send these messages again is in vain, going by the error or any of those that it is made of. */
const isRefused = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false
  const { apiId, cause, errors } = error as { apiId?: unknown; cause?: unknown; errors?: unknown }
  return (
    (typeof apiId === 'string' && refusals.includes(apiId)) ||
    isRefused(cause) ||
    (Array.isArray(errors) && errors.some(isRefused))
  )
}

/** Messages on their way: first in, first out, one batch at a time, again and again until the brokers have it. */
export const createOutgoing = ({
  producer,
  clock,
  delivered,
  lost,
  ...limits
}: OutgoingOptions): Outgoing => {
  let waiting: KafkaMessage[] = []
  let waitingBytes = 0
  let cancelLinger: (() => void) | undefined
  let cancelBackoff: (() => void) | undefined
  let isSending = false
  let isClosing = false
  let lastError: unknown
  let backoffMs = firstBackoffMs
  /** Messages that are gone from here, arrived or lost. */
  let done = 0
  let flushes: { readonly untilDone: number; readonly resolve: () => void }[] = []

  const settle = (count: number) => {
    const bytes = waiting.slice(0, count).reduce((sum, { value }) => sum + value.length, 0)
    waiting = waiting.slice(count)
    waitingBytes -= bytes
    done += count
    flushes = flushes.filter(({ untilDone, resolve }) => {
      if (done >= untilDone) resolve()
      return done < untilDone
    })
  }

  const nextBatch = (most: number): readonly KafkaMessage[] => {
    let bytes = 0
    const end = waiting.findIndex(({ value }, index) => {
      bytes += value.length
      return index > 0 && (index >= most || bytes > limits.maxBatchBytes)
    })
    return waiting.slice(0, end < 0 ? undefined : end)
  }

  /** Whether all is out. */
  const sendAll = async (): Promise<boolean> => {
    let most = limits.maxBatchRecords
    while (waiting.length > 0) {
      const batch = nextBatch(most)
      try {
        await producer.send(batch)
        delivered()
        settle(batch.length)
        backoffMs = firstBackoffMs
        most = limits.maxBatchRecords
      } catch (error) {
        lastError = error
        if (!isRefused(error)) return false
        // one of them is to blame: it is found by sending fewer
        if (batch.length > 1) most = Math.ceil(batch.length / 2)
        else {
          lost(new Error(`Kafka refuses a record of ${batch[0]?.value.length} bytes: ${messageOf(error)}`))
          settle(1)
          most = limits.maxBatchRecords
        }
      }
    }
    return true
  }

  const send = async (): Promise<void> => {
    cancelLinger?.()
    cancelLinger = undefined
    if (isSending || isClosing) return
    cancelBackoff?.()
    cancelBackoff = undefined
    isSending = true
    const isOut = await sendAll()
    isSending = false
    if (isOut || isClosing) return
    cancelBackoff = clock.after(backoffMs, () => {
      cancelBackoff = undefined
      void send()
    })
    backoffMs = Math.min(2 * backoffMs, longestBackoffMs)
  }

  const sendSoon = () => {
    if (isSending || cancelBackoff) return
    if (waiting.length >= limits.maxBatchRecords) void send()
    else cancelLinger ??= clock.after(limits.lingerMs, () => void send())
  }

  return {
    add: (message, isUrgent = false) => {
      const hasRoom =
        waiting.length < limits.maxBufferedRecords &&
        waitingBytes + message.value.length <= limits.maxBufferedBytes
      if (!hasRoom && !isUrgent)
        throw new Error(
          `${waiting.length} records wait for Kafka, and there is no room for more${lastError === undefined ? '' : `: ${messageOf(lastError)}`}`,
        )
      waiting.push(message)
      waitingBytes += message.value.length
      sendSoon()
    },
    flush: async () => {
      if (waiting.length === 0) return
      const untilDone = done + waiting.length
      const { promise, resolve } = Promise.withResolvers<void>()
      flushes.push({ untilDone, resolve })
      void send()
      await promise
    },
    close: async () => {
      isClosing = true
      cancelLinger?.()
      cancelBackoff?.()
      // a batch that is under way ends by itself, within the client's time limits
      while (isSending) await wait(clock, 10)
      if (waiting.length > 0) await sendAll()
      const left = waiting.length
      if (left === 0) return
      settle(left)
      throw new Error(`${left} records did not get to Kafka: ${messageOf(lastError)}`)
    },
  }
}
