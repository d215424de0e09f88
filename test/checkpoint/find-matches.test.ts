import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { findMatches } from '../../src/checkpoint/find-matches.ts'
import { compileGlob } from '../../src/checkpoint/glob.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** Files by their paths; a path that ends in a slash is an empty directory. */
const plant = async (root: string, paths: readonly string[]) => {
  for (const path of paths) {
    await mkdir(join(root, path.endsWith('/') ? path : dirname(path)), { recursive: true })
    if (!path.endsWith('/')) await writeFile(join(root, path), 'x')
  }
}

const find = async (root: string, globs: readonly string[], limit?: number) => {
  const isExcluded = (path: string) => path === '.taskbeat' || path.startsWith('own')
  const found = await findMatches({
    root,
    globs: globs.flatMap(compileGlob),
    isExcluded,
    ...(limit && { limit }),
  })
  const matches = found.matches.map(
    ({ source, isDirectory, isTemporary }) =>
      `${source}${isDirectory ? '/' : ''}${isTemporary ? ' (temporary)' : ''}`,
  )
  return { ...found, matches: matches.toSorted() }
}

it.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['directories and files', ['c-1/a', 'c-2', 'd/a'], ['c-*'], ['c-1/', 'c-2']],
  ['directories alone', ['c-1/a', 'c-2'], ['c-*/'], ['c-1/']],
  [
    'nested',
    ['l/v_0/c/e=1.ckpt', 'l/v_1/c/e=2.ckpt', 'l/x'],
    ['l/*/c/*.ckpt'],
    ['l/v_0/c/e=1.ckpt', 'l/v_1/c/e=2.ckpt'],
  ],
  ['any depth', ['a.ckpt', 'b/c/d.ckpt', '.h/e.ckpt'], ['**/*.ckpt'], ['a.ckpt', 'b/c/d.ckpt']],
  ['the outermost', ['c-1/c-2/a', 'b/c-3/x/c-4/a'], ['**/c-*'], ['b/c-3/', 'c-1/']],
  ['the outermost of two patterns', ['a/b/c'], ['a/*', 'a/b/c', 'a'], ['a/']],
  ['all below', ['a/b/c', 'a/d'], ['a/**'], ['a/b/', 'a/d']],
  [
    'temporary',
    ['tmp-c-1/a', 'c-2.tmp/a', 'c-3/a', 'tmp-d/a'],
    ['c-*'],
    ['c-2.tmp/ (temporary)', 'c-3/', 'tmp-c-1/ (temporary)'],
  ],
  [
    'not what is excluded',
    ['.taskbeat/staging/c-1/a', 'own/c-1/a', 'c-1/a'],
    ['c-1', '.*', '*/c-1'],
    ['c-1/'],
  ],
  ['hidden on request', ['.c/a'], ['.c'], ['.c/']],
  ['nothing', [], ['c-*', 'a/b/**'], []],
  ['a file where a directory was meant', ['a'], ['a/b'], []],
])('%s', async (_, paths, globs, expected) => {
  await using dir = await temporaryDirectory()
  await plant(dir.path, paths)
  expect(await find(dir.path, globs)).toEqual({
    matches: expected,
    outside: [],
    unreadable: [],
    isCut: false,
  })
})

it('links are followed to what they name, dangling ones and circles lead nowhere', async () => {
  await using dir = await temporaryDirectory()
  await using other = await temporaryDirectory()
  await plant(dir.path, ['runs/7/c-1/a', 'e=1.ckpt', 'own/c-9/a'])
  await plant(other.path, ['c-8/a'])
  const link = (target: string, path: string) => symlink(target, join(dir.path, path))
  await link('7', 'runs/latest')
  await link('e=1.ckpt', 'last.ckpt')
  await link('nowhere', 'c-dangling')
  await link('c-circle', 'c-circle')
  await link('.', 'runs/self')
  await link('own/c-9', 'c-own')
  await link(join(other.path, 'c-8'), 'c-outside')
  await link('..', 'c-parent')
  expect(await find(dir.path, ['runs/latest/c-*', '*.ckpt', 'c-*', '*/self/7/c-*'])).toEqual({
    matches: ['e=1.ckpt', 'runs/7/c-1/'],
    outside: expect.toSatisfy((paths: string[]) => paths.toSorted().join() === 'c-outside,c-parent'),
    unreadable: [],
    isCut: false,
  })
})

it('no pattern of any depth follows links', async () => {
  await using dir = await temporaryDirectory()
  await plant(dir.path, ['a/c.pt'])
  await symlink('..', join(dir.path, 'a', 'up'))
  await symlink('.', join(dir.path, 'a', 'self'))
  expect((await find(dir.path, ['**/*.pt'])).matches).toEqual(['a/c.pt'])
})

it.skipIf(process.getuid?.() === 0)('what cannot be read is named, and the rest is found', async () => {
  await using dir = await temporaryDirectory()
  await plant(dir.path, ['a/c-1/x', 'b/c-2/x'])
  await chmod(join(dir.path, 'a'), 0)
  const found = await find(dir.path, ['*/c-*'])
  await chmod(join(dir.path, 'a'), 0o700)
  expect(found).toMatchObject({ matches: ['b/c-2/'], unreadable: [{ path: 'a', code: 'EACCES' }] })
})

it('a results directory that is not there holds nothing', async () => {
  await using dir = await temporaryDirectory()
  expect((await find(join(dir.path, 'nowhere'), ['*'])).matches).toEqual([])
})

it('there is a limit', async () => {
  await using dir = await temporaryDirectory()
  await plant(dir.path, ['a', 'b', 'c', 'd'])
  expect(await find(dir.path, ['*'], 3)).toMatchObject({ matches: { length: 3 }, isCut: true })
  expect(await find(dir.path, ['*'], 4)).toMatchObject({ matches: { length: 4 }, isCut: false })
})
