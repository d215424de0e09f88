/**
 * An endpoint as it may be shown, however it is written: without user, password and query, which hold secrets.
 * Where it cannot be told which is which, all but the scheme is hidden.
 */
export const hideSecrets = (endpoint: string): string => {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(endpoint) ?? []
  const query = rest.search(/[?#]/)
  const end = query < 0 ? rest.length : query
  if (rest.includes('@', end)) return `${scheme}…`
  const place = rest.slice(0, end)
  const at = place.lastIndexOf('@')
  return `${scheme}${at < 0 ? place : `…${place.slice(at)}`}${query < 0 ? '' : '?…'}`
}

const secretName =
  /token(?!iz)|secret|passw|passphrase|credential|(?:api|access|private|signing|encryption)[-_.]?key|auth(?!or(?!iz))|(?:^|[-_.])(?:pass|pwd)$/i

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether what has this name, percent-encoded or not, is a secret, whatever it looks like. */
export const isSecretName = (name: string): boolean => secretName.test(decoded(name))

/** Pairs as they may be shown, such as those of W3C Baggage: `userid=a,token=[redacted]`. Properties are pairs too. */
export const hideSecretMembers = (pairs: string): string =>
  pairs.replace(/([^=,;]+)=([^,;]*)/g, (pair, name: string) =>
    isSecretName(name) ? `${name}=[redacted]` : pair,
  )

/** What tokens of well-known services begin with: too short a one is a secret too, when it stands in the wrong place. */
const token =
  /(?<![\w-])(?:nvapi-|sk-|hf_|gh[oprsu]_|github_pat_|glpat-|npm_|xox[a-z]-|A[KS]IA|AIza|eyJ)[^\s'",;]{4,}/g

/** A value that is wrong where it stands, without what looks like a secret in it. */
export const hideInWrongValue = (value: string): string =>
  hideSecretMembers(value).replace(token, '[redacted]')
