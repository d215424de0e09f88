import { durationInWords } from '../words.ts'

const rounded = (value: number): string => {
  if (value < 10) return String(Number(value.toFixed(2)))
  return String(Number(value.toFixed(value < 100 ? 1 : 0)))
}

/** How long a span took, to three digits: `310 µs`, `4.56 ms`, `12.3 s`, `2 min 5 s`, `3 h 20 min`. */
export const spanDuration = (durationMs: number): string => {
  if (!Number.isFinite(durationMs)) return '?'
  const ms = Math.max(0, durationMs)
  if (ms === 0) return '0 ms'
  if (ms < 0.9995) return `${rounded(ms * 1_000)} µs`
  if (ms < 999.5) return `${rounded(ms)} ms`
  if (ms < 59_950) return `${rounded(ms / 1_000)} s`
  return durationInWords(ms)
}

/** The series colour of a source, by the order in which sources are met: the same again for each. */
export const colourOfSource = (sources: Map<string, number>, source: string | undefined): string => {
  if (source === undefined) return 'var(--series-1)'
  const known = sources.get(source) ?? sources.size
  sources.set(source, known)
  return `var(--series-${((known + 1) % 8) + 1})`
}
