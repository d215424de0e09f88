import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { type Announced, openRegister, registerPath } from '../../src/checkpoint/register.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const announced = (source: string, name: string): Announced => ({
  type: 'announced',
  source,
  name,
  isCopy: true,
  fingerprint: 'f',
})

const write = async (resultsDir: string, text: string) => {
  await mkdir(dirname(registerPath(resultsDir)), { recursive: true })
  await writeFile(registerPath(resultsDir), text)
}

it('what was appended is known at once, and after a restart', async () => {
  await using dir = await temporaryDirectory()
  const first = await openRegister(dir.path)
  expect(first).toMatchObject({ wasInterrupted: false, unreadable: undefined })
  await first.append([announced('a/last.ckpt', 'last'), announced('a/last.ckpt', 'last-2')])
  await first.append([{ type: 'torn', source: 'b', fingerprint: 'g' }])
  for (const register of [first, await openRegister(dir.path)]) {
    expect(register.announcedOf('a/last.ckpt').map(({ name }) => name)).toEqual(['last', 'last-2'])
    expect(register.announcedOf('b')).toEqual([])
    expect(register.ownerOf('last-2')?.source).toBe('a/last.ckpt')
    expect(register.tornOf('b')).toBe('g')
    expect(register.tornOf('a/last.ckpt')).toBeUndefined()
  }
})

it.each<[string, readonly ('opened' | 'closed')[], boolean]>([
  ['none', [], false],
  ['one that ended', ['opened', 'closed'], false],
  ['one that did not', ['opened'], true],
  ['the last of two did not', ['opened', 'closed', 'opened'], true],
  ['only the first of two did not', ['opened', 'opened', 'closed'], false],
])('lives before: %s', async (_, lives, wasInterrupted) => {
  await using dir = await temporaryDirectory()
  await (await openRegister(dir.path)).append(lives.map((type) => ({ type })))
  expect((await openRegister(dir.path)).wasInterrupted).toBe(wasInterrupted)
})

it('lines that are torn or mean nothing are skipped, and the next line is a line of its own', async () => {
  await using dir = await temporaryDirectory()
  const lines = [
    'null',
    '[]',
    '{"type":"announced","source":"x","name":7,"isCopy":true,"fingerprint":"f"}',
    '{"type":"announced","source":"y","name":"y"}',
    '{"type":"later","source":"z","fingerprint":"f"}',
    JSON.stringify(announced('a', 'b')),
    '{"type":"announced","sour',
  ]
  await write(dir.path, lines.join('\n'))
  await (await openRegister(dir.path)).append([announced('c', 'd')])
  const register = await openRegister(dir.path)
  expect(['x', 'y', 'z', 'a', 'c'].map((source) => register.announcedOf(source).length)).toEqual([
    0, 0, 0, 1, 1,
  ])
})

it('what another process appends meanwhile stays', async () => {
  await using dir = await temporaryDirectory()
  const register = await openRegister(dir.path)
  await register.append([announced('a', 'a')])
  await appendFile(registerPath(dir.path), `${JSON.stringify(announced('b', 'b'))}\n`)
  await register.append([announced('c', 'c')])
  expect((await readFile(registerPath(dir.path), 'utf8')).match(/"source":"[abc]"/g)).toHaveLength(3)
})

it('what cannot be read is none, and says so', async () => {
  await using dir = await temporaryDirectory()
  await mkdir(registerPath(dir.path), { recursive: true })
  const register = await openRegister(dir.path)
  expect(register).toMatchObject({ unreadable: 'ENOTREG', wasInterrupted: false })
  await expect(register.append([announced('a', 'b')])).rejects.toMatchObject({ code: 'EISDIR' })
  expect(register.announcedOf('a')).toHaveLength(1)
})

it('nothing to append makes no file', async () => {
  await using dir = await temporaryDirectory()
  await (await openRegister(dir.path)).append([])
  await expect(readFile(join(dir.path, '.taskbeat'))).rejects.toMatchObject({ code: 'ENOENT' })
})
