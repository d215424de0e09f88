import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { ExportRecord } from '../../src/recorder/exporters/records.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** Finds the library here, as it would be in `node_modules`. */
const library = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'taskbeat/recorder' ? ${JSON.stringify(resolve('src/recorder/index.ts'))} : specifier, context),
})
`

it('the sample of docs/recorder.md runs, and leaves a whole tree of spans', async () => {
  await using directory = await temporaryDirectory()
  const hook = `data:text/javascript,${encodeURIComponent(library)}`
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', hook, resolve('samples/recorder/train.ts')],
    { cwd: directory.path, encoding: 'utf8', env: { TASKBEAT_RUN_ID: 'run-7' } },
  )
  expect(status).toBe(0)
  const lines = stderr.trimEnd().split('\n')
  expect(lines.every((line) => /^[\d:.]{12} (start|stop|event|ERROR) +\S/.test(line))).toBe(true)
  expect(lines.some((line) => line.includes(': step '))).toBe(false)

  const text = readFileSync(join(directory.path, 'results/telemetry.jsonl'), 'utf8')
  const records: ExportRecord[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const countOf = (type: string, name: string) =>
    records.filter(
      (record) =>
        record.type === type &&
        (record.type === 'event' ? record.event.name : 'name' in record && record.name) === name,
    ).length
  expect(countOf('start', 'checkpoint_save')).toBe(5)
  expect(countOf('stop', 'checkpoint_save')).toBe(5)
  expect(countOf('application_error', 'checkpoint_save')).toBe(1)
  expect(countOf('event', 'step')).toBe(100)
  expect(countOf('event', 'loss update')).toBe(2)
  expect(countOf('event', 'checkpoint stats update')).toBe(4)
  const last = records.findLast(
    (record) => record.type === 'event' && record.event.name === 'checkpoint stats update',
  )
  expect(last).toMatchObject({ run_id: 'run-7', event: { attributes: { duration_msec_count: 4 } } })
})
