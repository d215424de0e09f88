/**
 * Items that are collected until there are enough for a request, or the oldest has waited long enough. They are then
 * serialised at once, before the call returns: as bytes they take a tenth of the memory, and their number has a bound,
 * which a queue of objects would have to keep by dropping.
 */
import type { Clock } from '../../clock.ts'
import type { Signal } from '../../otlp/signals.ts'
import type { Batch } from '../batch.ts'

/** As the stock processors have it. */
const mostItems = 512
/** Of the characters that are counted: a few items may be very long. */
const mostCharacters = 262_144

export interface BatcherOptions<T> {
  readonly signal: Signal
  readonly serialize: (items: T[]) => Uint8Array | undefined
  /** How long the first of a batch waits for others at most, in milliseconds. */
  readonly delayMs: number
  readonly clock: Clock
  readonly accept: (batch: Batch) => void
  /** Items that cannot be serialised. */
  readonly onLost: (items: number, reason: string) => void
}

export interface Batcher<T> {
  /** @param characters - roughly how long it is, if that may be much */
  readonly add: (item: T, characters?: number) => void
  /** Hands over what there is. */
  readonly flush: () => void
}

export const createBatcher = <T>(options: BatcherOptions<T>): Batcher<T> => {
  const { signal, serialize, delayMs, clock, accept, onLost } = options
  let items: T[] = []
  let characters = 0
  let cancelTimer: (() => void) | undefined

  const tryToSerialize = (those: T[]): Uint8Array | Error => {
    try {
      return serialize(those) ?? new Error('the serializer made nothing of it')
    } catch (error) {
      return error as Error
    }
  }

  /** One bad item takes none of the others with it. */
  const handOver = (those: T[]) => {
    const bytes = tryToSerialize(those)
    if (!(bytes instanceof Error)) {
      accept({ signal, items: those.length, bytes, acceptedAtMs: clock.now().getTime() })
    } else if (those.length > 1) {
      for (const item of those) handOver([item])
    } else {
      onLost(1, `cannot be serialised: ${bytes.message}`)
    }
  }

  const flush = () => {
    cancelTimer?.()
    cancelTimer = undefined
    if (items.length === 0) return
    const those = items
    items = []
    characters = 0
    handOver(those)
  }

  return {
    add: (item, long = 0) => {
      items.push(item)
      characters += long
      if (items.length >= mostItems || characters >= mostCharacters) flush()
      else cancelTimer ??= clock.after(delayMs, flush)
    },
    flush,
  }
}
