import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/delivery/batch.ts'
import { encodeHeader, settledState, stateOffset } from '../../../src/delivery/spool/format.ts'
import { signals } from '../../../src/otlp/signals.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { batchOf, deliverAll, openTestSpool, pathsBelow, textOf } from './spooling.ts'

const acceptedAtMs = Date.now()

/** The bytes of a file with these batches. */
const fileOf = (batches: readonly Batch[], start = 0): Buffer => {
  const parts: Uint8Array[] = []
  let offset = start
  for (const batch of batches) {
    const header = encodeHeader(batch, offset)
    parts.push(header, batch.bytes)
    offset += header.length + batch.bytes.length
  }
  return Buffer.concat(parts)
}

/** What the next process makes of files that it finds. */
const deliver = async (root: string, files: readonly Uint8Array[]) => {
  const dir = join(root, 'spool')
  const owned = join(dir, 'closed-0123456789abcdef')
  await mkdir(owned, { recursive: true })
  for (const [index, file] of files.entries())
    await writeFile(join(owned, `${String(index).padStart(8, '0')}.spool`), file)
  const spool = openTestSpool(dir)
  await spool.takeOver()
  const delivered = []
  for (const signal of signals) delivered.push(...(await deliverAll(spool, signal)))
  await spool.close()
  return {
    texts: delivered.map(textOf).toSorted(),
    droppedItems: spool.dropped.map(({ items }) => items).toSorted((a, b) => a - b),
    reasons: [...new Set(spool.dropped.map(({ reason }) => reason))],
    left: await pathsBelow(dir),
  }
}

describe('ten records', () => {
  const headerBytes = 36
  const indexes = Array.from({ length: 10 }, (_, index) => index)
  const sizeOf = (index: number) => 6 + index
  const begins = indexes.map((index) => index * (headerBytes + 6) + (index * (index - 1)) / 2)
  const size = 10 * (headerBytes + 6) + 45
  const offsets = Array.from({ length: size }, (_, offset) => offset)
  const recordAt = (offset: number) => begins.findLastIndex((begin) => begin <= offset)
  const within = (offset: number) => offset - (begins[recordAt(offset)] ?? 0)
  const isState = (offset: number) =>
    within(offset) >= stateOffset && within(offset) < stateOffset + settledState.length

  /** Every file has its own texts and numbers of items, so that those of many can be told apart. */
  const textIn = (file: number, index: number) => `${file}:${index}`.padEnd(sizeOf(index), '.')
  const itemsIn = (file: number, index: number) => file * 10 + index + 1
  const tenIn = (file: number) =>
    fileOf(
      indexes.map((index) =>
        batchOf(textIn(file, index), {
          signal: signals[index % 3] ?? 'logs',
          items: itemsIn(file, index),
          acceptedAtMs,
        }),
      ),
    )
  const sum = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)

  it('that are whole are all delivered', async () => {
    await using dir = await temporaryDirectory()
    expect(tenIn(0)).toHaveLength(size)
    const { texts, droppedItems, left } = await deliver(dir.path, [tenIn(0)])
    expect(texts).toEqual(indexes.map((index) => textIn(0, index)))
    expect(droppedItems).toEqual([])
    expect(left).toEqual([])
  })

  it.each([
    { how: 'one bit', damage: (byte: number, offset: number) => byte ^ (1 << (offset % 8)) },
    { how: 'all bits', damage: (byte: number) => byte ^ 0xff },
  ])(
    'of which any byte has $how turned: the other nine are delivered, and nothing else',
    async ({ damage }) => {
      await using dir = await temporaryDirectory()
      const files = offsets.map((offset) => {
        const file = tenIn(offset)
        file[offset] = damage(file[offset] ?? 0, offset)
        return file
      })
      const { texts, droppedItems, left } = await deliver(dir.path, files)
      expect(texts).toEqual(
        offsets
          .flatMap((offset) =>
            indexes
              .filter((index) => index !== recordAt(offset) || isState(offset))
              .map((index) => textIn(offset, index)),
          )
          .toSorted(),
      )
      expect(droppedItems).toEqual(
        sum(
          offsets
            .filter((offset) => within(offset) >= headerBytes)
            .map((offset) => itemsIn(offset, recordAt(offset))),
        ),
      )
      expect(left).toEqual([])
    },
  )

  it('cut at any length: all before it are delivered, and the one that is cut is counted', async () => {
    await using dir = await temporaryDirectory()
    const { texts, droppedItems, reasons, left } = await deliver(
      dir.path,
      offsets.map((length) => tenIn(length).subarray(0, length)),
    )
    expect(texts).toEqual(
      offsets
        .flatMap((length) => indexes.slice(0, recordAt(length)).map((index) => textIn(length, index)))
        .toSorted(),
    )
    expect(droppedItems).toEqual(
      sum(
        offsets
          .filter((length) => within(length) >= headerBytes)
          .map((length) => itemsIn(length, recordAt(length))),
      ),
    )
    expect(reasons).toEqual(['cut off in the spool'])
    expect(left).toEqual([])
  })

  it('that are settled, of which a state has any byte turned, are not delivered again', async () => {
    await using dir = await temporaryDirectory()
    const files = [0, 1, 2, 3].map((byte) => {
      const file = tenIn(byte)
      for (const begin of begins) settledState.copy(file, begin + stateOffset)
      for (const begin of begins) file[begin + stateOffset + byte] = 0
      return file
    })
    expect(await deliver(dir.path, files)).toEqual({ texts: [], droppedItems: [], reasons: [], left: [] })
  })
})

it('what a power cut leaves beyond the last record, zeros or rubbish, is cut off', async () => {
  await using dir = await temporaryDirectory()
  const file = fileOf([batchOf('1'), batchOf('2')])
  for (const tail of [Buffer.alloc(300_000), Buffer.alloc(300_000, file.subarray(0, 36)), Buffer.from('F')]) {
    const { texts, left } = await deliver(dir.path, [Buffer.concat([file, tail])])
    expect(texts).toEqual(['1', '2'])
    expect(left).toEqual([])
  }
})

it('what was cut off is counted once, by the first who finds it', async () => {
  await using dir = await temporaryDirectory()
  const owned = join(dir.path, 'closed-0123456789abcdef')
  await mkdir(owned)
  const file = fileOf([batchOf('1'), batchOf('2', { items: 7 })])
  await writeFile(join(owned, '00000001.spool'), file.subarray(0, file.length - 1))
  for (const items of [[7], []]) {
    const spool = openTestSpool(dir.path)
    await spool.takeOver()
    expect(spool.dropped.map((dropped) => dropped.items)).toEqual(items)
    expect(spool.waiting('traces').batches).toBe(1)
    await spool.close()
  }
})

it.each([
  { where: 'where one window of the reader ends and the next begins', windows: 1 },
  { where: 'many windows later', windows: 4 },
])('records are found again after rubbish, $where', async ({ windows }) => {
  await using dir = await temporaryDirectory()
  const first = fileOf([batchOf('1')])
  const files = Array.from({ length: 80 }, (_, index) => {
    const gap = Buffer.alloc(windows * 65_536 - 40 + index - first.length, 'T')
    const after = fileOf([batchOf(`${index}`)], first.length + gap.length)
    return Buffer.concat([first, gap, after])
  })
  const { texts } = await deliver(dir.path, files)
  expect(texts).toEqual(files.flatMap((_, index) => ['1', `${index}`]).toSorted())
})

it('a spool that lies in a payload is no part of the spool', async () => {
  await using dir = await temporaryDirectory()
  const inner = fileOf([batchOf('inner 1'), batchOf('inner 2')])
  const file = fileOf([batchOf('', { bytes: inner }), batchOf('outer')])
  file[0] = 0
  expect((await deliver(dir.path, [file])).texts).toEqual(['outer'])
})

it('a header that promises more than there is makes nobody allocate it', async () => {
  await using dir = await temporaryDirectory()
  const file = encodeHeader(batchOf('', { items: 3 }), 0)
  file.writeUInt32LE(2 ** 32 - 1, 8)
  file.writeUInt32LE(crc32(file.subarray(8, 32), 0), 32)
  expect(await deliver(dir.path, [file])).toEqual({
    texts: [],
    droppedItems: [3],
    reasons: ['cut off in the spool'],
    left: [],
  })
})

it.each([
  { what: 'no items', offset: 12, value: 0 },
  { what: 'a time that is none', offset: 20, value: 0x7ff80000 },
  { what: 'an unknown signal', offset: 24, value: 4 },
])('a header with $what is none, though its checksum is right', async ({ offset, value }) => {
  await using dir = await temporaryDirectory()
  const file = fileOf([batchOf('1'), batchOf('2')])
  file.writeUInt32LE(value, offset)
  file.writeUInt32LE(crc32(file.subarray(8, 32), 0), 32)
  expect(await deliver(dir.path, [file])).toMatchObject({ texts: ['2'], droppedItems: [], left: [] })
})
