import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What no other program of this machine can guess: 144 bits. */
export const newToken = (): string => randomBytes(18).toString('base64url')

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Takes as long for a near miss as for any other text. */
const isToken = (text: string, token: string) => timingSafeEqual(digest(text), digest(token))

/**
 * Whether a `Host` header names this machine's loopback. Any other name is a page of somebody else that has made its own
 * name point here; the port may be another one, at the near end of a tunnel.
 */
const isLoopback = (host: string | undefined) =>
  host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host)

/** Who looks at the page has come from anywhere; all else only the page itself asks for. */
const isFromPage = (headers: IncomingHttpHeaders, isIndex: boolean) => {
  const { origin, host } = headers
  if (origin !== undefined && origin !== `http://${host}`) return false
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return isIndex && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

export interface Visit {
  readonly method: string | undefined
  /** As the request has it: path and query. */
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
}

export type Admission =
  | { readonly kind: 'admitted'; readonly path: readonly string[]; readonly parameters: URLSearchParams }
  /** To the same place with a slash at its end, so that what the page names lies below it. */
  | { readonly kind: 'moved'; readonly to: string }
  /** 404 for all who do not know the token, so that they learn nothing. */
  | { readonly kind: 'refused'; readonly status: 404 | 405 }

/** Decides who is let in. `path` has the segments behind the token; the index is one empty segment. */
export const admit = ({ method, url = '', headers }: Visit, token: string): Admission => {
  const unknown = { kind: 'refused', status: 404 } as const
  if (!isLoopback(headers.host) || !/^\/(?!\/)/.test(url)) return unknown
  const [pathname = '', query = ''] = url.split('?', 2)
  const [, given = '', ...path] = pathname.split('/')
  const isIndex = path.length === 0 || (path.length === 1 && path[0] === '')
  if (!isToken(given, token) || !isFromPage(headers, isIndex)) return unknown
  if (method !== 'GET' && method !== 'HEAD') return { kind: 'refused', status: 405 }
  if (path.length === 0) return { kind: 'moved', to: `/${token}/` }
  return { kind: 'admitted', path, parameters: new URLSearchParams(query) }
}
