import type { ExportedSpan } from './exporter.ts'
import type { Event } from './span.ts'

/** What an exporter is asked to do with an item. */
export type ItemKind = 'start' | 'stop' | 'event' | 'error'

/** A call that waits until the exporter is done with the ones before. */
export type WaitingCall =
  | { readonly kind: ItemKind; readonly exported: ExportedSpan; readonly event: Event | undefined }
  | { readonly kind: 'flush'; readonly resolve: () => void; readonly flushed: Promise<void> }
  | { readonly kind: 'signal'; readonly send: () => void }

/** First in, first out; taking from it costs the same however long it is. */
export interface CallQueue {
  readonly length: () => number
  readonly push: (call: WaitingCall) => void
  readonly shift: () => WaitingCall | undefined
  readonly last: () => WaitingCall | undefined
}

export const callQueue = (): CallQueue => {
  let calls: (WaitingCall | undefined)[] = []
  let first = 0
  return {
    length: () => calls.length - first,
    push: (call) => {
      calls.push(call)
    },
    shift: () => {
      const call = calls[first]
      if (call === undefined) return undefined
      calls[first] = undefined
      first += 1
      if (first === calls.length) {
        calls = []
        first = 0
      } else if (first >= 1_024 && first * 2 >= calls.length) {
        calls = calls.slice(first)
        first = 0
      }
      return call
    },
    last: () => calls.at(-1),
  }
}
