import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { Batch } from '../../../src/delivery/batch.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import {
  batchOf,
  deliverAll,
  noLimits,
  onlyDirectory,
  openTestSpool,
  pathsBelow,
  segmentsBelow,
  snapshotOf,
  takeTexts,
  textOf,
} from './spooling.ts'

it('a batch comes back as it was', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  const acceptedAtMs = Date.now()
  const batches: readonly Batch[] = [
    { signal: 'traces', items: 3, bytes: Buffer.from([0, 255, 0xf5, 0x54, 0x42, 0xf7]), acceptedAtMs },
    { signal: 'metrics', items: 2 ** 32 - 1, bytes: Buffer.alloc(200_000, 7), acceptedAtMs },
    { signal: 'logs', items: 1, bytes: new Uint8Array(0), acceptedAtMs: acceptedAtMs + 0.5 },
  ]
  await spool.append(batches)
  for (const batch of batches)
    expect(await spool.take(batch.signal, noLimits)).toEqual([
      { ...batch, bytes: Buffer.from(batch.bytes), origin: 'own' },
    ])
  expect(spool.dropped).toEqual([])
  await spool.close()
})

it('batches come in the order of the calls, which need not wait for each other', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  const texts = Array.from({ length: 3_000 }, (_, index) => `batch ${index}`)
  await Promise.all(texts.map((text) => spool.append([batchOf(text)])))
  expect(await takeTexts(spool)).toEqual(texts)
  await spool.close()
})

it('one call may bring more than the kernel takes at once', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  const texts = Array.from({ length: 5_000 }, (_, index) => `batch ${index}`)
  await spool.append(texts.map((text) => batchOf(text)))
  expect(await takeTexts(spool)).toEqual(texts)
  await spool.close()
})

it.each([
  { what: 'a number of batches', limits: { maxBatches: 2, maxBytes: 1_000 }, are: ['1111', '2222'] },
  { what: 'a number of bytes', limits: { maxBatches: 9, maxBytes: 12 }, are: ['1111', '2222', '3333'] },
  { what: 'less than one batch', limits: { maxBatches: 9, maxBytes: 3 }, are: ['1111'] },
  { what: 'no batch at all', limits: { maxBatches: 0, maxBytes: 0 }, are: ['1111'] },
])('what is taken ends with $what, and is at least one', async ({ limits, are }) => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.append(['1111', '2222', '3333', '4444'].map((text) => batchOf(text)))
  expect((await spool.take('traces', limits)).map(textOf)).toEqual(are)
  await spool.close()
})

it('what is taken is not taken again, unless it was put back', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.append(['1', '2', '3'].map((text) => batchOf(text)))
  const first = await spool.take('traces', { maxBatches: 2, maxBytes: 100 })
  expect(await takeTexts(spool)).toEqual(['3'])
  expect(await takeTexts(spool)).toEqual([])
  spool.putBack(first)
  spool.putBack(first)
  expect(await takeTexts(spool)).toEqual(['1', '2'])
  await spool.close()
})

it('what waits is counted until it is settled, by signal and origin', async () => {
  await using dir = await temporaryDirectory()
  const before = openTestSpool(dir.path)
  const now = Date.now()
  await before.append([batchOf('earlier', { items: 5, acceptedAtMs: now - 5_000 })])
  await before.close()
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  await spool.append([
    batchOf('1234', { items: 2, acceptedAtMs: now - 2_000 }),
    batchOf('123', { items: 3, acceptedAtMs: now - 1_000 }),
    batchOf('12', { signal: 'logs', items: 7, acceptedAtMs: now }),
  ])
  const nothing = { batches: 0, items: 0, bytes: 0, oldestAtMs: undefined }
  const own = { batches: 2, items: 5, bytes: 7, oldestAtMs: now - 2_000 }
  expect(spool.waiting('traces', 'own')).toEqual(own)
  expect(spool.waiting('traces', 'earlier')).toEqual({
    batches: 1,
    items: 5,
    bytes: 7,
    oldestAtMs: now - 5_000,
  })
  expect(spool.waiting('traces')).toEqual({ batches: 3, items: 10, bytes: 14, oldestAtMs: now - 5_000 })
  expect(spool.waiting('logs')).toEqual({ batches: 1, items: 7, bytes: 2, oldestAtMs: now })
  expect(spool.waiting('metrics')).toEqual(nothing)
  const [first] = await spool.take('traces', { maxBatches: 1, maxBytes: 1 })
  expect(spool.waiting('traces', 'own')).toEqual(own)
  await spool.settle(first ? [first] : [])
  expect(spool.waiting('traces', 'own')).toEqual({ batches: 1, items: 3, bytes: 3, oldestAtMs: now - 1_000 })
  await deliverAll(spool)
  expect(spool.waiting('traces')).toEqual(nothing)
  await spool.close()
})

it('own batches come before earlier ones, and of those the oldest directory first', async () => {
  await using dir = await temporaryDirectory()
  for (const [text, ageMs] of [
    ['younger', 1_000],
    ['older', 9_000],
    ['middle', 5_000],
  ] as const) {
    const earlier = openTestSpool(dir.path)
    await earlier.append([batchOf(text, { acceptedAtMs: Date.now() - ageMs })])
    await earlier.close()
  }
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  await spool.append([batchOf('own')])
  expect(await takeTexts(spool)).toEqual(['own', 'older', 'middle', 'younger'])
  await spool.close()
})

it('nothing is on disk before the first append, and after the last batch was delivered', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'results', 'spool')
  const idle = openTestSpool(path)
  await idle.takeOver()
  expect(await takeTexts(idle)).toEqual([])
  await idle.append([])
  await idle.close()
  expect(await pathsBelow(dir.path)).toEqual([])

  const busy = openTestSpool(path)
  await busy.append([batchOf('1')])
  await deliverAll(busy)
  await busy.close()
  expect(await pathsBelow(dir.path)).toEqual(['results'])
})

it('directories and files are for their owner alone', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'spool')
  const spool = openTestSpool(path)
  await spool.append([batchOf('1')])
  const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8)
  expect(await modeOf(path)).toBe('700')
  const owned = await onlyDirectory(path)
  expect(await modeOf(owned)).toBe('700')
  for (const file of await pathsBelow(owned)) expect(await modeOf(join(owned, file))).toBe('600')
  await spool.close()
})

it('what was settled is not delivered again by who comes after a crash', async () => {
  await using dir = await temporaryDirectory()
  await using crashed = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.append(['1', '2', '3', '4', '5'].map((text) => batchOf(text)))
  const [one, two, three] = await spool.take('traces', { maxBatches: 4, maxBytes: 100 })
  await spool.settle([one, three].flatMap((batch) => batch ?? []))
  spool.putBack([two].flatMap((batch) => batch ?? []))
  await snapshotOf(dir.path, crashed.path)
  const next = openTestSpool(crashed.path)
  await next.takeOver()
  expect(await takeTexts(next)).toEqual(['2', '4', '5'])
  expect(next.dropped).toEqual([])
  await Promise.all([spool.close(), next.close()])
})

it('files end at their size, and each goes as soon as all of it is settled', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  const mebibyte = Buffer.alloc(2 ** 20)
  for (let index = 0; index < 10; index += 1) await spool.append([batchOf('', { bytes: mebibyte })])
  expect(await segmentsBelow(dir.path)).toHaveLength(4)
  await spool.settle(await spool.take('traces', { maxBatches: 6, maxBytes: 2 ** 30 }))
  expect(await segmentsBelow(dir.path)).toHaveLength(2)
  await deliverAll(spool)
  const [last = ''] = await segmentsBelow(dir.path)
  expect((await stat(last)).size).toBe(0)
  await spool.append([batchOf('more')])
  expect(await takeTexts(spool)).toEqual(['more'])
  expect((await segmentsBelow(dir.path))[0]).toBe(last)
  await spool.close()
})

it('one call may bring more than a file holds', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.append(Array.from({ length: 9 }, () => batchOf('', { bytes: Buffer.alloc(2 ** 20) })))
  expect(await segmentsBelow(dir.path)).toHaveLength(3)
  expect(await deliverAll(spool)).toHaveLength(9)
  await spool.close()
})

it('the oldest files go when the spool is full, own or earlier, and what they hold is counted', async () => {
  await using dir = await temporaryDirectory()
  const kilobytes = (count: number) => Buffer.alloc(count * 1_024)
  const now = Date.now()
  const appendTo = async (spool: ReturnType<typeof openTestSpool>, items: number, acceptedAtMs: number) =>
    spool.append([batchOf('', { items, bytes: kilobytes(10), acceptedAtMs })])
  const earlier = openTestSpool(dir.path)
  await appendTo(earlier, 1, now - 20_000)
  await earlier.close()
  const spool = openTestSpool(dir.path, { maxBytes: 32 * 1_024 })
  await appendTo(spool, 2, now - 30_000)
  await spool.takeOver()
  await appendTo(spool, 4, now - 10_000)
  expect(spool.dropped).toEqual([])
  await appendTo(spool, 8, now)
  const reason = 'spool is full (0 MB)'
  expect(spool.dropped).toEqual([{ signal: 'traces', items: 2, reason }])
  await appendTo(spool, 16, now)
  expect(spool.dropped.slice(1)).toEqual([{ signal: 'traces', items: 1, reason }])
  expect(spool.waiting('traces').items).toBe(28)
  expect(await segmentsBelow(dir.path)).toHaveLength(3)
  expect((await deliverAll(spool)).map(({ items }) => items)).toEqual([4, 8, 16])
  await spool.close()
})

it('what is taken of a file that had to go is not dropped, but it cannot be put back', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path, { maxBytes: 2_000 })
  const bytes = Buffer.alloc(900)
  await spool.append([batchOf('', { items: 1, bytes })])
  await spool.append([batchOf('', { items: 2, bytes })])
  const both = await spool.take('traces', noLimits)
  await spool.append([batchOf('', { items: 4, bytes })])
  await spool.append([batchOf('', { items: 8, bytes })])
  expect(spool.dropped).toEqual([])
  expect(spool.waiting('traces').items).toBe(12)
  await spool.settle(both.slice(0, 1))
  spool.putBack(both.slice(1))
  expect(spool.dropped).toEqual([{ signal: 'traces', items: 2, reason: 'spool is full (0 MB)' }])
  expect(spool.waiting('traces').items).toBe(12)
  await spool.close()
})

it('of one call that is more than the spool holds the last batches stay; one too large goes alone', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path, { maxBytes: 2 * 2 ** 20 })
  const sized = (items: number, bytes: number) => batchOf('', { items, bytes: Buffer.alloc(bytes) })
  await spool.append([sized(1, 900_000), sized(2, 3_000_000), sized(4, 900_000), sized(8, 900_000)])
  expect(spool.dropped).toEqual([
    { signal: 'traces', items: 2, reason: 'larger than the spool (2 MB)' },
    { signal: 'traces', items: 1, reason: 'spool is full (2 MB)' },
  ])
  expect((await deliverAll(spool)).map(({ items }) => items)).toEqual([4, 8])
  await spool.close()
})

it('what waits too long is dropped and counted, whole files and single batches', async () => {
  await using dir = await temporaryDirectory()
  const clock = manualClock()
  const options = { clock, maxAgeMs: 7 * 86_400_000 }
  const daysAgo = (days: number) => clock.now().getTime() - days * 86_400_000
  const spool = openTestSpool(dir.path, options)
  await spool.append([
    batchOf('', { items: 1, acceptedAtMs: daysAgo(6.5), signal: 'logs' }),
    batchOf('a day old', { items: 2, acceptedAtMs: daysAgo(1) }),
    batchOf('', { items: 4, acceptedAtMs: daysAgo(6.5) }),
  ])
  await clock.advance(86_400_000)
  const reason = 'older than 7 days'
  expect(await takeTexts(spool)).toEqual(['a day old'])
  expect(spool.dropped).toEqual([{ signal: 'traces', items: 4, reason }])
  await spool.close()

  const next = openTestSpool(dir.path, options)
  await next.takeOver()
  expect(await takeTexts(next, 'logs')).toEqual([])
  expect(next.dropped).toEqual([{ signal: 'logs', items: 1, reason }])
  expect(next.waiting('traces').items).toBe(2)
  await next.close()

  await clock.advance(6 * 86_400_000)
  const last = openTestSpool(dir.path, options)
  await last.takeOver()
  expect(last.dropped).toEqual([{ signal: 'traces', items: 2, reason }])
  await last.close()
  expect(await pathsBelow(dir.path)).toEqual([])
})

it('a batch that was damaged on disk is dropped and counted once, and the others are delivered', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.append(['first', 'second', 'third'].map((text) => batchOf(text, { items: text.length })))
  const [file = ''] = await segmentsBelow(dir.path)
  const bytes = await readFile(file)
  bytes[bytes.indexOf('second')] = 0
  await writeFile(file, bytes)
  expect(await takeTexts(spool)).toEqual(['first', 'third'])
  expect(spool.dropped).toEqual([{ signal: 'traces', items: 6, reason: 'damaged in the spool' }])
  await spool.close()
  const next = openTestSpool(dir.path)
  await next.takeOver()
  expect(await takeTexts(next)).toEqual(['first', 'third'])
  expect(next.dropped).toEqual([])
  await next.close()
})

it('files that somebody removed are counted, and the rest is delivered', async () => {
  await using dir = await temporaryDirectory()
  const before = openTestSpool(dir.path)
  await before.append([batchOf('1', { items: 3 }), batchOf('2', { items: 4, signal: 'logs' })])
  await before.close()
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  await rm((await segmentsBelow(dir.path))[0] ?? '')
  await spool.append([batchOf('own')])
  expect(await takeTexts(spool)).toEqual(['own'])
  expect(await takeTexts(spool)).toEqual([])
  const reason = 'cannot be read from the spool (ENOENT)'
  expect(spool.dropped).toEqual([
    { signal: 'logs', items: 4, reason },
    { signal: 'traces', items: 3, reason },
  ])
  expect(spool.waiting('logs').batches).toBe(0)
  await spool.close()
})

it('a directory that somebody removed is made anew, and what was in it is counted', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'results', 'spool')
  const spool = openTestSpool(path)
  await spool.append([batchOf('lost', { items: 3 })])
  await rm(dirname(path), { recursive: true })
  await spool.append([batchOf('kept')])
  expect(spool.dropped).toEqual([
    { signal: 'traces', items: 3, reason: 'its directory in the spool is gone' },
  ])
  expect(await takeTexts(spool)).toEqual(['kept'])
  await spool.close()
  const next = openTestSpool(path)
  await next.takeOver()
  expect(await takeTexts(next)).toEqual(['kept'])
  await next.close()
})

it('a spool that is closed takes nothing, gives nothing and leaves what waits', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  const appended = spool.append([batchOf('1'), batchOf('2')])
  await Promise.all([spool.close(), spool.close()])
  await appended
  await expect(spool.append([batchOf('3')])).rejects.toThrow('closed')
  expect(await takeTexts(spool)).toEqual([])
  await spool.takeOver()
  const next = openTestSpool(dir.path)
  await next.takeOver()
  expect(await takeTexts(next)).toEqual(['1', '2'])
  await next.close()
})

it('an empty directory that was there before stays', async () => {
  await using dir = await temporaryDirectory()
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  await spool.close()
  expect((await stat(dir.path)).isDirectory()).toBe(true)
})
