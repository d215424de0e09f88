import { readFileSync } from 'node:fs'
import { configurationError } from '../errors.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Destination, OtlpDestination } from './signals.ts'

/** PEM files, read; those that are not named are undefined. */
export interface Tls {
  readonly ca: Buffer | undefined
  readonly key: Buffer | undefined
  readonly cert: Buffer | undefined
}

const readPem = (path: string | undefined, what: string) => {
  if (path === undefined) return undefined
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw configurationError(`${what} is '${path}' (${code}), but accepted is a readable PEM file`, error)
  }
}

/**
 * Reads what TLS to a destination needs.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for a file that cannot be read, or half of a key pair
 */
export const readTls = (
  { certificate, clientKey, clientCertificate }: OtlpDestination,
  signal: Signal,
): Tls => {
  const prefix = `the ${signal} setting OTEL_EXPORTER_OTLP_[${signal.toUpperCase()}_]`
  if ((clientKey === undefined) !== (clientCertificate === undefined)) {
    const set = clientKey === undefined ? 'CLIENT_CERTIFICATE' : 'CLIENT_KEY'
    throw configurationError(
      `${prefix}${set} is set alone, but mTLS takes CLIENT_KEY and CLIENT_CERTIFICATE together`,
    )
  }
  return {
    ca: readPem(certificate, `${prefix}CERTIFICATE`),
    key: readPem(clientKey, `${prefix}CLIENT_KEY`),
    cert: readPem(clientCertificate, `${prefix}CLIENT_CERTIFICATE`),
  }
}

/**
 * Checks, with nothing of OpenTelemetry loaded, that a signal could be sent to a destination with TLS.
 *
 * @throws {TaskbeatError} as {@link readTls}
 */
export const checkTls = (destination: Destination, signal: Signal): void => {
  if (destination.kind === 'otlp') readTls(destination, signal)
}
