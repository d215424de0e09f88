import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { saveCheckpoint } from '../../src/checkpoint/staging.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

it('a checkpoint appears under its name only when it is complete', async () => {
  await using dir = await temporaryDirectory()
  const seen: string[][] = []
  const fill = async (directory: string) => {
    await mkdir(join(directory, 'deep'))
    await writeFile(join(directory, 'deep', 'a.bin'), '12345')
    seen.push((await readdir(dir.path)).toSorted())
    await writeFile(join(directory, 'b.bin'), '678')
  }
  const saved = await saveCheckpoint({ resultsDir: dir.path, name: 'ckpt-1', fill })
  expect(seen).toEqual([['.taskbeat']])
  expect(saved).toEqual({ directory: join(dir.path, 'ckpt-1'), sizeBytes: 8 })
  expect(await readFile(join(dir.path, 'ckpt-1', 'deep', 'a.bin'), 'utf8')).toBe('12345')
})

it('a failure in the middle leaves nothing behind and is told as it came', async () => {
  await using dir = await temporaryDirectory()
  const failure = new Error('no more weights')
  const fill = async (directory: string) => {
    await writeFile(join(directory, 'half'), 'x')
    throw failure
  }
  await expect(saveCheckpoint({ resultsDir: dir.path, name: 'ckpt-1', fill })).rejects.toBe(failure)
  expect(await readdir(join(dir.path, '.taskbeat', 'staging'))).toEqual([])
})

it('a directory that is there already is not touched', async () => {
  await using dir = await temporaryDirectory()
  await mkdir(join(dir.path, 'ckpt-1'))
  await writeFile(join(dir.path, 'ckpt-1', 'mine'), 'x')
  const fill = (directory: string) => writeFile(join(directory, 'other'), 'y')
  await expect(saveCheckpoint({ resultsDir: dir.path, name: 'ckpt-1', fill })).rejects.toMatchObject({
    code: expect.stringMatching(/ENOTEMPTY|EEXIST/),
  })
  expect(await readdir(join(dir.path, 'ckpt-1'))).toEqual(['mine'])
})

it('what a killed process left of the same checkpoint is not mixed in', async () => {
  await using dir = await temporaryDirectory()
  const staged = join(dir.path, '.taskbeat', 'staging', 'ckpt-1')
  await mkdir(staged, { recursive: true })
  await writeFile(join(staged, 'stale'), 'x')
  const fill = (directory: string) => writeFile(join(directory, 'fresh'), 'y')
  await saveCheckpoint({ resultsDir: dir.path, name: 'ckpt-1', fill })
  expect(await readdir(join(dir.path, 'ckpt-1'))).toEqual(['fresh'])
})
