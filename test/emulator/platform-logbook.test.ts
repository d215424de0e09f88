import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startEmulation } from '../../src/emulator/emulate.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

it('the lines of a task that failed are without its secrets', async () => {
  await using directory = await temporaryDirectory()
  const keepDir = join(directory.path, 'kept')
  const { report } = await startEmulation({
    task: { command: ['sh', '-c', 'echo "login as $LOGIN_TOKEN at postgres://u:pa55word@db"; exit 3'] },
    environment: { PATH: process.env.PATH, LOGIN_TOKEN: 'of-nobody-else' },
    ...{ keepDir, timeScale: 100, ports: 'auto', logbook: { mostBytes: 2 ** 20, settings: [] } },
  })
  await report
  const text = await readFile(join(keepDir, 'logbook', 'facts-0000000001.jsonl'), 'utf8')
  expect(text).toContain('login as [redacted] at postgres://[redacted]db')
  expect(text).not.toMatch(/of-nobody-else|pa55word/)
})
