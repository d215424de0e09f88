import { durationInWords, sizeInWords } from '../words.ts'

/** How the values of a chart are said. */
export interface Measure {
  /** Behind the title: `B/s`; empty where there is none, or values bring theirs along. */
  readonly unit: string
  readonly inWords: (value: number | null | undefined) => string
}

/** A number with four figures: `0.2134`, `12,345`, `1.23e-5`. */
export const numberInWords = (value: number): string => {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (size < 1e-3 || size >= 1e9)
    return value
      .toExponential(2)
      .replace('e+', 'e')
      .replace(/\.?0+e/, 'e')
  return value.toLocaleString(
    'en-US',
    size >= 1_000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 },
  )
}

/** Seconds from microseconds to days. */
const secondsInWords = (seconds: number): string => {
  const size = Math.abs(seconds)
  const sign = seconds < 0 ? '-' : ''
  if (size === 0) return '0 s'
  if (size < 0.001) return `${sign}${Number((size * 1e6).toPrecision(3))} µs`
  if (size < 1) return `${sign}${Number((size * 1e3).toPrecision(3))} ms`
  if (size < 60) return `${sign}${Number(size.toPrecision(3))} s`
  return sign + durationInWords(size * 1_000)
}

/** Names of units in UCUM, as OpenTelemetry has them, for people: `{token}/s` is `token/s`, `1` is nothing. */
const unitInWords = (unit: string): string => {
  const plain = unit.replace(/\{([^}]*)\}/g, '$1')
  const [first = '', ...rest] = plain.split('/')
  const names: Readonly<Record<string, string>> = { By: 'B', Cel: '°C', '1': '' }
  return [names[first] ?? first, ...rest].join('/')
}

const isShare = (name: string, unit: string): boolean =>
  unit === '1' && /(utilization|ratio|fraction|share)$/.test(name)

/** How to say the values of a metric; `per`: they are rates per second, or per step. */
export const measureOf = ({
  name,
  unit,
  per,
}: {
  readonly name: string
  readonly unit: string
  readonly per?: 's' | 'step'
}): Measure => {
  const measure = (inWords: (value: number) => string, shownUnit = ''): Measure => ({
    unit: shownUnit,
    inWords: (value) => {
      if (value === undefined) return '–'
      return value === null || !Number.isFinite(value) ? 'NaN' : inWords(value)
    },
  })
  const suffix = per ? `/${per}` : ''
  if (unit === 'By' || unit === 'By/s') {
    const ending = unit === 'By/s' ? `/s${suffix}` : suffix
    return measure((value) => `${value < 0 ? '-' : ''}${sizeInWords(Math.abs(value))}${ending}`)
  }
  if (unit === 's' && !per) return measure(secondsInWords)
  if (unit === 'ms' && !per) return measure((value) => secondsInWords(value / 1_000))
  if (isShare(name, unit) && !per) return measure((value) => `${Number((value * 100).toPrecision(3))} %`)
  if (unit === '%' && !per) return measure((value) => `${Number(value.toPrecision(3))} %`)
  const plain = unitInWords(unit)
  return measure(numberInWords, per ? `${plain || '1'}${suffix}` : plain)
}
