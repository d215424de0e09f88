import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { selfSigned } from '../delivery/senders/certificate.ts'

export interface SeenPost {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly type: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

const certificate = selfSigned()

/** Whom to trust for it to be the controller. */
export const controllerCa = certificate.cert.toString()

/** The controller of Kubeflow Trainer, as far as a TrainJob sees it; it answers all with `status`, 0: never. */
export const startController = async (status = 200) => {
  const seen: SeenPost[] = []
  const server = createServer(certificate, async (request, response) => {
    const { method, url, headers } = request
    seen.push({
      ...{ method, url, type: headers['content-type'], authorization: headers.authorization },
      body: await text(request),
    })
    if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('a secret answer')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  const url = `https://localhost:${(server.address() as AddressInfo).port}/apis/status`
  return { url, seen, [Symbol.dispose]: close }
}
