import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Checkpoint, openUploads } from '../../src/emulator/uploads.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const save = async (dir: string, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), text)
  }
}

it('is a hash over all files of a directory, whatever the order in which they lie', async () => {
  await using dir = await temporaryDirectory()
  await save(dir.path, {
    'a/x': 'one',
    'a/deep/y': 'two',
    'b/deep/y': 'two',
    'b/x': 'one',
    'c/x': 'two',
    'c/deep/y': 'one',
  })
  const done: Checkpoint[] = []
  const uploads = openUploads(dir.path, (checkpoint) => done.push(checkpoint))
  for (const name of ['a', 'b', 'c']) uploads.begin(name)
  const [a, b, c] = await uploads.settled()
  expect(a).toEqual({
    name: 'a',
    files: 2,
    sizeBytes: 6,
    emptyFiles: [],
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(b?.sha256).toBe(a?.sha256)
  expect(c?.sha256).not.toBe(a?.sha256)
  expect(done).toHaveLength(3)
})

it('says what cannot be uploaded, and which files are empty', async () => {
  await using dir = await temporaryDirectory()
  await mkdir(join(dir.path, 'empty', 'of', 'files'), { recursive: true })
  await save(dir.path, { file: 'x', 'a/log': '', 'a/x': 'x' })
  const uploads = openUploads(dir.path, () => {})
  for (const name of ['missing', 'empty', 'file', 'a']) uploads.begin(name)
  expect(await uploads.settled()).toMatchObject([
    { name: 'missing', fault: 'missing' },
    { name: 'empty', fault: 'empty' },
    { name: 'file', fault: 'not-a-directory' },
    { name: 'a', emptyFiles: ['log'] },
  ])
})

it('finds directories that are no longer what was uploaded', async () => {
  await using dir = await temporaryDirectory()
  await save(dir.path, { 'same/x': '1', 'changed/x': '1', 'grown/x': '1', 'gone/x': '1' })
  const uploads = openUploads(dir.path, () => {})
  for (const name of ['same', 'changed', 'grown', 'gone', 'missing']) uploads.begin(name)
  await uploads.settled()
  await save(dir.path, { 'changed/x': '2', 'grown/y': '1' })
  await rm(join(dir.path, 'gone'), { recursive: true })
  expect(await uploads.findChanged()).toEqual(['changed', 'grown', 'gone'])
})
