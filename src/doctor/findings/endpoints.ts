import { signals } from '../../otlp/signals.ts'
import { hideSecrets } from '../../settings/hide-secrets.ts'
import { type EndpointInUse, endpointsInUse, nameOf, placeOf } from '../endpoints.ts'
import type { Facts } from '../facts.ts'
import type { Found } from './catalogue.ts'
import { placeholder } from './placeholders.ts'

const hasScheme = (text: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text)

const urlOf = (text: string) =>
  text.startsWith('unix:') ? null : URL.parse(hasScheme(text) ? text : `http://${text}`)

const portOf = { grpc: /^(4318|14358)$/, 'http/protobuf': /^(4317|14357)$/ } as const

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(host)

const findInEndpoint = (endpoint: EndpointInUse, { surroundings, probes }: Facts): readonly Found[] => {
  const { name, text, isOwn, sent, protocols } = endpoint
  const url = urlOf(text)
  const seen = `${name} is '${hideSecrets(text)}'`
  // what is in a query may be a key, which may have any characters
  if (placeholder.test(text.replace(/\?.*$/s, ''))) return [['endpoint-placeholder', seen]]
  if (url === null) return []
  const path = url.pathname.replace(/\/+$/, '')
  const [, pathSignal] = /\/v1\/(traces|metrics|logs)$/.exec(path) ?? []
  const usesHttp = protocols.includes('http/protobuf')
  const [first] = sent
  const strayed = protocols.filter((protocol) => portOf[protocol].test(url.port))
  const probe = probes.find(({ place }) => first && place === placeOf(first.destination))
  const found: readonly (readonly [boolean, Found])[] = [
    [!hasScheme(text), ['endpoint-no-scheme', `${seen}; it is taken as ${url.protocol}//${url.host}`]],
    [
      isOwn && usesHttp && path === '',
      ['endpoint-no-path', `${seen}; ${first?.signal} are posted to '/', not to /v1/${first?.signal}`],
    ],
    [
      isOwn && usesHttp && pathSignal !== undefined && pathSignal !== first?.signal,
      ['endpoint-path-of-other-signal', `${seen}; it is for ${first?.signal}`],
    ],
    [
      !isOwn && usesHttp && pathSignal !== undefined,
      ['endpoint-path-twice', `${seen}; ${first?.signal} would be posted to ${path}/v1/${first?.signal}`],
    ],
    [!usesHttp && path !== '', ['endpoint-path-ignored', `${seen}; gRPC has no use for the path`]],
    [
      strayed.length > 0,
      [
        'protocol-port',
        `${seen}, which is a port for ${usesHttp ? 'gRPC' : 'HTTP'}, and the protocol is ${strayed.join()}`,
      ],
    ],
    [
      surroundings.kind === 'docker' && isLoopback(url.hostname) && probe?.refusal !== undefined,
      ['endpoint-localhost', `${seen}, in a container, where nothing listens`],
    ],
  ]
  return found.filter(([applies]) => applies).map(([, one]) => one)
}

const insecureFields = ['otlpInsecure', ...signals.map((signal) => `${signal}Insecure` as const)] as const

/** What is odd about endpoints, without asking anybody. */
export const findInEndpoints = (facts: Facts): readonly Found[] => {
  const inUse = endpointsInUse(facts)
  const insecure = insecureFields.filter((field) => facts.settings[field] !== undefined)
  return [
    ...inUse.flatMap((endpoint) => findInEndpoint(endpoint, facts)),
    ...(insecure.length > 0 && inUse.length > 0 && inUse.every(({ text }) => hasScheme(text))
      ? [
          [
            'insecure-ignored',
            `${insecure.map((field) => nameOf(facts, field)).join(', ')}: set, and all endpoints have a scheme`,
          ] as const,
        ]
      : []),
  ]
}
