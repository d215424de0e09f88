import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { mostWatchers } from '../../../src/view/server/events.ts'
import {
  startViewServer,
  type ViewServer,
  type ViewServerOptions,
} from '../../../src/view/server/start-server.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/run-cli.ts'
import { fakeOverview, fakeRun, fakeRuns } from '../fake-run.ts'

const start = async (options: Partial<ViewServerOptions> = {}): Promise<ViewServer & Disposable> => {
  const server = await startViewServer({
    runs: fakeRuns(),
    port: 0,
    page: { script: 'let page', style: 'a{}' },
    bundle: async () => Buffer.from('all'),
    clock: systemClock,
    ...options,
  })
  return { ...server, [Symbol.dispose]: server.close }
}

interface Got {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Not fetch, which sends no Host that one could name. */
const get = (
  { address }: ViewServer,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) =>
  new Promise<Got>((resolve, reject) => {
    const url = path.startsWith('/') ? new URL(path, address) : `${address}${path}`
    const sent = request(url, { method, headers }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      )
    })
    sent.on('error', reject).end()
  })

/** A reader of events that may read as slowly as it likes. */
const watch = async ({ address }: ViewServer) => {
  const stop = new AbortController()
  const response = await fetch(`${address}events`, { signal: stop.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const readUntil = async (pattern: RegExp) => {
    for (;;) {
      if (pattern.test(text)) return text
      const { done, value = '' } = (await reader?.read()) ?? { done: true }
      if (done) throw new Error(`the events have ended: ${text}`)
      text += value
    }
  }
  return { response, readUntil, leave: () => stop.abort() }
}

describe('what is served', () => {
  it.each([
    { path: '', type: 'text/html; charset=utf-8', text: '<script src="page.js" defer>' },
    { path: 'page.js', type: 'text/javascript; charset=utf-8', text: 'let page' },
    { path: 'page.css', type: 'text/css; charset=utf-8', text: 'a{}' },
    { path: 'runs', type: 'application/json; charset=utf-8', text: '{"runs":1}' },
    { path: 'runs/0/span?index=3', type: 'application/json; charset=utf-8', text: '["span",3]' },
    { path: 'runs/0/span?index=404', type: 'application/json; charset=utf-8', text: 'null' },
  ])('$path is $type', async ({ path, type, text }) => {
    using server = await start()
    const { status, headers, body } = await get(server, path)
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type })
    expect(body.toString()).toContain(text)
    const head = await get(server, path, { method: 'HEAD' })
    expect([head.status, head.body.length]).toEqual([200, 0])
  })

  it('every answer, also a refusal, keeps browsers from doing more with it than the page needs', async () => {
    using server = await start()
    for (const path of ['', 'page.js', 'runs/0/overview', 'runs/0/curves', '/', '/wrong/']) {
      const { headers } = await get(server, path)
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      })
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  it('large answers are compressed for who takes it', async () => {
    using server = await start({ page: { script: 'x'.repeat(5_000), style: '' } })
    const zipped = await get(server, 'page.js', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(zipped.body).toString()).toBe('x'.repeat(5_000))
    expect((await get(server, 'page.js')).body.length).toBe(5_000)
  })
})

describe('what is refused', () => {
  it.each([
    { path: '/', status: 404, says: 'Not found' },
    { path: '/wrong/page.js', status: 404, says: 'Not found' },
    { path: 'nothing', status: 404, says: 'Not found' },
    { path: 'page.js/more', status: 404, says: 'Not found' },
    { path: 'runs/1/overview', status: 404, says: 'Not found' },
    // only a server that goes hands over
    { path: 'bundle', status: 404, says: 'Not found' },
    { path: 'runs/0/curves?series=1&width=1', status: 400, says: 'width is wrong' },
    { path: '', method: 'POST', status: 405, says: 'Only GET and HEAD' },
    { path: '', headers: { host: 'evil.example' }, status: 404, says: 'Not found' },
    { path: 'runs', headers: { origin: 'https://evil.example' }, status: 404, says: 'Not found' },
  ])('$method $path: $status', async ({ path, method, headers, status, says }) => {
    using server = await start()
    const answer = await get(server, path, { ...(method && { method }), ...(headers && { headers }) })
    expect(answer.status).toBe(status)
    expect(answer.body.toString()).toMatch(new RegExp(`^${says}.*\n$`))
  })

  it('a run that cannot be read is told in a sentence, without what was thrown', async () => {
    const broken = { ...fakeRun(), overview: () => Promise.reject(new Error('secret /path')) }
    using server = await start({ runs: fakeRuns([broken]) })
    const { status, body } = await get(server, 'runs/0/overview')
    expect([status, body.toString()]).toEqual([500, 'This could not be read\n'])
  })
})

it('a port that is taken is wrong use, in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  await expect(start({ port })).rejects.toMatchObject({
    exitStatus: 64,
    message: `--ui-port is ${port}, but another program listens there: name another port, or none to take any that is free`,
  })
  other.close()
})

describe('events', () => {
  it('begin with all overviews, and go on with those that change', async () => {
    const runs = fakeRuns([fakeRun(), fakeRun(() => fakeOverview({ label: 'other' }))])
    using server = await start({ runs })
    const { response, readUntil, leave } = await watch(server)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await readUntil(/"run":0,.*"label":"results"(.|\n)*"run":1,.*"label":"other"/)
    runs.change(1, fakeOverview({ sentence: 'two\nlines' }))
    expect(await readUntil(/two/)).toContain('"sentence":"two\\nlines"')
    leave()
  })

  it('nothing is followed while nobody looks', async () => {
    const runs = fakeRuns()
    using server = await start({ runs })
    await get(server, 'runs/0/overview')
    expect([runs.listeners(), server.watchers()]).toEqual([0, 0])
    const one = await watch(server)
    const two = await watch(server)
    expect([runs.listeners(), server.watchers()]).toEqual([1, 2])
    one.leave()
    two.leave()
    await until(() => runs.listeners() === 0)
    expect(server.watchers()).toBe(0)
  })

  it('a quiet connection is kept open by comments', async () => {
    const clock = manualClock()
    using server = await start({ clock })
    const { readUntil, leave } = await watch(server)
    await clock.advance(15_000)
    await readUntil(/^: still here$/m)
    leave()
  })

  it('a reader that does not read gets the newest only, when it reads again', async () => {
    const runs = fakeRuns()
    using server = await start({ runs })
    const { readUntil, leave } = await watch(server)
    await readUntil(/overview/)
    const padding = 'x'.repeat(2 ** 20)
    for (let number = 1; number <= 200; number += 1)
      runs.change(0, fakeOverview({ sentence: `number ${number}.`, notes: [padding] }))
    const text = await readUntil(/number 200\./)
    // what sockets hold, and no more
    expect(text.match(/event: overview/g)?.length).toBeLessThan(100)
    leave()
  })

  it('no more than some dozens of pages may look at a time', async () => {
    using server = await start()
    const all = await Promise.all(Array.from({ length: mostWatchers }, () => watch(server)))
    const { status, body } = await get(server, 'events')
    expect([status, body.toString()]).toEqual([503, 'Too many pages look at this already\n'])
    for (const { leave } of all) leave()
  })
})

describe('the end', () => {
  it('comes at once where nobody looks', async () => {
    let bundles = 0
    using server = await start({
      bundle: async () => {
        bundles += 1
        return Buffer.from('')
      },
    })
    await server.handOver('over', 3_000)
    expect(bundles).toBe(0)
  })

  it('waits until each page has what it needs, and has left', async () => {
    using server = await start()
    const { readUntil, leave } = await watch(server)
    await readUntil(/overview/)
    let isOver = false
    const handedOver = server.handOver('the run has ended', 60_000).then(() => {
      isOver = true
    })
    expect(await readUntil(/ended\ndata: .*\n\n/)).toContain('{"sentence":"the run has ended"}')
    const { status, headers, body } = await get(server, 'bundle', { headers: { 'accept-encoding': 'gzip' } })
    expect([status, headers['content-encoding'], body.toString()]).toEqual([200, undefined, 'all'])
    expect(isOver).toBe(false)
    leave()
    await handedOver
  })

  it('waits no longer than it may for a page that does not leave', async () => {
    const clock = manualClock()
    using server = await start({ clock })
    const { readUntil, leave } = await watch(server)
    await readUntil(/overview/)
    const handedOver = server.handOver('over', 3_000)
    await clock.advance(3_000)
    await handedOver
    expect(server.watchers()).toBe(1)
    leave()
  })
})
