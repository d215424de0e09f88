import { execFileSync } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isTemporaryOf, readWhole, writeWhole, writeWholeSync } from '../src/whole-file.ts'
import { temporaryDirectory } from './support/run-cli.ts'

const special = [
  {
    what: 'a pipe',
    code: 'ENOTREG',
    make: async (path: string) => execFileSync('mkfifo', [path]),
  },
  {
    what: 'a link to a pipe',
    code: 'ENOTREG',
    make: async (path: string) => {
      execFileSync('mkfifo', [`${path}.pipe`])
      await symlink(`${path}.pipe`, path)
    },
  },
  { what: 'a directory', code: 'EISDIR', make: (path: string) => mkdir(path) },
]

describe.each(special)('$what', ({ code, make }) => {
  it.each([
    { way: 'read', act: async (path: string) => readWhole(path) },
    { way: 'written', act: (path: string) => writeWhole(path, 'text') },
    { way: 'written at once', act: async (path: string) => writeWholeSync(path, 'text') },
  ])('is not $way, but refused, and stays', async ({ act }) => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'progress')
    await make(path)
    const before = await lstat(path)
    await expect(act(path)).rejects.toMatchObject({ code, path })
    expect((await lstat(path)).ino).toBe(before.ino)
  })
})

it('a regular file behind a link is read, and replaced where it is', async () => {
  await using dir = await temporaryDirectory()
  const [file, link] = [join(dir.path, 'file'), join(dir.path, 'link')]
  await writeFile(file, 'old')
  await symlink(file, link)
  expect(readWhole(link)).toBe('old')
  await writeWhole(link, 'new')
  expect(await readFile(file, 'utf8')).toBe('new')
  expect((await readdir(dir.path)).toSorted()).toEqual(['file', 'link'])
})

it('a file that is not there has no text', async () => {
  await using dir = await temporaryDirectory()
  expect(readWhole(join(dir.path, 'nothing'))).toBe(undefined)
})

it.each([
  { name: 'progress.123456', is: true },
  { name: 'progress.0', is: true },
  { name: 'progress.4294967295', is: true },
  { name: 'progress.42949672950', is: false },
  { name: 'progress.007', is: false },
  { name: 'progress.corrupt-1', is: false },
  { name: 'progress', is: false },
  { name: 'other.123456', is: false },
])('$name is a temporary file of progress: $is', ({ name, is }) => {
  expect(isTemporaryOf('progress', name)).toBe(is)
})
