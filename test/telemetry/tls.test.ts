import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { OtlpDestination } from '../../src/telemetry/signals.ts'
import { checkTls, readTls } from '../../src/telemetry/tls.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const destination = (files: Partial<OtlpDestination>): OtlpDestination => ({
  ...{
    kind: 'otlp',
    protocol: 'grpc',
    url: 'https://h:4317',
    headers: {},
    timeoutMs: 1,
    compression: 'none',
  },
  ...{ certificate: undefined, clientKey: undefined, clientCertificate: undefined },
  ...files,
})

it('the files are read', async () => {
  await using dir = await temporaryDirectory()
  const certificate = join(dir.path, 'ca.pem')
  await writeFile(certificate, 'a certificate')
  const tls = readTls(destination({ certificate }), 'logs')
  expect(tls).toEqual({ ca: Buffer.from('a certificate'), key: undefined, cert: undefined })
})

it.each([
  {
    what: 'a file that is not there',
    files: { certificate: '/nowhere/ca.pem' },
    says: "the logs setting OTEL_EXPORTER_OTLP_[LOGS_]CERTIFICATE is '/nowhere/ca.pem' (ENOENT), but accepted is a readable PEM file",
  },
  {
    what: 'a directory',
    files: { clientKey: '/', clientCertificate: '/' },
    says: "CLIENT_KEY is '/' (EISDIR)",
  },
  {
    what: 'a key without a certificate',
    files: { clientKey: '/k.pem' },
    says: 'CLIENT_KEY is set alone',
  },
  {
    what: 'a certificate without a key',
    files: { clientCertificate: '/c.pem' },
    says: 'CLIENT_CERTIFICATE is set alone',
  },
])('$what is a wrong configuration', ({ files, says }) => {
  expect(() => checkTls(destination(files), 'logs')).toThrow(
    expect.objectContaining({ exitStatus: 78, message: expect.stringContaining(says) }),
  )
})

it('the console needs none', () => {
  expect(() => checkTls({ kind: 'console' }, 'logs')).not.toThrow()
})
