import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { resetConnection } from '../../../src/emulator/receiver/reset.ts'

/** Both ends of a connection. */
const open = async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  await once(client, 'connect')
  server.close()
  return { socket, client }
}

it('resets a connection', async () => {
  const { socket, client } = await open()
  const failed = once(client, 'error')
  resetConnection(socket)
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
  expect(socket.closed || (await once(socket, 'close'))).toBeTruthy()
})

it('closes a connection that is about to end, for Node cannot reset it and would keep it', async () => {
  const { socket, client } = await open()
  client.on('error', () => {})
  const gone = once(socket, 'close')
  socket.end()
  resetConnection(socket)
  await gone
  client.destroy()
})
