import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readTree } from '../../src/checkpoint/tree.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const anHourAgo = new Date(Date.now() - 3_600_000)

/** A checkpoint with a file, a directory in it with another, and times that lie back. */
const plant = async (root: string) => {
  await mkdir(join(root, 'deep'), { recursive: true })
  await writeFile(join(root, 'a'), '12')
  await writeFile(join(root, 'deep', 'b'), '345')
  for (const path of ['a', 'deep/b']) await utimes(join(root, path), anHourAgo, anHourAgo)
}

it.each<[string, boolean, (root: string) => Promise<unknown>]>([
  ['nothing', false, async () => {}],
  ['a file that grows', true, (root) => writeFile(join(root, 'deep', 'b'), '6', { flag: 'a' })],
  ['a file of the same size written again', true, (root) => writeFile(join(root, 'a'), '21')],
  ['a file that comes', true, (root) => writeFile(join(root, 'c'), '')],
  ['a file that goes', true, (root) => rm(join(root, 'a'))],
  ['a file with another name', true, (root) => rename(join(root, 'a'), join(root, 'c'))],
  ['a directory that comes', true, (root) => mkdir(join(root, 'c'))],
  [
    'a file that was made and removed',
    false,
    (root) => writeFile(join(root, 'c'), '').then(() => rm(join(root, 'c'))),
  ],
])('the fingerprint after %s: changed %s', async (_, isChanged, change) => {
  await using dir = await temporaryDirectory()
  await plant(dir.path)
  const before = await readTree(dir.path)
  await change(dir.path)
  const after = await readTree(dir.path)
  expect(after?.fingerprint !== before?.fingerprint).toBe(isChanged)
})

it('counts files, bytes and times', async () => {
  await using dir = await temporaryDirectory()
  await plant(dir.path)
  await utimes(join(dir.path, 'a'), 1_000, 1_000)
  expect(await readTree(dir.path)).toMatchObject({
    files: 2,
    sizeBytes: 5,
    oldestMs: 1_000_000,
    changedMs: anHourAgo.getTime(),
    // times that were set say nothing of when the files were made; the file system may
    madeMs: anHourAgo.getTime(),
    writerFile: undefined,
    lockFile: undefined,
    unreadable: undefined,
  })
})

it('finds what says that somebody writes', async () => {
  await using dir = await temporaryDirectory()
  await plant(dir.path)
  await writeFile(join(dir.path, 'deep', '.metadata.tmp'), '')
  await mkdir(join(dir.path, 'deep', 'model.lock'))
  expect(await readTree(dir.path)).toMatchObject({
    writerFile: 'deep/.metadata.tmp',
    lockFile: 'deep/model.lock',
  })
})

it('a file is read as a directory that holds it', async () => {
  await using dir = await temporaryDirectory()
  await mkdir(join(dir.path, 'd'))
  await writeFile(join(dir.path, 'd', 'model.ckpt'), 'x')
  expect(await readTree(join(dir.path, 'd', 'model.ckpt'))).toEqual(await readTree(join(dir.path, 'd')))
})

it('links count as the files that they lead to; those that lead nowhere, and pipes, do not count', async () => {
  await using dir = await temporaryDirectory()
  await writeFile(join(dir.path, 'blob'), '1234')
  const root = join(dir.path, 'c')
  await mkdir(root)
  await symlink('../blob', join(root, 'model'))
  await symlink('nowhere', join(root, 'dangling'))
  await symlink('circle', join(root, 'circle'))
  await symlink('..', join(root, 'up'))
  execFileSync('mkfifo', [join(root, 'pipe')])
  expect(await readTree(root)).toMatchObject({ files: 1, sizeBytes: 4, unreadable: undefined })
})

it('an empty tree has no bytes, and one that is gone is none', async () => {
  await using dir = await temporaryDirectory()
  await mkdir(join(dir.path, 'c', 'd'), { recursive: true })
  await writeFile(join(dir.path, 'c', 'd', 'e'), '')
  expect(await readTree(join(dir.path, 'c'))).toMatchObject({ files: 1, sizeBytes: 0 })
  expect(await readTree(join(dir.path, 'x'))).toBeUndefined()
  execFileSync('mkfifo', [join(dir.path, 'pipe')])
  expect(await readTree(join(dir.path, 'pipe'))).toBeUndefined()
})
