import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { consoleExporter } from '../../../src/recorder/exporters/console.ts'
import { recorderBed } from '../recorder-bed.ts'

const printed = async (format: 'text' | 'json') => {
  const lines: string[] = []
  const exporters = [consoleExporter({ format, print: (line) => lines.push(line) })]
  const { recorder, clock } = recorderBed({ exporters })
  const span = recorder.start('train', { attributes: { lr: 0.000_123_456_789 } })
  await clock.advance(1_234)
  recorder.event(span, 'saved', { attributes: { path: 'a\nb\u001b[2J\u007f', list: [1, 2] } })
  recorder.error(span, 'it broke', new TypeError('no'))
  recorder.telemetryDataError('half of it')
  recorder.stop(span, { stopEventAttributes: { how: 'well' } })
  return lines
}

it('prints one short line an item, for people', async () => {
  expect(await printed('text')).toEqual([
    '10:00:00.000 start  train  lr=0.000123457',
    '10:00:01.234 event  train: saved  path=a\\nb\\u001b[2J\\u007f  list=[1,2]',
    '10:00:01.234 ERROR  train: it broke  exception_type=TypeError  exception_message=no',
    '10:00:01.234 ERROR  in this telemetry: half of it  telemetry_data_error_type=incomplete_telemetry_data',
    '10:00:01.234 stop   train  1234 ms  lr=0.000123457  how=well',
  ])
})

it.each([
  [0.000_123_456_789, '0.000123457'],
  [1_795_271_741.774, '1795271742'],
  [-1_234_567.8, '-1234568'],
  [12_345_678, '12345678'],
  [Number.NaN, 'NaN'],
])('prints %d as %s', (value, text) => {
  const lines: string[] = []
  const { recorder } = recorderBed({ exporters: [consoleExporter({ print: (line) => lines.push(line) })] })
  recorder.start('a', { attributes: { value } })
  expect(lines[0]).toMatch(new RegExp(`  value=${text}$`))
})

it('prints one JSON object an item', async () => {
  const records = (await printed('json')).map((line) => JSON.parse(line))
  expect(records.map(({ type }) => type)).toEqual([
    ...['start', 'event', 'application_error', 'telemetry_data_error', 'stop'],
  ])
  expect(records[1].event.attributes).toMatchObject({ path: 'a\nb\u001b[2J\u007f', list: [1, 2] })
})

it('T7: what cannot be printed is a failure, nothing worse', () => {
  const print = () => {
    throw new Error('EPIPE')
  }
  const { recorder, lines } = recorderBed({ exporters: [consoleExporter({ print })] })
  for (let index = 0; index < 9; index += 1) recorder.start('a')
  expect(lines).toEqual([expect.stringContaining('the exporter console is given up')])
})

it('prints to stderr, and a reader that has gone ends nothing', () => {
  const program = `
const { createRecorder, consoleExporter } = await import(process.argv[1])
const recorder = createRecorder({ exporters: [consoleExporter()], log: () => {} })
for (let index = 0; index < 9; index += 1) recorder.stop(recorder.start('a'))
await recorder.close()
console.log(JSON.stringify(recorder.stats().exporters[0]))
`
  const args = ['--input-type=module', '-e', program, resolve('src/recorder/index.ts')]
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr.trim().split('\n')).toHaveLength(18)
  const shell = '"$@" 2> >(exec 0<&-; exit) | cat'
  const { stdout, status } = spawnSync('bash', ['-c', shell, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
  })
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { name: 'console' }])
})
