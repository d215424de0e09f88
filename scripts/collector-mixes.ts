/**
 * Every mix of protocols against the real Collector. `run DIR` trains once for each mix, in a service named after
 * it; `compare DIR`, when the Collector has ended, holds what was emitted against what its files say.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FiledSignal, readOtlpFile } from './otlp-files.ts'

const signals: readonly FiledSignal[] = ['traces', 'metrics', 'logs']
const ways = ['grpc', 'http', 'unset'] as const
const mixes = ways.flatMap((traces) =>
  ways.flatMap((metrics) => ways.map((logs) => ({ traces, metrics, logs }))),
)
type Mix = (typeof mixes)[number]

const nameOf = (mix: Mix) => signals.map((signal) => mix[signal]).join('-')

/** As NVCF injects it. */
const variables = (signal: FiledSignal, way: Mix[FiledSignal]): Record<string, string> => {
  if (way === 'unset') return {}
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
  const endpoint = way === 'grpc' ? 'http://127.0.0.1:14357' : `http://127.0.0.1:14358/v1/${signal}`
  return { [`${prefix}_PROTOCOL`]: way, [`${prefix}_ENDPOINT`]: endpoint }
}

const results = 3

/** Trains once; resolves to the number of items of each signal that the closing summary tells. */
const train = (cli: string, mix: Mix) => {
  const resultsDir = mkdtempSync(join(tmpdir(), 'taskbeat-mix-'))
  const flags = ['--results-dir', resultsDir, '--num-of-results', String(results), '--delay', '0']
  const env = Object.assign(
    { PATH: process.env.PATH, OTEL_SERVICE_NAME: nameOf(mix) },
    ...signals.map((signal) => variables(signal, mix[signal])),
  )
  const { status, stderr } = spawnSync(process.execPath, [cli, 'simulate', ...flags], {
    env,
    encoding: 'utf8',
  })
  rmSync(resultsDir, { recursive: true })
  if (status !== 0) throw new Error(`${nameOf(mix)} ended with ${status}:\n${stderr}`)
  return signals.map((signal) => Number(new RegExp(`^ {2}${signal} +(\\d+) `, 'm').exec(stderr)?.[1]))
}

const run = (directory: string) => {
  // where no node_modules are, the bundle has to hold all that it loads
  const home = mkdtempSync(join(tmpdir(), 'taskbeat-bundle-'))
  cpSync('dist', join(home, 'dist'), { recursive: true })
  cpSync('package.json', join(home, 'package.json'))
  const emitted = Object.fromEntries(mixes.map((mix) => [nameOf(mix), train(join(home, 'dist/cli.js'), mix)]))
  writeFileSync(join(directory, 'emitted.json'), JSON.stringify(emitted))
  rmSync(home, { recursive: true })
}

const compare = (directory: string): boolean => {
  const emitted: Record<string, number[]> = JSON.parse(readFileSync(join(directory, 'emitted.json'), 'utf8'))
  const files = signals.map((signal) => readOtlpFile(join(directory, `${signal}.jsonl`), signal))
  let isRight = true
  for (const mix of mixes) {
    const name = nameOf(mix)
    const counts = signals.map((_, index) => files[index]?.filter(({ service }) => service === name).length)
    const expected = signals.map((signal, index) => (mix[signal] === 'unset' ? 0 : emitted[name]?.[index]))
    const last = files[1]
      ?.filter((point) => point.service === name && point.name === 'task_progress_gauge')
      .toSorted((a, b) => Number(a.timeUnixNano - b.timeUnixNano))
      .at(-1)?.value
    // two zeros, or two counts that could not be read, are no agreement
    const isSame = signals.every(
      (signal, index) =>
        counts[index] === expected[index] && (mix[signal] === 'unset' || Number(counts[index]) > 0),
    )
    const isLast = last === (mix.metrics === 'unset' ? undefined : 100)
    isRight &&= isSame && isLast
    const told = signals.map((signal, index) => `${signal} ${counts[index]}`).join(', ')
    process.stdout.write(
      `${isSame && isLast ? 'ok      ' : 'FAILED  '} ${name.padEnd(18)} ${told}; gauge ${last ?? '-'}\n`,
    )
  }
  return isRight
}

const [what, directory = '.'] = process.argv.slice(2)
if (what === 'run') run(directory)
else if (!compare(directory)) process.exitCode = 1
