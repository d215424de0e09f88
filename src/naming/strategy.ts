/**
 * How names of OpenTelemetry become names of Prometheus: what is not a letter, a digit, `_` or `:` becomes `_`, or stays;
 * unit and type are put behind the name, or are not.
 *
 * @see https://github.com/prometheus/otlptranslator/blob/v1.0.0/strategy.go
 */
export const strategies = {
  UnderscoreEscapingWithSuffixes: { escapes: true, addsSuffixes: true },
  UnderscoreEscapingWithoutSuffixes: { escapes: true, addsSuffixes: false },
  NoUTF8EscapingWithSuffixes: { escapes: false, addsSuffixes: true },
  NoTranslation: { escapes: false, addsSuffixes: false },
} as const satisfies Readonly<Record<string, { readonly escapes: boolean; readonly addsSuffixes: boolean }>>

export type Strategy = keyof typeof strategies

export const strategyNames = Object.keys(strategies) as readonly Strategy[]
