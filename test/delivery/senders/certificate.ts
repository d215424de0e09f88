/** Certificates for tests, without a tool that a machine may not have. */
import { generateKeyPairSync, sign } from 'node:crypto'

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const hex = (text: string) => Buffer.from(text, 'hex')
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
const oid = (bytes: string) => der(0x06, hex(bytes))
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes)
const time = (text: string) => der(0x17, Buffer.from(text))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const commonName = (name: string) =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
/** An extension that must be understood. */
const critical = (id: string, value: Buffer) => sequence(oid(id), der(0x01, hex('ff')), der(0x04, value))
const isAuthority = critical('551d13', sequence(der(0x01, hex('ff'))))
const nameOf = (host: string) => sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(host)))))

export interface TestCertificate {
  readonly key: Buffer
  readonly cert: Buffer
}

const pem = (bytes: Buffer) => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return Buffer.from(['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'))
}

/** Signs itself, and is good until 2049 for one name. */
export const selfSigned = (host = 'localhost'): TestCertificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = commonName('taskbeat test')
  const toSign = sequence(
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    ecdsaWithSha256,
    name,
    sequence(time('250101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, nameOf(host))),
  )
  return {
    key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: pem(sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, privateKey)))),
  }
}
