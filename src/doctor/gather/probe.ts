/**
 * What a collector's port speaks: TLS or not, HTTP/1.1, HTTP/2 as gRPC needs it. Four connections at once, none with any
 * telemetry: each says hello in one way, and looks whether it is understood.
 */
import { createConnection, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock } from '../../clock.ts'
import { connectionTrouble } from '../../delivery/senders/connection-trouble.ts'
import type { Tls } from '../../telemetry/tls.ts'
import type { Probe } from '../facts.ts'
import { clockAheadOf } from './health.ts'

/** The preface of a client of HTTP/2, with an empty SETTINGS frame. @see RFC 9113, 3.4 */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])

const settingsFrame = 4

/** A server of HTTP/2 begins with SETTINGS, of stream 0. */
const isHttp2 = (bytes: Buffer) =>
  bytes.length >= 9 && bytes[3] === settingsFrame && bytes.readUInt32BE(5) === 0 && bytes[0] === 0

const isHttp1 = (bytes: Buffer) => bytes.subarray(0, 7).toString('latin1') === 'HTTP/1.'

const headEnds = (bytes: Buffer) => bytes.includes('\r\n\r\n')

/** Longer heads are of no collector. */
const mostBytes = 16 * 1_024

interface Target {
  readonly path: string | undefined
  readonly host: string
  readonly port: number
}

const targetOf = (place: string): Target => {
  if (place.startsWith('unix:')) return { path: place.replace(/^unix:\/\//, ''), host: 'localhost', port: 0 }
  const { hostname, port } = new URL(place)
  return { path: undefined, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}

interface Heard {
  /** Why there was no connection. */
  readonly refusal: string | undefined
  /** TLS was agreed on. */
  readonly isSecure: boolean
  readonly bytes: Buffer
  readonly certificateFault: string | undefined
  readonly certificateEndsMs: number | undefined
}

interface Hello {
  readonly target: Target
  readonly protocol: 'http/1.1' | 'h2'
  readonly tls: Tls | undefined
  readonly clock: Clock
  readonly limitMs: number
}

const helloBytes = ({ target: { host, port }, protocol }: Hello) =>
  protocol === 'h2'
    ? preface
    : `GET / HTTP/1.1\r\nHost: ${host.includes(':') ? `[${host}]` : host}:${port}\r\nConnection: close\r\n\r\n`

const open = ({ target, protocol, tls }: Hello): Socket => {
  const { path, host, port } = target
  const place = path === undefined ? { host, port } : { path }
  if (!tls) return createConnection(place)
  const pems = Object.fromEntries(Object.entries(tls).filter(([, pem]) => pem !== undefined))
  return connectTls({
    ...{ ...place, ...pems, ALPNProtocols: [protocol] },
    // an address is no name for SNI
    ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
    // whether it is to be trusted is a finding, not the end
    rejectUnauthorized: false,
  })
}

const certificateOf = (socket: Socket): Pick<Heard, 'certificateFault' | 'certificateEndsMs'> => {
  if (!('authorizationError' in socket)) return { certificateFault: undefined, certificateEndsMs: undefined }
  const { authorizationError: fault } = socket as TLSSocket
  const endsMs = Date.parse((socket as TLSSocket).getPeerCertificate().valid_to)
  return {
    certificateFault: fault ? String(fault instanceof Error ? fault.message : fault) : undefined,
    certificateEndsMs: Number.isNaN(endsMs) ? undefined : endsMs,
  }
}

/** Says hello, and listens until it is clear what answers, or nothing more comes. */
const listenTo = (hello: Hello): Promise<Heard> =>
  new Promise((resolve) => {
    const { clock, limitMs, tls } = hello
    let isOpen = false
    let isSecure = false
    let bytes: Buffer = Buffer.alloc(0)
    let trouble: string | undefined
    let certificate: Pick<Heard, 'certificateFault' | 'certificateEndsMs'> = {
      certificateFault: undefined,
      certificateEndsMs: undefined,
    }
    let socket: Socket
    const end = () => {
      cancel()
      socket?.destroy()
      const refusal = isOpen ? undefined : (trouble ?? `no connection within ${limitMs} ms`)
      resolve({ refusal, isSecure, bytes, ...certificate })
    }
    // what has come meanwhile, and was only not read yet, counts
    const cancel = clock.after(limitMs, () => setImmediate(end), { keepsAlive: true })
    try {
      socket = open(hello)
    } catch (error) {
      trouble = connectionTrouble(error, [])
      end()
      return
    }
    socket.once('connect', () => {
      isOpen = true
      if (!tls) socket.write(helloBytes(hello))
    })
    socket.once('secureConnect', () => {
      isSecure = true
      certificate = certificateOf(socket)
      // who does not agree on a protocol may speak it all the same, but HTTP/2 is always agreed on
      if (hello.protocol === 'http/1.1' || (socket as TLSSocket).alpnProtocol === 'h2')
        socket.write(helloBytes(hello))
      else end()
    })
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (isHttp2(bytes) || (isHttp1(bytes) && headEnds(bytes)) || bytes.length > mostBytes) end()
    })
    socket.on('error', (error) => {
      trouble = connectionTrouble(error, [])
    })
    socket.on('close', end)
  })

const dateOf = ({ bytes }: Heard) => /^date:\s*(.+?)\r$/im.exec(bytes.toString('latin1'))?.[1]

const noFiles: Tls = { ca: undefined, key: undefined, cert: undefined }

export interface ProbeOptions {
  /** `http://host:port`, `https://host:port` or `unix:///path`. */
  readonly place: string
  /** What TLS would be made with. */
  readonly tls: Tls | undefined
  readonly clock: Clock
  readonly limitMs: number
}

/** Finds out what a port speaks. Never rejects. */
export const probePlace = async ({ place, tls = noFiles, clock, limitMs }: ProbeOptions): Promise<Probe> => {
  const target = targetOf(place)
  const say = (protocol: Hello['protocol'], files: Tls | undefined) =>
    listenTo({ target, protocol, tls: files, clock, limitMs })
  const [plain1, plain2, secure1, secure2] = await Promise.all([
    ...[say('http/1.1', undefined), say('h2', undefined)],
    ...[say('http/1.1', tls), say('h2', tls)],
  ] as const)
  const nowMs = clock.now().getTime()
  const all = [plain1, plain2, secure1, secure2]
  const speaksTls = secure1.isSecure || secure2.isSecure
  const [heard1, heard2] = speaksTls ? [secure1, secure2] : [plain1, plain2]
  const secure = secure1.isSecure ? secure1 : secure2
  return {
    place,
    // some servers let in only so many at once
    refusal: all.every(({ refusal }) => refusal !== undefined) ? plain1.refusal : undefined,
    speaksTls,
    http1: isHttp1(heard1.bytes),
    http2: isHttp2(heard2.bytes),
    certificateFault: secure.certificateFault,
    certificateEndsMs: secure.certificateEndsMs,
    clockAheadMs: clockAheadOf(dateOf(heard1), nowMs),
  }
}
