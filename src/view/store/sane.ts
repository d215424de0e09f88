/**
 * What can be of what files say: anybody may have written them.
 */

/** A date can be 8.64e15 at most: this leaves room for the limits that are added to one. */
const lastDateMs = 8.5e15

/** Milliseconds since 1970 that are a date, and none before 1970. */
export const isTime = (value: number): boolean => value >= 0 && value <= lastDateMs

/** So far from a run's begin and from now a thing can be of it: clocks differ, and some tell times in another unit. */
const marginMs = 86_400_000

/** Whether what is of that time may stretch the time that is shown: not what is far from all facts and from now. */
export const isNear = (t: number, firstMs: number, lastMs: number): boolean =>
  t >= firstMs - marginMs && t <= lastMs + marginMs

/** A text of its own: a part of a long one would keep all of that in memory. */
const copyOf = (text: string): string => JSON.parse(JSON.stringify(text))

const isHighSurrogate = (unit: number) => unit >= 0xd8_00 && unit <= 0xdb_ff

/** The beginning of a text: so many characters at most, and none of them halved. */
export const beginningOf = (text: string, most: number): string => {
  if (text.length <= most) return text
  return copyOf(text.slice(0, isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most))
}
