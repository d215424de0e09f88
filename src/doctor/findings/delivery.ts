import { itemNames } from '../../otlp/signals.ts'
import { placeOf, type Sent, sentOf } from '../endpoints.ts'
import type { Canary, Facts, Probe } from '../facts.ts'
import type { FindingId, Found } from './catalogue.ts'

/** What a port says to a sender that speaks otherwise than it does. */
const causeOf = (probe: Probe, { destination }: Sent): Found | undefined => {
  const { place, speaksTls, http1, http2 } = probe
  const isGrpc = destination.protocol === 'grpc'
  if (place.startsWith('https:') && !speaksTls && (http1 || http2))
    return ['scheme-https-plain', `${place}: the port answers without TLS only`]
  if (place.startsWith('http:') && speaksTls)
    return ['scheme-http-tls', `${place}: the port answers with TLS`]
  if (isGrpc && http1 && !http2)
    return ['protocol-grpc-at-http', `${place}: the protocol is grpc, and the port speaks HTTP/1.1 only`]
  if (!isGrpc && http2 && !http1)
    return [
      'protocol-http-at-grpc',
      `${place}: the protocol is http/protobuf, and the port speaks HTTP/2 only, as gRPC does`,
    ]
  return undefined
}

/** What the answer to a canary means, by its words: those of our senders, which name statuses of HTTP and gRPC. */
const meaningOf = ({ outcome, reason }: Canary): FindingId | undefined => {
  if (outcome === 'delivered') return reason === '' ? undefined : 'canary-remarked'
  // its files cannot be used, which is a finding of its own
  if (outcome === 'not sent') return undefined
  if (outcome === 'rejected') return 'canary-rejected'
  if (/^(HTTP (401|403|407)|UNAUTHENTICATED|PERMISSION_DENIED)\b/.test(reason)) return 'canary-unauthorised'
  if (/^(HTTP (404|405)|UNIMPLEMENTED)\b/.test(reason)) return 'canary-no-path'
  if (/certificate|altname/i.test(reason)) return 'certificate-refused'
  if (/^no answer within/.test(reason)) return 'canary-unanswered'
  if (
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|ETIMEDOUT|name resolution/i.test(reason)
  )
    return 'collector-unreachable'
  if (/^(HTTP (429|502|503|504)|RESOURCE_EXHAUSTED|UNAVAILABLE: (?!No connection))/.test(reason))
    return 'canary-put-off'
  return 'canary-refused'
}

/** Signals for which the same is found, in one finding. */
const joined = (
  founds: readonly (readonly [id: FindingId, where: string, what: string])[],
): readonly Found[] => {
  const groups = Object.values(Object.groupBy(founds, ([id, , what]) => `${id} ${what}`))
  return groups.flatMap((group = []) => {
    const [first] = group
    return first ? [[first[0], `${group.map(([, where]) => where).join(', ')}: ${first[2]}`] as const] : []
  })
}

const dayMs = 86_400_000

/** Less is within what clocks and whole seconds make. */
const mostSkewMs = 30_000

const findInProbe = (probe: Probe, facts: Facts): readonly Found[] => {
  const { place, certificateFault, certificateEndsMs, clockAheadMs, refusal } = probe
  const sent = sentOf(facts.destinations).filter(({ destination }) => placeOf(destination) === place)
  const canaries = facts.canaries.filter((canary) => canary.place === place)
  const arrived = canaries.filter(({ outcome }) => outcome === 'delivered' || outcome === 'rejected')
  // a port may speak more than what it was asked in: what has arrived, arrives
  const causes = sent
    .filter(({ signal }) => !arrived.some((canary) => canary.signal === signal))
    .map((one) => causeOf(probe, one))
    .filter((cause) => cause !== undefined)
  const distinct = [...new Map(causes.map((cause) => [cause[0], cause])).values()]
  const isTrusted = arrived.length > 0 || !place.startsWith('https:') || !probe.speaksTls
  const leftMs = (certificateEndsMs ?? Number.POSITIVE_INFINITY) - facts.machine.nowMs
  return [
    ...distinct,
    ...(certificateFault !== undefined && !isTrusted && distinct.length === 0
      ? [['certificate-refused', `${place}: ${certificateFault}`] as const]
      : []),
    ...(leftMs > 0 && leftMs < 14 * dayMs
      ? [
          [
            'certificate-expires',
            `${place}: its certificate ends in ${Math.floor(leftMs / dayMs)} days`,
          ] as const,
        ]
      : []),
    ...(refusal !== undefined && arrived.length === 0 && sent.length > 0
      ? [['collector-unreachable', `${place}: ${refusal}`] as const]
      : []),
    ...skewFound(place, clockAheadMs),
  ]
}

const skewFound = (who: string, clockAheadMs: number | undefined): readonly Found[] => {
  if (clockAheadMs === undefined || Math.abs(clockAheadMs) < mostSkewMs) return []
  const seconds = Math.round(Math.abs(clockAheadMs) / 1_000)
  return [
    ['clock-skew', `${who}: its clock is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} ours`],
  ]
}

const findInHealth = ({ health }: Facts): readonly Found[] => {
  if (!health) return []
  const { endpoint, status, trouble, clockAheadMs } = health
  const what = trouble ?? (status === 200 ? undefined : `HTTP ${status}`)
  return [
    ...(what === undefined
      ? []
      : [['collector-unhealthy', `OTEL_HEALTH_CHECK_ENDPOINT, ${endpoint}: ${what}`] as const]),
    ...skewFound(endpoint, clockAheadMs),
  ]
}

const explained: ReadonlySet<FindingId> = new Set([
  'scheme-https-plain',
  'scheme-http-tls',
  'protocol-grpc-at-http',
  'protocol-http-at-grpc',
  'collector-unreachable',
  'certificate-refused',
])

/** Variables by which gRPC's library is sent through a proxy, the strongest first; HTTP is sent without. */
const proxyVariables = ['grpc_proxy', 'https_proxy', 'http_proxy'] as const

/** As `@grpc/grpc-js` reads it (`http_proxy.js`): ends of host names; blocks of addresses are left out here. */
const isExcepted = (host: string, environment: Facts['environment']) =>
  (environment.no_grpc_proxy || environment.no_proxy || '')
    .split(',')
    .some((end) => end !== '' && host.endsWith(end))

/** The variable of the proxy, and the places that are reached through it. */
const proxiedOf = ({ environment, destinations }: Facts) => {
  const variable = proxyVariables.find((name) => environment[name])
  const places = sentOf(destinations)
    .filter(({ destination: { protocol, url } }) => protocol === 'grpc' && !url.startsWith('unix:'))
    .map(({ destination }) => placeOf(destination))
    .filter((place) => variable !== undefined && !isExcepted(new URL(place).hostname, environment))
  return { variable, places: [...new Set(places)] }
}

const findInProxies = (facts: Facts): readonly Found[] => {
  const { variable, places } = proxiedOf(facts)
  return places.map((place) => {
    const isStuck = facts.canaries.some((canary) => canary.place === place && canary.outcome === 'retry')
    const text = `${variable} is set, so that gRPC to ${place} goes through that proxy`
    return isStuck
      ? ['proxy-stops-canary', `${text}, and nothing answers`]
      : ['proxy-captures-endpoint', text]
  })
}

/** What collectors said, and what their ports speak: of what follows from each other, the cause alone. */
export const findInDelivery = (facts: Facts): readonly Found[] => {
  const { probes, canaries } = facts
  const { places: proxied } = proxiedOf(facts)
  const ofProbes = probes.flatMap((probe) => ({ place: probe.place, found: findInProbe(probe, facts) }))
  const hasCause = (place: string) =>
    ofProbes.some((one) => one.place === place && one.found.some(([id]) => explained.has(id)))
  const ofCanaries = canaries.flatMap((canary) => {
    const id = meaningOf(canary)
    if (id === undefined || (hasCause(canary.place) && id !== 'canary-rejected')) return []
    if (canary.outcome === 'retry' && proxied.includes(canary.place)) return []
    return [
      [id, `the canary of ${itemNames[canary.signal]} to ${canary.destination}`, canary.reason] as const,
    ]
  })
  return [
    ...findInProxies(facts),
    ...ofProbes.flatMap(({ found }) => found),
    ...joined(ofCanaries),
    ...findInHealth(facts),
  ]
}
