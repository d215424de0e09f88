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
