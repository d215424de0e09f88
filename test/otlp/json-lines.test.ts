import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJsonLines } from '../../src/otlp/json-lines.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const write = async (directory: string, existing: 'empty' | 'keep') => {
  const troubles: (string | undefined)[] = []
  const onTrouble = (error: NodeJS.ErrnoException) => troubles.push(error.code)
  const files = openJsonLines({ directory, existing, onTrouble })
  for (const line of ['{"a":1}', '{"b":2}']) await files.write('logs', line)
  await files.write('traces', '{}')
  await files.close()
  return { troubles, lost: files.lost() }
}

const read = (directory: string, signal: string) => readFile(join(directory, `${signal}.jsonl`), 'utf8')

it.each(['empty', 'keep'] as const)('makes a file for each signal (%s)', async (existing) => {
  await using dir = await temporaryDirectory()
  const deep = join(dir.path, 'deep', 'out')
  expect(await write(deep, existing)).toEqual({ troubles: [], lost: 0 })
  expect(await read(deep, 'logs')).toBe('{"a":1}\n{"b":2}\n')
  expect(await read(deep, 'traces')).toBe('{}\n')
  expect(await read(deep, 'metrics')).toBe('')
})

it.each([
  { existing: 'empty', logs: '{"a":1}\n{"b":2}\n', outcome: { troubles: [], lost: 0 } },
  { existing: 'keep', logs: 'there before\n', outcome: { troubles: ['EEXIST'], lost: 2 } },
] as const)('a file that is there: $existing', async ({ existing, logs, outcome }) => {
  await using dir = await temporaryDirectory()
  await writeFile(join(dir.path, 'logs.jsonl'), 'there before\n')
  expect(await write(dir.path, existing)).toEqual(outcome)
  expect(await read(dir.path, 'logs')).toBe(logs)
})
