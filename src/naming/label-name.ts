export interface LabelOptions {
  /** Whether what is not a letter, a digit or `_` becomes `_`. */
  readonly escapes: boolean
  /** Whether several `_` after each other become one, and a single first one becomes `key_`. */
  readonly tidies: boolean
}

const tidy = (name: string): string => {
  const [, inner = name] = /^__(.*)__$/s.exec(name) ?? []
  const collapsed = inner.replaceAll(/[^a-zA-Z0-9]+/gu, '_')
  return inner === name ? collapsed : `__${collapsed}__`
}

/**
 * The label that an attribute becomes; undefined where there can be none, as for `...`.
 *
 * @see https://github.com/prometheus/otlptranslator/blob/v1.0.0/label_namer.go
 */
export const labelName = (attribute: string, { escapes, tidies }: LabelOptions): string | undefined => {
  if (!escapes) return /^_*$/.test(attribute) ? undefined : attribute
  const escaped = tidies ? tidy(attribute) : attribute.replaceAll(/[^a-zA-Z0-9]/gu, '_')
  const name = /^[0-9]/.test(escaped)
    ? `key_${escaped}`
    : tidies && /^_(?!_)/.test(escaped)
      ? `key${escaped}`
      : escaped
  return /^_*$/.test(name) ? undefined : name
}
