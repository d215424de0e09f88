import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { TaskbeatError } from '../../errors.ts'
import { resetConnection } from './reset.ts'

/** A listening port that can be shut and opened again. */
export interface Door {
  /** The port, once it was chosen. */
  readonly port: () => number
  /** Listens. @throws {TaskbeatError} `PORT_TAKEN` or `CANNOT_LISTEN` */
  readonly open: () => Promise<void>
  /** Stops listening and resets all connections. */
  readonly close: () => Promise<void>
  /** Resets one connection, known by its remote address, `127.0.0.1:50000`. */
  readonly reset: (peer: string) => void
}

export interface DoorOptions {
  readonly server: Server
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** What is behind it, for people: `OTLP over gRPC`. */
  readonly purpose: string
}

/**
 * Free ports are looked for below those that systems give to outgoing connections (from 32768 on Linux, from 49152
 * elsewhere), so that a port which is shut for a while is still free when it opens again.
 */
const lowestPort = 20_000
const portCount = 12_768

let lastOffset = Math.floor(Math.random() * portCount)

/**
 * From a start by chance, so that processes seldom meet, one after the other: a client of this process may still
 * hold connections to the receiver that had a port before.
 */
const nextPort = () => {
  lastOffset = (lastOffset + 1) % portCount
  return lowestPort + lastOffset
}
const tries = 50

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code

const listen = async (server: Server, host: string, port: number) => {
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
}

const cannotListen = (error: unknown, { host, purpose }: DoorOptions, port: number): TaskbeatError => {
  const isTaken = codeOf(error) === 'EADDRINUSE'
  const why = isTaken ? 'another program has it' : (codeOf(error) ?? String(error))
  const message = `port ${port} of ${host} cannot be opened for ${purpose}: ${why}; stop that program, or let taskbeat choose free ports (--ports auto)`
  return new TaskbeatError(
    isTaken ? 'PORT_TAKEN' : 'CANNOT_LISTEN',
    isTaken ? message : message.replace('stop that program, or ', ''),
    {
      exitStatus: 64,
      cause: error,
    },
  )
}

/** Resolves to the port that was free. */
const listenAnywhere = async (server: Server, host: string): Promise<number> => {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = nextPort()
    try {
      await listen(server, host, port)
      return port
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' && codeOf(error) !== 'EACCES') throw error
    }
  }
  await listen(server, host, 0)
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A door before a server, which is not listening yet. */
export const makeDoor = (options: DoorOptions): Door => {
  const { server, host } = options
  const sockets = new Map<string, Socket>()
  let port = options.port

  server.on('connection', (socket: Socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.set(peer, socket)
    socket.on('close', () => {
      // the same address may already be another connection's
      if (sockets.get(peer) === socket) sockets.delete(peer)
    })
    // a peer that resets its connection is none of our trouble
    socket.on('error', () => {})
  })

  return {
    port: () => port,
    open: async () => {
      try {
        if (port === 0) port = await listenAnywhere(server, host)
        else await listen(server, host, port)
      } catch (error) {
        throw cannotListen(error, options, port)
      }
    },
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets.values()) resetConnection(socket)
      await closed
    },
    reset: (peer) => {
      const socket = sockets.get(peer)
      if (socket) resetConnection(socket)
    },
  }
}
