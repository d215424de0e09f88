import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/run-cli.ts'

/** Uses the library as it is in the package, by its name. */
const program = `
import { configureRecorder } from 'taskbeat/recorder'
import { otelExporter } from 'taskbeat/recorder/otel'
import { kafkaExporter } from 'taskbeat/recorder/kafka'
import { createTrainingRecorder } from 'taskbeat/recorder/training'
import { openWorkflow } from 'taskbeat/recorder/workflow'

const recorder = await configureRecorder({ configFile: process.argv[1] })
recorder.timedSpan('work', {}, () => {})
await recorder.close()
const made = [otelExporter, kafkaExporter, createTrainingRecorder, openWorkflow].map((make) => typeof make)
console.log(JSON.stringify([made, recorder.stats().exporters.map(({ name, delivered }) => [name, delivered])]))
`

it.each([
  { file: 'recorder.yaml', text: 'exporters:\n  - name: console\n  - { name: memory }\n  - name: otel\n' },
  { file: 'recorder.json', text: '{"exporters":[{"name":"console"},{"name":"memory"},{"name":"otel"}]}' },
])('the recorder in the package is configured by $file', async ({ file, text }) => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, file)
  writeFileSync(path, text)
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, path], {
    encoding: 'utf8',
  })
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining(' start  work'),
    expect.stringContaining(' stop   work'),
  ])
  const functions = ['function', 'function', 'function', 'function']
  expect(JSON.parse(stdout)).toEqual([
    functions,
    [
      ['console', 2],
      ['memory', 2],
      ['otel', 2],
    ],
  ])
})
