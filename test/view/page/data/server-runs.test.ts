import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/clock.ts'
import type { Overview, RunsData } from '../../../../src/view/api.ts'
import { type EventStream, openServerRuns } from '../../../../src/view/page/data/server-runs.ts'
import { startViewServer } from '../../../../src/view/server/start-server.ts'
import { until } from '../../../support/run-cli.ts'
import { fakeOverview, fakeRun, fakeRuns } from '../../fake-run.ts'

/** As a browser's: an answer is read as events until it is closed; what breaks off is told. */
const openEvents = (address: string) => {
  const stop = new AbortController()
  const listeners = new Map<string, (event: { data?: unknown }) => void>()
  const read = async () => {
    const response = await fetch(address, { signal: stop.signal })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { done, value = '' } = (await reader?.read()) ?? { done: true }
      if (done) throw new Error('it broke off')
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event = '', data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
        listeners.get(event)?.({ data })
      }
    }
  }
  read().catch(() => {
    if (!stop.signal.aborted) listeners.get('error')?.({})
  })
  const addEventListener: EventStream['addEventListener'] = (type, listener) => listeners.set(type, listener)
  return {
    addEventListener,
    close: () => stop.abort(),
    isClosed: () => stop.signal.aborted,
    breakOff: () => {
      stop.abort()
      listeners.get('error')?.({})
    },
  }
}

const bed = async ({ bundle = async () => Buffer.from('all') }: { bundle?: () => Promise<Buffer> } = {}) => {
  const served = fakeRuns([fakeRun(), fakeRun(() => fakeOverview({ label: 'other' }))])
  const server = await startViewServer({
    ...{ runs: served, port: 0, clock: systemClock, bundle },
    page: { script: '', style: '' },
  })
  const streams: ReturnType<typeof openEvents>[] = []
  const pauses: (() => void)[] = []
  const held = fakeRuns([
    {
      ...fakeRun(() => fakeOverview({ sentence: 'held' })),
      logsBefore: async () => 42,
      log: async () => undefined,
    },
    fakeRun(),
  ])
  const open = (): Promise<RunsData> =>
    openServerRuns({
      base: server.address,
      fetch: (address) => fetch(address),
      openEvents: (address) => {
        const stream = openEvents(address)
        streams.push(stream)
        return stream
      },
      wait: () => new Promise<void>((resolve) => pauses.push(resolve)),
      readBundle: async (body) => {
        expect(await new Response(body).text()).toBe('all')
        return held
      },
    })
  /** Lets the page ask again. */
  const pass = async () => {
    await until(() => pauses.length > 0)
    for (const resolve of pauses.splice(0)) resolve()
  }
  return { served, server, streams, open, pass, [Symbol.dispose]: server.close }
}

const listen = (runs: RunsData) => {
  const changes: (readonly [number, Overview])[] = []
  const sentences: string[] = []
  runs.onChange((run, overview) => changes.push([run, overview]))
  runs.onGone((sentence) => sentences.push(sentence))
  return { changes, sentences }
}

it('questions are answered by the server, with NaN as a number', async () => {
  using at = await bed()
  const { runs } = await at.open()
  expect(runs).toHaveLength(2)
  expect((await runs[1]?.overview())?.label).toBe('other')
  expect((await runs[0]?.overview())?.series[0]?.last).toBeNaN()
  expect(await runs[0]?.curves({ series: [1, 2], width: 500 })).toEqual([
    'curves',
    { series: [1, 2], width: 500 },
  ])
  expect(await runs[0]?.span(404)).toBeUndefined()
  expect(await runs[0]?.spanPlace({ search: 'x' }, 404)).toBeUndefined()
  expect(await runs[0]?.log(7)).toEqual(['log', 7])
  expect(await runs[0]?.log(404)).toBeUndefined()
  expect(await runs[0]?.logsBefore({ minSeverity: 1 }, 12)).toEqual(['logsBefore', { minSeverity: 1 }, 12])
  await expect(runs[0]?.curves({ series: [1], width: 1 })).rejects.toThrow(/^width is wrong/)
})

it('changes arrive', async () => {
  using at = await bed()
  const runs = await at.open()
  const { changes } = listen(runs)
  await until(() => changes.length >= 2)
  at.served.change(1, fakeOverview({ sentence: 'new' }))
  await until(() => changes.at(-1)?.[1].sentence === 'new')
  expect(changes.at(-1)?.[0]).toBe(1)
})

describe('a server that goes', () => {
  it('hands over, and all goes on without it', async () => {
    using at = await bed()
    const runs = await at.open()
    const { changes, sentences } = listen(runs)
    await until(() => at.server.watchers() > 0)
    await at.server.handOver('the run has ended', 60_000)
    at.server.close()
    await until(() => sentences.length > 0)
    expect(sentences).toEqual(['the run has ended'])
    expect(changes.at(-2)?.[1].sentence).toBe('held')
    expect((await runs.runs[0]?.overview())?.sentence).toBe('held')
    expect(await runs.runs[0]?.logsBefore({}, 1)).toBe(42)
    expect(await runs.runs[0]?.log(7)).toBeUndefined()
    // whoever comes later is told too
    expect(listen(runs).sentences).toEqual(['the run has ended'])
  })

  it('a question that it did not answer any more is answered by what it left', async () => {
    using at = await bed()
    const runs = await at.open()
    await until(() => at.server.watchers() > 0)
    const handedOver = at.server.handOver('over', 60_000)
    await until(() => at.streams[0]?.isClosed() ?? false)
    await handedOver
    at.server.close()
    expect(await runs.runs[0]?.logsBefore({}, 1)).toBe(42)
  })

  it('too early for that leaves what is on the page', async () => {
    using at = await bed({ bundle: () => Promise.reject(new Error('no time')) })
    const runs = await at.open()
    const { sentences } = listen(runs)
    await until(() => at.server.watchers() > 0)
    await runs.runs[0]?.overview()
    await at.server.handOver('over', 60_000)
    at.server.close()
    await until(() => sentences.length > 0)
    expect(sentences).toEqual(['over'])
    expect((await runs.runs[0]?.overview())?.label).toBe('results')
    await expect(runs.runs[0]?.logs({ offset: 0, limit: 1 })).rejects.toThrow()
  })

  it('without a word counts as gone when it has not answered some times', async () => {
    using at = await bed()
    const runs = await at.open()
    const { sentences } = listen(runs)
    await until(() => at.server.watchers() > 0)
    at.server.close()
    for (let asked = 0; asked < 3; asked += 1) await at.pass()
    expect(sentences).toEqual([])
    await at.pass()
    await until(() => sentences.length > 0)
    expect(sentences).toEqual(['The server of this page has gone: taskbeat view DIR shows the run again.'])
  })

  it('is not gone if only the events broke off', async () => {
    using at = await bed()
    const runs = await at.open()
    const { sentences, changes } = listen(runs)
    await until(() => changes.length >= 2)
    at.streams[0]?.breakOff()
    await at.pass()
    await until(() => at.streams.length > 1 && changes.length >= 4)
    at.served.change(0, fakeOverview({ sentence: 'again' }))
    await until(() => changes.at(-1)?.[1].sentence === 'again')
    expect(sentences).toEqual([])
  })
})

it('a page without a server says so', async () => {
  const at = await bed()
  at.server.close()
  await expect(at.open()).rejects.toThrow(/^The server of this page has gone/)
})
