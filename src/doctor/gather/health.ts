import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import type { Clock } from '../../clock.ts'
import { connectionTrouble } from '../../delivery/senders/connection-trouble.ts'
import { secretsOf } from '../../delivery/senders/reason.ts'
import { hideSecrets } from '../../settings/hide-secrets.ts'
import type { Health } from '../facts.ts'

/** How far the clock of who answered is ahead of ours, by its `Date` header, which has whole seconds. */
export const clockAheadOf = (date: string | undefined, nowMs: number): number | undefined => {
  const theirMs = Date.parse(date ?? '')
  return Number.isNaN(theirMs) ? undefined : theirMs + 500 - nowMs
}

/** Asks a collector for its health, once; undefined where nobody says where to ask. */
export const gatherHealth = (
  endpoint: string | undefined,
  { clock, limitMs }: { clock: Clock; limitMs: number },
): Promise<Health | undefined> => {
  if (endpoint === undefined) return Promise.resolve(undefined)
  const shown = hideSecrets(endpoint)
  const url = URL.parse(endpoint)
  const nothing = { endpoint: shown, status: undefined, clockAheadMs: undefined }
  if (url === null || !/^https?:$/.test(url.protocol))
    return Promise.resolve({ ...nothing, trouble: 'it is no http:// or https:// URL' })
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(limitMs)
    const get = url.protocol === 'https:' ? getHttps : getHttp
    const request = get(url, { signal, agent: false }, (response) => {
      const clockAheadMs = clockAheadOf(response.headers.date, clock.now().getTime())
      response.on('error', () => {}).resume()
      resolve({ endpoint: shown, status: response.statusCode, trouble: undefined, clockAheadMs })
    })
    request.on('error', (error) => {
      const trouble = signal.aborted
        ? `no answer within ${limitMs} ms`
        : connectionTrouble(error, secretsOf({}, url))
      resolve({ ...nothing, trouble })
    })
  })
}
