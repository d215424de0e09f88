import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeDirectory } from '../src/make-directory.ts'
import { temporaryDirectory } from './support/run-cli.ts'

it('makes a directory and those above it, and is content with what is there', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'a', 'b', 'c')
  makeDirectory(path)
  makeDirectory(path)
  expect((await stat(path)).isDirectory()).toBe(true)
})

it('ends where the kernel takes no directories', () => {
  expect(() => makeDirectory('/proc/taskbeat/deep')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})

it('names the path that is a file', async () => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'file')
  await writeFile(file, '')
  expect(() => makeDirectory(file)).toThrow(expect.objectContaining({ code: 'EEXIST', path: file }))
})
