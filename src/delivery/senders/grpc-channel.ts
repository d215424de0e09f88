import type { Socket } from 'node:net'
import { type ChannelCredentials, type ChannelOptions, Client, connectivityState } from '@grpc/grpc-js'

/** A client of gRPC with the connection it has, makes or could not make; used until it is found dead. */
export interface GrpcChannel {
  readonly client: Client
  /** A call begins. */
  readonly begin: () => void
  /** A call has ended; says whether the channel is dead, and no call should begin on it any more. */
  readonly end: (how: CallEnd) => boolean
  /** No more calls begin; when the last has ended, the connection is closed. */
  readonly retire: () => void
}

/**
 * How a call ended, as far as it tells of the channel: with an answer, if only of the library's; with the deadline
 * and no sign of life; or because we gave it up.
 */
export type CallEnd = 'answer' | 'failure' | 'deadline' | 'given up'

/**
 * Without a sign of life for so long while somebody waits, a channel is dead. With the usual deadline of 10 s the
 * first one that passes decides; with a short one it takes several, else a distant collector whose handshake takes
 * longer than that would never be reached.
 */
const silentForMs = 5_000

type MakeConnector = ChannelCredentials['_createSecureConnector']

/**
 * The same credentials, the sockets that they see noted. The library has no limit for a connection that never gets
 * past its handshake, and closing the client leaves its socket open, so somebody has to.
 */
const noting = (credentials: ChannelCredentials, sockets: Set<Socket>): ChannelCredentials => {
  const makeConnector: MakeConnector = (...target) => {
    const connector = credentials._createSecureConnector(...target)
    return {
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
      connect: (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        return connector.connect(socket)
      },
    }
  }
  return Object.create(credentials, { _createSecureConnector: { value: makeConnector } })
}

export interface GrpcChannelOptions {
  readonly address: string
  readonly credentials: ChannelCredentials
  readonly options: ChannelOptions
  readonly monotonicMs: () => number
}

/** Opens a channel; it connects when a call begins. @throws for no address */
export const openGrpcChannel = ({
  address,
  credentials,
  options,
  monotonicMs,
}: GrpcChannelOptions): GrpcChannel => {
  const sockets = new Set<Socket>()
  const client = new Client(address, noting(credentials, sockets), options)
  let calls = 0
  let isRetired = false
  /** Since when somebody waits for a sign of life; undefined: nobody does. */
  let waitingSinceMs: number | undefined

  const closeIfDone = () => {
    if (!isRetired || calls > 0) return
    client.close()
    for (const socket of sockets) socket.destroy()
  }

  const isDead = (how: CallEnd): boolean => {
    if (how === 'deadline') return monotonicMs() - (waitingSinceMs ?? monotonicMs()) >= silentForMs
    // what failed to connect would try again at its own pace, with names resolved half a minute ago
    return how === 'failure' && client.getChannel().getConnectivityState(false) !== connectivityState.READY
  }

  return {
    client,
    begin: () => {
      calls += 1
      waitingSinceMs ??= monotonicMs()
    },
    end: (how) => {
      calls -= 1
      const dead = isDead(how)
      // after a deadline nobody has heard anything yet, so that the next call goes on waiting
      if (how !== 'deadline' && calls === 0) waitingSinceMs = undefined
      else if (how === 'answer' || how === 'failure') waitingSinceMs = monotonicMs()
      closeIfDone()
      return dead
    },
    retire: () => {
      isRetired = true
      closeIfDone()
    },
  }
}
