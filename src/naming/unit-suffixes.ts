/** @see https://github.com/prometheus/otlptranslator/blob/v1.0.0/metric_namer.go */
const words: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

/** Behind a slash; there `m` is a minute. */
const wordsPer: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

export interface UnitSuffixes {
  /** `bytes` of `By`. Empty if there is none, as for `1` and for what is counted: `{step}`. */
  readonly main: string
  /** `per_second` of `{step}/s`. */
  readonly per: string
}

const wordOf = (unit: string, known: ReadonlyMap<string, string>) => {
  const trimmed = unit.trim()
  return /[{}]/.test(trimmed) ? '' : (known.get(trimmed) ?? trimmed)
}

/** What a unit puts behind a name. A unit that is not known is put there as it is. */
export const unitSuffixes = (unit: string): UnitSuffixes => {
  const slash = unit.indexOf('/')
  const per = slash < 0 ? '' : wordOf(unit.slice(slash + 1), wordsPer)
  return {
    main: wordOf(slash < 0 ? unit : unit.slice(0, slash), words),
    per: per === '' ? '' : `per_${per}`,
  }
}
