import { computed, type ReadonlySignal } from '@preact/signals'

/** Whether two plain values say the same. */
export const isSameJson = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other)

/**
 * A value that keeps its identity while what it says is the same: an overview comes anew twice a second, and most of it
 * has not changed, so that what is drawn of it must not be drawn again.
 */
export const steady = <T>(
  read: () => T,
  isSame: (one: T, other: T) => boolean = isSameJson,
): ReadonlySignal<T> => {
  let last: { readonly value: T } | undefined
  return computed(() => {
    const next = read()
    if (last === undefined || !isSame(last.value, next)) last = { value: next }
    return last.value
  })
}
