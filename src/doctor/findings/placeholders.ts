import { trainerFieldsOf } from '../../kubeflow/trainer-fields.ts'
import { signals } from '../../otlp/signals.ts'
import { nameOf } from '../endpoints.ts'
import type { Facts } from '../facts.ts'
import type { Found } from './catalogue.ts'

const inBrackets = /\$\([A-Za-z_]\w*\)|\$\{[A-Za-z_][^}]*\}|\{\{.*\}\}/

/** What a shell, Kubernetes or Helm would have replaced. */
export const placeholder = new RegExp(`${inBrackets.source}|\\$[A-Z_]{2,}`)

/** The same in what may be a secret, which may have a `$` within. */
const inSecret = new RegExp(`${inBrackets.source}|(?<!\\S)\\$[A-Z_][A-Z0-9_]+$`)

const scopes = ['otlp', ...signals] as const
const ofTls = ['Certificate', 'ClientKey', 'ClientCertificate'] as const

/** Settings whose values may be shown. */
const plain = [
  ...(['serviceName', 'resultsDir', 'progressFile', 'spoolDir'] as const),
  ...scopes.flatMap((scope) => ofTls.map((part) => `${scope}${part}` as const)),
]

const keysWithin = (pairs: Readonly<Record<string, string>> | undefined, pattern: RegExp) =>
  Object.entries(pairs ?? {}).flatMap(([key, value]) =>
    pattern.test(key) || pattern.test(value) ? [key] : [],
  )

/** Values that nobody has put in, beside those of endpoints. */
export const findPlaceholders = (facts: Facts): readonly Found[] => {
  const { settings, origins } = facts
  const found = (seen: string): Found => ['setting-placeholder', seen]
  // a default may repeat what another setting has
  const shown = plain.filter((field) => origins.has(field) && placeholder.test(settings[field] ?? ''))
  const headers = scopes
    .map((scope) => `${scope}Headers` as const)
    .filter((field) => keysWithin(settings[field], inSecret).length > 0)
  const attributes = keysWithin(settings.resourceAttributes, inSecret)
  const trainer = Object.values(trainerFieldsOf(settings) ?? {}).filter((field) =>
    inSecret.test(settings[field] ?? ''),
  )
  return [
    ...shown.map((field) => found(`${nameOf(facts, field)} is '${settings[field]}'`)),
    ...[...headers, ...trainer].map((field) => found(`${nameOf(facts, field)} has a placeholder in it`)),
    ...(attributes.length > 0
      ? [found(`${nameOf(facts, 'resourceAttributes')} has a placeholder in ${attributes.join(', ')}`)]
      : []),
  ]
}
