import { mkdir, readdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Link, linkCopy } from '../../src/checkpoint/link-copy.ts'
import { readTree } from '../../src/checkpoint/tree.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** A results directory with a checkpoint `run/c=1` in it. */
const plant = async (resultsDir: string) => {
  const path = join(resultsDir, 'run', 'c=1')
  await mkdir(join(path, 'deep'), { recursive: true })
  await writeFile(join(path, 'a'), '12')
  await writeFile(join(path, 'deep', 'b'), '345')
  return path
}

const copy = async (
  resultsDir: string,
  path: string,
  { link, name = 'c_1' }: { link?: Link; name?: string } = {},
) => {
  const steps: string[] = []
  const copied = await linkCopy({
    resultsDir,
    path,
    isDirectory: (await stat(path)).isDirectory(),
    name,
    fingerprint: (await readTree(path))?.fingerprint ?? '',
    beforeNamed: async () => {
      steps.push(`named: ${(await readdir(resultsDir)).includes(name)}`)
    },
    ...(link && { link }),
  })
  return { copied, steps, staged: await readdir(join(resultsDir, '.taskbeat', 'staging')) }
}

it('a directory is linked, and needs no space', async () => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  expect(await copy(dir.path, path)).toEqual({
    copied: { kind: 'made' },
    steps: ['named: false'],
    staged: [],
  })
  expect(await readFile(join(dir.path, 'c_1', 'deep', 'b'), 'utf8')).toBe('345')
  for (const file of ['a', 'deep/b']) {
    expect((await stat(join(dir.path, 'c_1', file))).ino).toBe((await stat(join(path, file))).ino)
  }
})

it('a file becomes a directory that holds it', async () => {
  await using dir = await temporaryDirectory()
  await writeFile(join(dir.path, 'e=1.ckpt'), 'x')
  expect(await copy(dir.path, join(dir.path, 'e=1.ckpt'))).toMatchObject({ copied: { kind: 'made' } })
  expect(await readdir(join(dir.path, 'c_1'))).toEqual(['e=1.ckpt'])
})

it('what is removed from the source stays in the copy', async () => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  await copy(dir.path, path)
  await rm(path, { recursive: true })
  expect(await readFile(join(dir.path, 'c_1', 'a'), 'utf8')).toBe('12')
})

it('links that point inside do so in the copy, also absolute ones', async () => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  await symlink('../a', join(path, 'deep', 'relative'))
  await symlink(join(path, 'a'), join(path, 'deep', 'absolute'))
  await symlink('deep', join(path, 'directory'))
  expect(await copy(dir.path, path)).toMatchObject({ copied: { kind: 'made' } })
  const target = await realpath(join(dir.path, 'c_1', 'a'))
  for (const name of ['relative', 'absolute'])
    expect(await realpath(join(dir.path, 'c_1', 'deep', name))).toBe(target)
  expect(await readlink(join(dir.path, 'c_1', 'directory'))).toBe('deep')
})

it.each(['../../blob', 'nowhere', '/'])('a link to %s is not copied', async (target) => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  await writeFile(join(dir.path, 'blob'), 'x')
  await symlink(target, join(path, 'deep', 'link'))
  const { copied, steps, staged } = await copy(dir.path, path)
  expect(copied).toEqual({ kind: 'outside', link: 'deep/link' })
  expect([steps, staged]).toEqual([[], []])
})

const failing =
  (code: string): Link =>
  async () => {
    throw Object.assign(new Error(code), { code })
  }

it.each([
  ['EXDEV', { kind: 'no-links', code: 'EXDEV' }],
  ['EPERM', { kind: 'no-links', code: 'EPERM' }],
  ['EMLINK', { kind: 'no-links', code: 'EMLINK' }],
  ['ENOTSUP', { kind: 'no-links', code: 'ENOTSUP' }],
  ['ENOSPC', { kind: 'failed', code: 'ENOSPC' }],
  ['ENOENT', { kind: 'changed' }],
])('a link that fails with %s leaves nothing behind', async (code, expected) => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  expect(await copy(dir.path, path, { link: failing(code) })).toEqual({
    copied: expected,
    steps: [],
    staged: [],
  })
  expect((await readdir(dir.path)).toSorted()).toEqual(['.taskbeat', 'run'])
})

it('a name that is taken stays what it is', async () => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  expect((await copy(dir.path, path, { name: 'run' })).copied).toEqual({ kind: 'taken' })
  expect(await readdir(join(dir.path, 'run'))).toEqual(['c=1'])
})

it('what changes while it is copied is not copied', async () => {
  await using dir = await temporaryDirectory()
  const path = await plant(dir.path)
  const link: Link = async (from, to) => {
    await writeFile(join(path, 'deep', 'b'), 'longer')
    const { link } = await import('node:fs/promises')
    await link(from, to)
  }
  expect((await copy(dir.path, path, { link })).copied).toEqual({ kind: 'changed' })
})
