import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { signals } from '../../otlp/signals.ts'
import type { Settings } from '../../settings.ts'
import { type Destinations, selectDestinations } from '../../telemetry/signals.ts'
import { readTls, type Tls } from '../../telemetry/tls.ts'
import { placeOf, type Sent, sentOf } from '../endpoints.ts'
import type { ConfigurationFacts } from '../facts.ts'
import { trainerFaultsOf } from './trainer.ts'

const nowhere: Destinations = { traces: [], metrics: [], logs: [] }

/** Where `run` would send to; or why it could not say. */
const selected = (settings: Settings): Pick<ConfigurationFacts, 'destinations' | 'destinationsFault'> => {
  try {
    return { destinations: selectDestinations(settings, 'nothing'), destinationsFault: undefined }
  } catch (error) {
    return { destinations: nowhere, destinationsFault: (error as Error).message }
  }
}

/** @throws for what is no certificate, no key, or the key of another certificate */
const checkFiles = ({ ca, key, cert }: Tls) => {
  // what is none would be left out in silence
  if (ca) new X509Certificate(ca)
  if (key && cert) createSecureContext({ key, cert })
}

/** Files for TLS, read and understood, or what is wrong with them. */
const tlsOf = ({ signal, destination }: Sent): { readonly tls: Tls } | { readonly fault: string } => {
  let tls: Tls
  try {
    tls = readTls(destination, signal)
  } catch (error) {
    return { fault: (error as Error).message }
  }
  try {
    checkFiles(tls)
    return { tls }
  } catch (error) {
    const { certificate, clientKey, clientCertificate } = destination
    const files = [certificate, clientKey, clientCertificate].filter(Boolean).join(', ')
    return { fault: `${files}: TLS cannot be set up with them (${(error as Error).message})` }
  }
}

/** The places that are sent to, each once, with what TLS there would be made with. */
export const placesOf = (destinations: Destinations): ReadonlyMap<string, Tls | undefined> =>
  new Map(
    sentOf(destinations).map((one) => {
      const files = tlsOf(one)
      return [placeOf(one.destination), 'tls' in files ? files.tls : undefined]
    }),
  )

/** One fault of files for all signals is told of once. */
const withoutSignals = (fault: string) => fault.replace(/^the (traces|metrics|logs) setting /, '')

/** What follows from the settings alone, and from the files that they name. */
export const gatherConfiguration = (
  known: Pick<ConfigurationFacts, 'settings' | 'origins' | 'problems' | 'environment'>,
): ConfigurationFacts => {
  const selection = selected(known.settings)
  const faults = sentOf(selection.destinations).map(tlsOf)
  const ofAll = new RegExp(`\\[(${signals.join('|').toUpperCase()})_\\]`, 'g')
  const tlsFaults = faults.flatMap((files) =>
    'fault' in files ? [withoutSignals(files.fault).replace(ofAll, '[<SIGNAL>_]')] : [],
  )
  return {
    ...known,
    ...selection,
    tlsFaults: [...new Set(tlsFaults)],
    trainerFaults: trainerFaultsOf(known.settings),
  }
}
