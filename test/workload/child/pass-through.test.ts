import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { passThrough } from '../../../src/workload/child/pass-through.ts'

const bytes = (count: number) => Buffer.from(Array.from({ length: count }, (_, at) => at % 256))

it('every byte passes, in order, and is shown', async () => {
  const [from, to] = [new PassThrough(), new PassThrough()]
  const shown: Buffer[] = []
  const { done: passed } = passThrough(from, to, (chunk) => shown.push(chunk))
  const all = bytes(100_000)
  from.end(all)
  const arrived: Buffer[] = []
  to.on('data', (chunk: Buffer) => arrived.push(chunk))
  await passed
  to.end()
  await once(to, 'end')
  expect(Buffer.concat(arrived).equals(all)).toBe(true)
  expect(Buffer.concat(shown).equals(all)).toBe(true)
})

it('a slow reader holds the source back, whose bytes do not pile up', async () => {
  const waiting: (() => void)[] = []
  const to = new Writable({ highWaterMark: 1, write: (_, __, done) => waiting.push(done) })
  const from = new PassThrough({ highWaterMark: 1 })
  let shown = 0
  passThrough(from, to, (chunk) => {
    shown += chunk.length
  })
  for (let count = 0; count < 10; count += 1) from.write(bytes(10))
  await new Promise(setImmediate)
  expect(shown).toBe(10)
  waiting.shift()?.()
  await new Promise(setImmediate)
  expect(shown).toBe(20)
})

it('a reader that has gone away breaks the pipe of the source', async () => {
  const to = new Writable({
    write: (_, __, done) => done(Object.assign(new Error('broken'), { code: 'EPIPE' })),
  })
  to.on('error', () => {})
  const from = new PassThrough()
  const { done: passed } = passThrough(from, to, () => {})
  from.write('x')
  await passed
  expect(from.destroyed).toBe(true)
})

it('what a full disk does not take is lost, and told of; the source goes on', async () => {
  const to = new Writable({
    write: (_, __, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' })),
  })
  to.on('error', () => {})
  const from = new PassThrough()
  const losses: string[] = []
  let shown = 0
  const passage = passThrough(
    from,
    to,
    (chunk) => {
      shown += chunk.length
    },
    ({ message }) => losses.push(message),
  )
  for (let count = 0; count < 5; count += 1) {
    from.write('x')
    await new Promise(setImmediate)
  }
  from.end()
  await passage.done
  expect([shown, losses]).toEqual([5, ['no space left']])
})

it('a reader that was gone before takes nothing', async () => {
  const to = new PassThrough()
  to.destroy()
  const from = new PassThrough()
  await passThrough(from, to, () => {}).done
  expect(from.destroyed).toBe(true)
})
