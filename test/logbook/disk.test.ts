import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logbookDisk, type Space } from '../../src/logbook/disk.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const kibibyte = 2 ** 10
const mebibyte = 2 ** 20
const space = (bytes: number, free: number): Space => ({ bsize: 1, blocks: bytes, bavail: free })

it.each<{ what: string; asked: Space; isTaken: boolean }>([
  { what: 'a large one with some room', asked: space(2 ** 40, 17 * mebibyte), isTaken: true },
  { what: 'a large one that is nearly full', asked: space(2 ** 40, 16 * mebibyte), isTaken: false },
  { what: 'a small one with some room', asked: space(mebibyte, 65 * kibibyte), isTaken: true },
  { what: 'a small one that is nearly full', asked: space(mebibyte, 64 * kibibyte), isTaken: false },
  { what: 'one that says that it has nothing at all', asked: space(0, 0), isTaken: true },
])('what is written leaves room to others: $what', async ({ asked, isTaken }) => {
  await using directory = await temporaryDirectory()
  const disk = logbookDisk(directory.path, async () => asked)
  const file = await disk.create('facts-0000000001.jsonl')
  const results = await Promise.allSettled([file.append('x'.repeat(100)), disk.write('other', 'y')])
  await file.close()
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual([isTaken, isTaken])
  if (!isTaken) expect(results[0]).toMatchObject({ reason: { code: 'ENOSPC' } })
  expect(await readFile(join(directory.path, 'facts-0000000001.jsonl'), 'utf8')).toHaveLength(
    isTaken ? 100 : 0,
  )
})

it('a file system that does not tell its room is written to', async () => {
  await using directory = await temporaryDirectory()
  const disk = logbookDisk(directory.path, () => Promise.reject(new Error('ENOSYS')))
  await disk.write('other', 'y')
  expect(await readFile(join(directory.path, 'other'), 'utf8')).toBe('y')
})
