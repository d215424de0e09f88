/** A duration in whole units, as the platform's API takes it: `P1DT2H3M4S` without years, months, weeks and fractions. */
export interface Duration {
  readonly text: string
  readonly seconds: number
}

const shape = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Undefined for what the API's `java.time.Duration` refuses, and for a duration of zero, which the API does. */
export const parseDuration = (text: string): Duration | undefined => {
  const [, ...parts] = shape.exec(text) ?? []
  const [days, hours, minutes, seconds] = [0, 1, 2, 3].map((index) => Number(parts[index] ?? 0))
  const total = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)
  return total > 0 && Number.isSafeInteger(total) ? { text, seconds: total } : undefined
}

/** As `ngc` writes durations: `1D2H3M4S`. */
export const ngcDuration = ({ text }: Duration): string => text.replaceAll(/[PT]/g, '')
