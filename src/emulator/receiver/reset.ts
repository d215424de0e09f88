import type { Socket } from 'node:net'

/**
 * Ends a connection so that the peer sees it reset.
 *
 * A connection whose own end is on its way is closed instead: libuv refuses to reset it, and Node then leaves its
 * handle open for ever, and spins over it when the process exits.
 *
 * @see https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset
 */
export const resetConnection = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
