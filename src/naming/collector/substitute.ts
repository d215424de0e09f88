import yaml from 'yaml'

export type Environment = Readonly<Record<string, string | undefined>>

/** A place in a text that the Collector replaces: the innermost where one is in another. */
const place = /\$\{([^${}]*)\}/

/** Far more than anybody nests; a variable that names itself would never end. */
const mostReplaced = 1_000

const lookUp = (content: string, environment: Environment): string | undefined => {
  const [, name = '', fallback] = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s.exec(content) ?? []
  // `${NAME:-x}` has a scheme called NAME, which there is not
  if (name === '' || (fallback !== undefined && !content.startsWith('env:'))) return undefined
  return environment[name] ?? fallback ?? ''
}

/** What could not be replaced stays, and is told. */
const replaceAll = (text: string, environment: Environment, tell: (place: string) => void): string => {
  let rest = text
  let done = ''
  for (let count = 0; count < mostReplaced; count++) {
    const found = place.exec(rest)
    if (!found) return done + rest
    const [whole, content = ''] = found
    const value = lookUp(content, environment)
    if (value === undefined) {
      tell(whole)
      done += rest.slice(0, found.index + whole.length)
      rest = rest.slice(found.index + whole.length)
    } else rest = rest.slice(0, found.index) + value + rest.slice(found.index + whole.length)
  }
  tell(text)
  return done + rest
}

/** The list or map that a text is as YAML; of any other every sign counts, as those of `0123`. */
const collectionOf = (text: string): unknown => {
  try {
    const parsed: unknown = yaml.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

/** What stands where `$$` stood, until nothing is looked for any more. */
const dollar = '\u0000'

/**
 * A Collector's configuration with `${env:NAME}`, `${env:NAME:-default}` and `${NAME}` replaced as the Collector does, and
 * `$$` made `$`. A variable that is not set is empty; a value that is a variable and nothing else may be a list or a map.
 *
 * @param tell - told each place that stays, because it is read from elsewhere (`${file:…}`) or is no name
 * @see https://github.com/open-telemetry/opentelemetry-collector/blob/v0.158.0/confmap/expand.go
 */
export const substitute = (
  value: unknown,
  environment: Environment,
  tell: (place: string) => void = () => {},
): unknown => {
  if (typeof value === 'string') {
    const isVariable = new RegExp(`^${place.source}$`).test(value)
    const text = replaceAll(value.replaceAll('$$', dollar), environment, tell).replaceAll(dollar, '$')
    return isVariable ? (collectionOf(text) ?? text) : text
  }
  if (Array.isArray(value)) return value.map((one) => substitute(one, environment, tell))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, substitute(one, environment, tell)]),
  )
}
