import { createServer, type Server } from 'node:http'
import type { Clock } from '../../clock.ts'

/**
 * Answers `GET /health` as the Collector's health check extension does.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/healthcheckextension
 */
export const makeHealthServer = (clock: Clock): Server => {
  let upSince = clock.now()
  const server = createServer((request, response) => {
    const isAsked = request.url?.split('?')[0] === '/health'
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isAsked || !isRead) {
      response.writeHead(isAsked ? 405 : 404, isAsked ? { allow: 'GET, HEAD' } : {}).end()
      return
    }
    const uptime = `${(clock.now().getTime() - upSince.getTime()) / 1_000}s`
    const body = JSON.stringify({ status: 'Server available', upSince: upSince.toISOString(), uptime })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  server.on('listening', () => {
    upSince = clock.now()
  })
  return server
}
