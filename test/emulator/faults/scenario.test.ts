import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../../src/emulator/faults/scenario.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const read = async (text: string) => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'scenario.yaml')
  await writeFile(file, text)
  return readScenario(file)
}

it('is a list of faults with their times', async () => {
  const scenario = await read(`
- late=5s
- {fault: down, at: 10s, for: 30s}
- {fault: slow=200ms, for: 1m, every: 2, signal: logs}
- {fault: cancel, at: 90s}
`)
  expect(scenario).toEqual({
    faults: [
      { name: 'down', fromMs: 0, toMs: 5_000 },
      { name: 'down', fromMs: 10_000, toMs: 40_000 },
      { name: 'slow', value: 200, fromMs: 0, toMs: 60_000, every: 2, signal: 'logs' },
      { name: 'cancel', fromMs: 90_000 },
    ],
  })
})

it.each([
  { text: 'down: 5s', says: 'is no list' },
  { text: '- {fault: down, from: 5s}', says: 'entry 1' },
  { text: '- down\n- {fault: sideways}', says: 'entry 2' },
  { text: '- {fault: down, at: 5}', says: 'times are written as 10s' },
  { text: '- [', says: 'cannot be read' },
])('$text is refused: $says', async ({ text, says }) => {
  const scenario = await read(text)
  expect('problem' in scenario && scenario.problem).toContain(says)
})

it('that is not there is refused', () => {
  expect(readScenario('/nonexistent.yaml')).toMatchObject({ problem: expect.stringContaining('ENOENT') })
})
