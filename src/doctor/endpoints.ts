import { type Signal, signals } from '../otlp/signals.ts'
import type { Field } from '../settings/table.ts'
import { table } from '../settings/table.ts'
import type { Protocol } from '../settings.ts'
import type { Destinations, OtlpDestination } from '../telemetry/signals.ts'
import type { ConfigurationFacts } from './facts.ts'

/** A setting as messages call it: where it is given, else its variable. */
export const nameOf = ({ origins }: Pick<ConfigurationFacts, 'origins'>, field: Field): string => {
  const row: { readonly env?: string } = table[field]
  return origins.get(field)?.[0]?.name ?? row.env ?? field
}

/** One signal on its way to a collector. */
export interface Sent {
  readonly signal: Signal
  readonly destination: OtlpDestination
}

/** All signals that go to a collector. */
export const sentOf = (destinations: Destinations): readonly Sent[] =>
  signals.flatMap((signal) =>
    destinations[signal].flatMap((destination) =>
      destination.kind === 'otlp' ? [{ signal, destination }] : [],
    ),
  )

/** What a connection is made to: `http://host:port`, or `unix:///path`. */
export const placeOf = ({ url }: OtlpDestination): string => {
  if (url.startsWith('unix:')) return url
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** An endpoint as it is written, with the signals that go there. */
export interface EndpointInUse {
  readonly name: string
  readonly text: string
  /** Given for these signals alone, and so used as it is. */
  readonly isOwn: boolean
  readonly sent: readonly Sent[]
  readonly protocols: readonly Protocol[]
}

/** Endpoints that something is sent to. */
export const endpointsInUse = (facts: ConfigurationFacts): readonly EndpointInUse[] => {
  const { settings } = facts
  const sent = sentOf(facts.destinations)
  const inUse = (field: Field, text: string | undefined, isOwn: boolean, those: readonly Sent[]) =>
    text === undefined || those.length === 0
      ? []
      : [
          {
            ...{ name: nameOf(facts, field), text, isOwn, sent: those },
            protocols: [...new Set(those.map(({ destination }) => destination.protocol))],
          },
        ]
  const usesOwn = ({ signal }: Sent) => settings[`${signal}Endpoint`] !== undefined
  return [
    ...inUse(
      'otlpEndpoint',
      settings.otlpEndpoint,
      false,
      sent.filter((one) => !usesOwn(one)),
    ),
    ...signals.flatMap((signal) =>
      inUse(
        `${signal}Endpoint`,
        settings[`${signal}Endpoint`],
        true,
        sent.filter((one) => one.signal === signal),
      ),
    ),
  ]
}
