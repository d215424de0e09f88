import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { openLogbook } from '../../src/logbook/open-logbook.ts'
import { manualClock } from '../support/manual-clock.ts'
import { seededRandom } from '../support/random.ts'
import { entriesIn, memoryDisk } from './memory-disk.ts'

const mebibyte = 2 ** 20

/** Lets go on what waits for an immediate of ours. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const open = (files: Map<string, string> = new Map(), maxBytes = mebibyte) => {
  const clock = manualClock(undefined, settle)
  const memory = memoryDisk(files)
  const troubles: string[] = []
  const onTrouble = (text: string) => troubles.push(text)
  const start = () => openLogbook({ directory: '/logbook', maxBytes, onTrouble, clock, disk: memory.disk })
  return { ...memory, clock, troubles, start, logbook: start(), entries: () => entriesIn(files) }
}

const log = (t: number, text = `line ${t}`): LogbookEntry => ({ k: 'log', t, severity: 9, text })
const state = (t: number, name: string): LogbookEntry => ({ k: 'state', t, percent: 1, name })
const end: LogbookEntry = { k: 'end', t: 9, text: 'over', outcome: 'failed', exitStatus: 1, errorLines: [] }
const kinds = (entries: readonly LogbookEntry[]) => entries.map(({ k }) => k)

describe('what is added', () => {
  it('is on the disk within a second, each family in its own file', async () => {
    const { logbook, clock, files } = open()
    logbook.add(state(1, 'a'))
    logbook.add(log(2))
    logbook.add({ k: 'p', t: 3, v: { 1: 0.5 } })
    logbook.add({ k: 'span', t: 4, endMs: 5, id: '1-1', name: 'eval', attributes: {} })
    expect(files.size).toBe(0)
    await clock.advance(1_000)
    expect([...files.keys()].toSorted()).toEqual([
      'curves-0000000001.jsonl',
      'facts-0000000001.jsonl',
      'logs-0000000001.jsonl',
      'spans-0000000001.jsonl',
    ])
    expect(files.get('logs-0000000001.jsonl')).toBe('{"k":"log","t":2,"severity":9,"text":"line 2"}\n')
  })

  it('is on the disk at once when much waits', async () => {
    const { logbook, entries } = open()
    for (let t = 0; t < 100; t += 1) logbook.add(log(t, 'x'.repeat(1_000)))
    await settle()
    expect(entries().length).toBeGreaterThan(60)
  })

  it('is on the disk when the logbook is closed, and nothing after it', async () => {
    const { logbook, entries, clock } = open()
    logbook.add(state(1, 'a'))
    const closing = logbook.close()
    logbook.add(state(2, 'b'))
    await closing
    await clock.advance(5_000)
    expect(entries()).toEqual([state(1, 'a')])
  })

  it('keeps every step of a short training', async () => {
    const { logbook, entries } = open()
    for (let step = 0; step < 1_000; step += 1) logbook.add({ k: 'p', t: step, step, v: { 1: step } })
    await logbook.close()
    expect(entries().map((entry) => entry.k === 'p' && entry.step)).toEqual([...Array(1_000).keys()])
  })

  it('of a long one is joined where it comes in less than 100 milliseconds', async () => {
    const { logbook, entries, clock } = open()
    for (let step = 0; step < 10_000; step += 1) logbook.add({ k: 'p', t: 0, v: { 1: 0 } })
    for (let step = 0; step < 100; step += 1) {
      logbook.add({ k: 'p', t: step, step, v: { 1: step } })
      await clock.advance(10)
    }
    await logbook.close()
    const late = entries().slice(10_000)
    expect(late.length).toBeGreaterThan(5)
    expect(late.length).toBeLessThan(20)
    expect(late.at(-1)).toMatchObject({ step: 99 })
  })
})

describe('the size', () => {
  /** Two days of a training that tells much, in steps of half a second. */
  const live = async (seed: number) => {
    const random = seededRandom(seed)
    const opened = open()
    const { clock, start } = opened
    let { logbook } = opened
    const extremes = new Map<string, [number, number]>()
    const series = Array.from({ length: 1 + Math.floor(random() * 20) }, (_, index) => String(index))
    for (let round = 0; round < 6_000; round += 1) {
      const t = clock.now().getTime()
      const v = Object.fromEntries(
        series
          .filter(() => random() < 0.5)
          .map((id) => [id, (random() - 0.5) * 10 ** Math.floor(random() * 12)]),
      )
      for (const [id, value] of Object.entries(v)) {
        const [least, greatest] = extremes.get(id) ?? [value, value]
        extremes.set(id, [Math.min(least, value), Math.max(greatest, value)])
      }
      logbook.add({ k: 'p', t, step: round, v })
      if (random() < 0.3) logbook.add(log(t, 'é'.repeat(Math.floor(random() * 3_000))))
      if (random() < 0.3)
        logbook.add({
          k: 'span',
          t,
          endMs: t,
          id: `${round}`,
          name: 'x'.repeat(random() * 900),
          attributes: {},
        })
      if (random() < 0.2) logbook.add({ k: 'moment', t, severity: 'INFO', text: 'm'.repeat(random() * 500) })
      logbook.add({ k: 'beat', t })
      if (random() < 0.4) await clock.advance(500)
      if (random() < 0.001) {
        await logbook.close()
        logbook = start()
      }
    }
    logbook.add({ ...end, t: clock.now().getTime() })
    await logbook.close()
    return { ...opened, extremes }
  }

  it.each([1, 2, 3])(
    'never exceeds its limit, and no extreme is lost (seed %i)',
    async (seed) => {
      const { mostBytes, entries, extremes, troubles, files } = await live(seed)
      expect(mostBytes()).toBeLessThanOrEqual(mebibyte)
      expect(mostBytes()).toBeGreaterThan(mebibyte / 2)
      expect(troubles).toEqual([])
      const kept = new Map<string, [number, number]>()
      for (const entry of entries()) {
        if (entry.k !== 'p') continue
        for (const [id, value] of Object.entries(entry.v)) {
          const [least, greatest] = kept.get(id) ?? [Infinity, -Infinity]
          const numbers = [value].flat().map(Number)
          kept.set(id, [Math.min(least, ...numbers), Math.max(greatest, ...numbers)])
        }
      }
      expect(kept).toEqual(extremes)
      expect(entries().filter(({ k }) => k === 'end')).toHaveLength(1)
      // the beginning and the end of logs are there
      const logs = [...files.keys()].filter((name) => name.startsWith('logs')).toSorted()
      expect(logs[0]).toBe('logs-0000000001.jsonl')
      expect(logs.length).toBeGreaterThan(3)
    },
    120_000,
  )

  it('is kept by what an attempt with more room has left, too', async () => {
    const files = new Map<string, string>()
    const large = open(files, 4 * mebibyte)
    for (let t = 0; t < 20_000; t += 1) {
      large.logbook.add(log(t, 'x'.repeat(100)))
      large.logbook.add({ k: 'moment', t, severity: 'INFO', text: 'y'.repeat(300) })
      if (t % 100 === 0) await large.clock.advance(1_000)
    }
    await large.logbook.close()
    expect(large.mostBytes()).toBeGreaterThan(1.2 * mebibyte)
    const small = open(files)
    small.logbook.add(log(1))
    small.logbook.add(state(1, 'now'))
    await small.logbook.close()
    const logs = [...files].filter(([name]) => name.startsWith('logs')).map(([, text]) => text)
    expect(logs.join('').length).toBeLessThanOrEqual(0.25 * mebibyte)
    const facts = [...files].filter(([name]) => name.startsWith('facts')).map(([, text]) => text)
    expect(facts.join('').length).toBeLessThanOrEqual(0.1 * mebibyte)
    expect(small.entries()).toContainEqual(state(1, 'now'))
  })
})

describe('a rate that nobody could look at', () => {
  it('leaves log lines and spans out, and says how many', async () => {
    const { logbook, entries, clock } = open()
    for (let t = 0; t < 100_000; t += 1) {
      logbook.add(log(t, ''))
      logbook.add({ k: 'span', t, endMs: t, id: '1', name: '', attributes: {} })
    }
    await clock.advance(1_000)
    expect(entries().filter(({ k }) => k === 'log').length).toBeLessThan(25_000)
    const [moment] = entries().filter(({ k }) => k === 'moment')
    expect(moment).toMatchObject({ severity: 'WARN' })
    expect(moment).toHaveProperty(
      'text',
      expect.stringMatching(/^not in the logbook, as there were too many: \d+ (log lines|spans)/),
    )
    for (let t = 0; t < 100_000; t += 1) logbook.add(log(t, ''))
    await clock.advance(5_000)
    expect(entries().filter(({ k }) => k === 'moment')).toHaveLength(1)
    await logbook.close()
    expect(entries().filter(({ k }) => k === 'moment')).toHaveLength(2)
  })

  it('loses no extreme of a curve', async () => {
    const { logbook, entries, clock } = open()
    for (let t = 0; t < 200_000; t += 1) logbook.add({ k: 'p', t, v: { 1: t === 150_000 ? 1e9 : t % 7 } })
    await clock.advance(1_000)
    await logbook.close()
    const values = entries().flatMap((entry) => (entry.k === 'p' ? [entry.v[1] ?? []].flat() : []))
    expect(Math.max(...values.map(Number))).toBe(1e9)
    expect(values.length).toBeLessThan(30_000)
  })

  it('does not keep the end of an attempt out', async () => {
    const { logbook, entries, clock } = open()
    for (let t = 0; t < 4_000; t += 1) {
      logbook.add({ k: 'moment', t, severity: 'ERROR', text: 'z'.repeat(400) })
      if (t % 100 === 0) await clock.advance(1_000)
    }
    logbook.add(end)
    await logbook.close()
    expect(kinds(entries()).at(-1)).toBe('end')
  })
})

describe('a disk that refuses', () => {
  it('is told of once, and nothing throws', async () => {
    const { logbook, fail, troubles, clock } = open()
    logbook.add(log(1))
    await clock.advance(1_000)
    fail('full')
    for (let t = 0; t < 50; t += 1) {
      logbook.add(log(t, 'x'.repeat(5_000)))
      await clock.advance(1_000)
    }
    await logbook.close()
    expect(troubles).toEqual(['the logbook in /logbook cannot be written (ENOSPC): the run goes on without'])
  })

  it('from the start costs the logbook', async () => {
    const { start, fail, troubles, entries } = open()
    fail('gone')
    const logbook = start()
    logbook.add(log(1))
    expect(await logbook.serial).toBe(1)
    await logbook.close()
    expect(troubles).toHaveLength(1)
    expect(troubles[0]).toContain('ENOENT')
    expect(entries()).toEqual([])
  })

  it('that does not answer keeps nobody waiting', async () => {
    const clock = manualClock(undefined, settle)
    const { disk } = memoryDisk()
    const hanging = { ...disk, list: () => new Promise<never>(() => {}) }
    const logbook = openLogbook({ directory: '/l', maxBytes: 1, onTrouble: () => {}, clock, disk: hanging })
    logbook.add(log(1))
    let isClosed = false
    const closing = logbook.close().then(() => {
      isClosed = true
    })
    await clock.advance(1_999)
    expect(isClosed).toBe(false)
    await clock.advance(1)
    await closing
  })
})

describe('a disk that is slow', () => {
  it('to open is given up, and told of', async () => {
    const clock = manualClock(undefined, settle)
    const { disk } = memoryDisk()
    const troubles: string[] = []
    const hanging = { ...disk, list: () => new Promise<never>(() => {}) }
    const onTrouble = (text: string) => troubles.push(text)
    const logbook = openLogbook({ directory: '/l', maxBytes: 1, onTrouble, clock, disk: hanging })
    logbook.add(log(1))
    await clock.advance(10_000)
    expect(await logbook.serial).toBe(1)
    expect(troubles).toEqual(['the logbook in /l cannot be written (ETIMEDOUT): the run goes on without'])
  })
})

describe('a later attempt', () => {
  it('continues with higher numbers, and a serial of its own', async () => {
    const files = new Map<string, string>()
    const first = open(files)
    first.logbook.add(state(1, 'first'))
    first.logbook.add(log(1))
    expect(await first.logbook.serial).toBe(1)
    await first.logbook.close()
    const second = open(files)
    second.logbook.add(state(2, 'second'))
    expect(await second.logbook.serial).toBe(2)
    await second.logbook.close()
    expect([...files.keys()].toSorted()).toEqual([
      'facts-0000000001.jsonl',
      'facts-0000000002.jsonl',
      'logs-0000000001.jsonl',
    ])
    expect(second.entries().slice(0, 2)).toEqual([state(1, 'first'), state(2, 'second')])
  })

  it('leaves a line that was cut off as it is, and begins anew', async () => {
    const files = new Map([['facts-0000000004.jsonl', '{"k":"beat","t":1}\n{"k":"be']])
    const { logbook, entries } = open(files)
    logbook.add(state(2, 'second'))
    expect(await logbook.serial).toBe(5)
    await logbook.close()
    expect(entries()).toEqual([{ k: 'beat', t: 1 }, state(2, 'second')])
  })

  it('takes away what a crash has left of joining', async () => {
    const files = new Map([
      ['curves-joining.tmp', 'half of it'],
      ['notes.txt', 'of somebody else'],
    ])
    const { logbook } = open(files)
    await logbook.close()
    expect([...files.keys()]).toEqual(['notes.txt'])
  })
})
