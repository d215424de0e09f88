/** Names of variables that hold a secret; TOKENIZERS_PARALLELISM and GIT_AUTHOR_NAME do not. */
const secretName =
  /TOKEN(?!IZ)|SECRET|PASSWORD|PASSWD|PASSPHRASE|_PASS$|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|AUTH(?!OR(?!IZ))/i

/** Names of variables that only say where a secret is, or of what kind. */
const pointerName =
  /_(?:FILE|PATH|DIR|SOCK|URL|URI|ENDPOINT|HOST|PORT|TYPE|MODE|METHOD|TTL|TIMEOUT)$|^XAUTHORITY$/i

const headersName = /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?HEADERS$/

/** Values that are no secret wherever they stand, and that logs are full of. */
const commonWords = new Set(
  'anonymous automatic bearer default disable disabled enable enabled kerberos localhost oauth2 optional password public redacted required secret undefined'.split(
    ' ',
  ),
)

const MIN_CHARACTERS = 6

/** What such a variable may hold beside secrets: counts of tokens, and paths to files of credentials. */
const isHarmless = (name: string, value: string): boolean =>
  (/TOKEN|AUTH/i.test(name) && /^[\d.]{1,9}$/.test(value)) ||
  (/CREDENTIAL/i.test(name) && /^~?\.{0,2}\/[\w./-]+$/.test(value))

const decodeHeader = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Values of `name=value,name=value`, as the OpenTelemetry specification writes headers; also without their scheme. */
const headerValues = (headers: string): readonly string[] =>
  headers
    .split(',')
    .map((header) => header.slice(header.indexOf('=') + 1).trim())
    .flatMap((value) => [value, decodeHeader(value)])
    .flatMap((value) => [value, value.replace(/^\S+ +/, '')])

const valuesOf = (name: string, value: string): readonly string[] => {
  if (headersName.test(name)) return headerValues(value)
  if (!secretName.test(name) || pointerName.test(name) || isHarmless(name, value)) return []
  // a value of several lines, such as a key, may be printed line by line
  return [value, ...value.split(/[\r\n]+/).filter((line) => line.length >= 16)]
}

/** How a value may be written in a log: as it is, in JSON, in a URL. */
const spellings = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  // a lone surrogate cannot be written in a URL
  value.isWellFormed() ? encodeURIComponent(value) : value,
]

/** What a text must not show: the values of variables that are named like secrets, in every spelling, longest first. */
export const secretValues = (
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] => {
  const values = Object.entries(environment)
    .flatMap(([name, value = '']) => valuesOf(name, value))
    .map((value) => value.trim())
    .filter((value) => value.length >= MIN_CHARACTERS && !commonWords.has(value.toLowerCase()))
  return [...new Set(values.flatMap(spellings))].toSorted((a, b) => b.length - a.length)
}
