import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** Connections that a test can look at, and spoil. */
export interface Connections extends AsyncDisposable {
  readonly port: number
  /** How many there ever were. */
  readonly opened: () => number
  /** How many there are. */
  readonly open: () => number
  /** From now on nothing passes in either direction, on the connections that there are. */
  readonly swallow: () => void
  /** What becomes of connections from now on. */
  readonly hang: (doHang: boolean) => void
}

export interface ConnectionsOptions {
  /** Where to pass everything on to. */
  readonly to: number
  /** Listens here in place of a port. */
  readonly path?: string
  readonly tls?: TlsOptions
}

const listen = async (server: Server, path: string | undefined) => {
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Passes connections on to a port of this machine. */
export const startConnections = async ({ to, path, tls }: ConnectionsOptions): Promise<Connections> => {
  const ends = new Map<Socket, Socket | undefined>()
  let opened = 0
  let hangs = false
  const pass = (socket: Socket) => {
    opened += 1
    const target = hangs ? undefined : connect(to, '127.0.0.1')
    ends.set(socket, target)
    socket.on('error', () => {})
    socket.on('close', () => {
      ends.delete(socket)
      target?.destroy()
    })
    // who does not read never learns that the other end was closed
    if (target === undefined) socket.resume()
    target?.on('error', () => {})
    target?.on('close', () => socket.destroy())
    if (target) socket.pipe(target).pipe(socket)
  }
  const server = tls
    ? createTlsServer({ ALPNProtocols: ['h2', 'http/1.1'], ...tls }, pass)
    : createServer(pass)
  const port = await listen(server, path)
  return {
    port,
    opened: () => opened,
    open: () => ends.size,
    swallow: () => {
      for (const [socket, target] of ends) {
        socket.unpipe()
        target?.unpipe()
        socket.resume()
        target?.resume()
      }
    },
    hang: (doHang) => {
      hangs = doHang
    },
    [Symbol.asyncDispose]: async () => {
      for (const [socket, target] of ends) {
        socket.destroy()
        target?.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}
