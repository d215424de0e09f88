import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { families, familyOf, type LogbookEntry } from '../../src/logbook/entry.ts'

const startMs = Date.UTC(2026, 10, 20, 10)

const ended: LogbookEntry = {
  ...{ k: 'end', t: startMs + 4_000, text: 'completed: checkpoint-4 carries 100' },
  ...{ outcome: 'succeeded', exitStatus: 0, errorLines: [] },
}

/** What a small run has told; with an end, unless it goes on. */
export const smallRun = ({ text = 'hello', hasEnded = true } = {}): readonly LogbookEntry[] => [
  {
    ...{ k: 'begin', t: startMs, version: 1, by: 'task', runId: 'r1', attempt: 1, command: 'python' },
    limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 },
    ...{ settings: [{ name: '--heartbeat', value: '30', from: '--heartbeat' }], capturesOutput: true },
  },
  { k: 'state', t: startMs, percent: 0, name: '' },
  {
    ...{ k: 'series', t: startMs, id: 1, name: 'taskbeat.training.loss', unit: '1', kind: 'gauge' },
    attributes: {},
  },
  ...[4, 3, 2, 1].map(
    (loss, step): LogbookEntry => ({ k: 'p', t: startMs + step * 1_000, step, v: { 1: loss } }),
  ),
  {
    ...{ k: 'span', t: startMs + 500, endMs: startMs + 900, id: 'a1', name: 'save' },
    attributes: { 'file.name': text },
  },
  { k: 'log', t: startMs + 1_000, severity: 9, text, source: 'stdout' },
  { k: 'checkpoint', t: startMs + 2_000, name: 'checkpoint-2', sizeBytes: 10, files: 1, percent: 50 },
  { k: 'state', t: startMs + 2_000, percent: 50, name: 'checkpoint-2' },
  ...(hasEnded ? [ended] : []),
]

/** Leaves a logbook in a results directory, as a run does. */
export const writeLogbook = async (resultsDir: string, entries: readonly LogbookEntry[]): Promise<void> => {
  const directory = join(resultsDir, '.taskbeat', 'logbook')
  await mkdir(directory, { recursive: true })
  for (const family of families) {
    const lines = entries
      .filter((entry) => familyOf(entry) === family)
      .map((entry) => `${JSON.stringify(entry)}\n`)
    if (lines.length > 0) await writeFile(join(directory, `${family}-0000000001.jsonl`), lines.join(''))
  }
}
