/** What a row of a log says of its severity, by `LogRow.severity`. */
export const severityWords = ['', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const

/** The class of its colour. */
export const severityLook = (severity: number): string =>
  severity >= 5 ? 'is-error' : severity === 4 ? 'is-warning' : 'is-quiet'

/** The choices of the filter. */
export const severityFilters = [
  { least: 0, label: 'All' },
  { least: 3, label: 'Info +' },
  { least: 4, label: 'Warn +' },
  { least: 5, label: 'Error +' },
] as const

/** How many lines are at least so severe. */
export const countFrom = (counts: readonly number[], least: number): number =>
  counts.slice(least).reduce((sum, count) => sum + count, 0)
