import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { configurationError } from '../errors.ts'

/** What a probe is told. */
export interface Health {
  readonly isAlive: boolean
  readonly body: Readonly<Record<string, unknown>>
}

export interface HealthServer {
  readonly port: number
  readonly close: () => void
}

/**
 * Answers `GET /health` on all interfaces, as probes of Kubernetes ask: 200 for what is alive, else 503.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) if the port cannot be had
 */
export const openHealthServer = async (port: number, look: () => Health): Promise<HealthServer> => {
  const server: Server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/health') {
      response.writeHead(404).end()
      return
    }
    const { isAlive, body } = look()
    response.writeHead(isAlive ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, resolve)
  }).catch(({ code, message }: NodeJS.ErrnoException) => {
    const text = `--health-port is ${port}, and nobody can listen there (${code ?? message}): name a port that is free`
    throw configurationError(text)
  })
  // the answers of probes are no reason to go on
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
