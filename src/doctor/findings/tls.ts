import { signals } from '../../otlp/signals.ts'
import { nameOf, sentOf } from '../endpoints.ts'
import type { Facts } from '../facts.ts'
import type { Found } from './catalogue.ts'

const scopes = ['otlp', ...signals] as const
const parts = ['Certificate', 'ClientKey', 'ClientCertificate'] as const

/** Files for TLS: what is wrong with them, and whether they are of any use. */
export const findInTls = (facts: Facts): readonly Found[] => {
  const fields = scopes
    .flatMap((scope) => parts.map((part) => `${scope}${part}` as const))
    .filter((field) => facts.settings[field] !== undefined)
  const sent = sentOf(facts.destinations)
  const isUsed = sent.some(({ destination }) => destination.url.startsWith('https:'))
  return [
    ...facts.tlsFaults.map((fault): Found => ['tls-file', fault]),
    ...(fields.length > 0 && sent.length > 0 && !isUsed
      ? [
          [
            'tls-unused',
            `${fields.map((field) => nameOf(facts, field)).join(', ')}: set, and no endpoint begins with https://`,
          ] as const,
        ]
      : []),
  ]
}
