/** The longest reason, in characters. */
const longest = 200

/** A shorter one would black out common words, and is no secret worth its name. */
const shortestSecret = 6

const unfold = (value: string) => [value, ...value.split(/[\s,;=:]+/)]

/** What must not be shown of a destination: the values of its headers, and what its URL carries beside the place. */
export const secretsOf = (headers: Readonly<Record<string, string>>, url?: URL): readonly string[] => {
  const inUrl = url ? [url.username, url.password, url.search, ...url.searchParams.values()] : []
  const all = [...Object.values(headers), ...inUrl].flatMap(unfold)
  return [...new Set(all)]
    .filter((secret) => secret.length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length)
}

/**
 * Text from outside as one short line for people: without control characters, without the secrets of a destination
 * should it echo them, and without what may be secret in a URL that it names.
 */
export const oneLine = (text: string, secrets: readonly string[] = []): string => {
  const clean = secrets
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .slice(0, 10 * longest)
    .replace(/\/\/[^/\s@]*@/g, '//…@')
    .replace(/\?[^\s"'<>]*=[^\s"'<>]*/g, '?…')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  // by characters, so that none is torn apart
  const characters = [...clean]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : clean
}
