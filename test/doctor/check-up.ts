import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { doctor } from '../../src/commands/doctor.ts'
import { doctorForPeople } from '../../src/doctor/doctor-for-people.ts'
import type { Finding } from '../../src/doctor/findings/catalogue.ts'
import type { Report } from '../../src/doctor/report.ts'
import { readSettings } from '../../src/settings.ts'
import { selfSigned } from '../delivery/senders/certificate.ts'
import { startConnections } from '../delivery/senders/connections.ts'
import { type Receiver, startReceiver } from '../support/otlp-receiver.ts'

/** In each header, and in no output. */
export const secret = 'hushhush-4711'

/** What depends on the machine that tests run on. */
const ofMachine = /^(results-(low|network|in-)|memory-limit|cpu-limit|gpu-|koffi-|endpoint-localhost)/

export const withoutMachine = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ id }) => !ofMachine.test(id))

const listen = async (server: Server) => {
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

/** A port at which nobody listens: it was somebody's a moment ago. */
const closedPort = async () => {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What a test can point at. */
export interface Ports extends AsyncDisposable {
  readonly receiver: Receiver
  readonly grpc: string
  readonly http: string
  readonly health: string
  /** gRPC behind TLS. */
  readonly tls: string
  readonly cert: Buffer
  /** Nobody. */
  readonly closed: string
  /** Answers with a `Date` of an hour ago. */
  readonly late: string
}

export const openPorts = async (): Promise<Ports> => {
  const { key, cert } = selfSigned('localhost')
  const receiver = await startReceiver()
  const tls = await startConnections({ to: Number(new URL(receiver.grpcUrl).port), tls: { key, cert } })
  const late = createHttpServer((_, response) => {
    response.sendDate = false
    response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
    response.end()
  })
  const latePort = await listen(late)
  return {
    ...{ receiver, cert, grpc: receiver.grpcUrl, http: receiver.httpUrl, health: receiver.healthUrl },
    tls: `https://localhost:${tls.port}`,
    closed: `http://127.0.0.1:${await closedPort()}`,
    late: `http://127.0.0.1:${latePort}`,
    [Symbol.asyncDispose]: async () => {
      late.close()
      await tls[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}

export interface Given {
  readonly args?: readonly string[]
  /** Over that of a right configuration. */
  readonly env?: Readonly<Record<string, string>>
}

/** The environment of a right configuration. */
export const rightEnvironment = (endpoint: string): Readonly<Record<string, string>> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: `api-key=${secret}`,
  OTEL_SERVICE_NAME: 'llama',
})

export interface Checked {
  readonly report: Report
  /** Without what depends on this machine. */
  readonly found: readonly Finding[]
  readonly text: string
  readonly status: number
}

/** The check-up in this process, which waits as long as it takes: this machine may be busy. */
export const checkUp = async (
  { args = [], env = {} }: Given,
  { grpc, directory }: { grpc: string; directory: string },
): Promise<Checked> => {
  const environment = { PATH: process.env.PATH, ...rightEnvironment(grpc), ...env }
  const results = args.includes('--results-dir') ? [] : ['--results-dir', join(directory, 'results')]
  const resolution = await readSettings(
    ['--json', ...results, ...args],
    doctor.groups,
    'command',
    environment,
  )
  const resolved = resolution.ok ? resolution : resolution.rest
  if (!resolved) throw new Error('there are no settings at all')
  const { text, status } = await doctorForPeople({
    ...{ ...resolved, environment, groups: doctor.groups, version: '1.2.3', clock: systemClock },
    problems: resolution.ok ? [] : resolution.problems,
    limits: { probeMs: 50_000, longMs: 50_000 },
  })
  const report: Report = JSON.parse(text)
  return { report, found: withoutMachine(report.findings), text, status }
}
