import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDoneCheck, parseDoneSign } from '../../src/bridge/until-done.ts'
import { temporaryDirectory, until } from '../support/run-cli.ts'

it.each([
  { text: '/shared/done', sign: { kind: 'marker', path: '/shared/done' } },
  { text: 'process:python3', sign: { kind: 'process', name: 'python3' } },
  { text: 'process:', sign: { kind: 'marker', path: 'process:' } },
])('$text is a $sign.kind', ({ text, sign }) => {
  expect(parseDoneSign(text)).toEqual(sign)
})

it.each([
  { seen: [false, false], done: false, what: 'that has not been there yet is waited for' },
  { seen: [true, true], done: false, what: 'that runs is waited for' },
  { seen: [false, true, false], done: true, what: 'that has been there and is gone has ended' },
])('a process $what', ({ seen, done }) => {
  const answers = [...seen]
  const isDone = createDoneCheck({ kind: 'process', name: 'x' }, { runs: () => answers.shift() === true })
  expect(seen.map(() => isDone()).at(-1)).toBe(done)
})

it('a process of this machine is found by its name, of which the kernel keeps fifteen characters', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'a-training-with-a-long-name')
  await writeFile(path, '#!/bin/sh\nread line\n', { mode: 0o755 })
  const isDone = createDoneCheck(parseDoneSign('process:a-training-with-a-long-name'))
  expect(isDone()).toBe(false)
  const child = spawn(path, { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
  expect(isDone()).toBe(false)
  child.stdin.end('\n')
  await until(isDone)
})

it('a marker is looked for each time', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'done')
  const isDone = createDoneCheck(parseDoneSign(path))
  expect(isDone()).toBe(false)
  await writeFile(path, '')
  expect(isDone()).toBe(true)
})
