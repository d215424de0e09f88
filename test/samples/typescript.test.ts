import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

const sample = 'samples/typescript'

/** The sample as after `npm install`: the library is a link to this repository. */
const installed = async () => {
  const directory = await temporaryDirectory()
  cpSync(sample, directory.path, { recursive: true })
  mkdirSync(join(directory.path, 'node_modules'))
  symlinkSync(resolve('.'), join(directory.path, 'node_modules/taskbeat'))
  symlinkSync(resolve('node_modules/@types'), join(directory.path, 'node_modules/@types'))
  return directory
}

const pace = { STEPS: '20', PAUSE_MS: '5' }
/** So slow that it is still at it when something happens to it. */
const slowly = { STEPS: '300', PAUSE_MS: '20' }

const startAlone = (cwd: string, env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ['alone.ts'], {
    ...{ cwd, env: { PATH: process.env.PATH, ...env } },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | string | null>((fulfil) =>
    child.once('exit', (status, signal) => fulfil(status ?? signal)),
  )
  return { child, ended, stdout: text(child.stdout) }
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const stateOf = (directory: string) => {
  const { percentComplete, name } = readJson(join(directory, 'results/progress'))
  return { percentComplete, name }
}
const hasSaved = (directory: string) => () => {
  try {
    return readdirSync(join(directory, 'results')).some((name) => /^checkpoint-\d+$/.test(name))
  } catch {
    return false
  }
}

describe('alone.ts', () => {
  it('trains, keeps the progress file, and records what it does', async () => {
    await using directory = await installed()
    const { ended, stdout } = startAlone(directory.path, pace)
    expect(await ended).toBe(0)
    expect(await stdout).toMatch(/^attempt 1, from step 0 of 20\ndone: /)
    expect(stateOf(directory.path)).toEqual({ percentComplete: 100, name: 'checkpoint-20' })
    const results = readdirSync(join(directory.path, 'results'))
    expect(results.filter((name) => name.startsWith('checkpoint')).toSorted()).toEqual([
      'checkpoint-12',
      'checkpoint-16',
      'checkpoint-20',
      'checkpoint-4',
      'checkpoint-8',
    ])
    const records = readFileSync(join(directory.path, 'results/.telemetry/training.jsonl'), 'utf8')
    const stops = records.split('\n').filter((line) => line.startsWith('{"type":"stop"'))
    expect(stops.map((line) => JSON.parse(line).name)).toEqual([
      ...Array.from({ length: 5 }, () => 'checkpoint_save'),
      'training_loop',
    ])

    const again = startAlone(directory.path, pace)
    expect([await again.ended, await again.stdout]).toEqual([0, 'it was complete before\n'])
  })

  it.each([
    { signal: 'SIGKILL', how: 'SIGKILL' },
    { signal: 'SIGTERM', how: 143 },
  ] as const)('goes on from its last checkpoint after $signal, to the same end', async ({ signal, how }) => {
    await using directory = await installed()
    const first = startAlone(directory.path, slowly)
    await until(hasSaved(directory.path))
    first.child.kill(signal)
    expect(await first.ended).toBe(how)
    const saved = Math.max(
      ...readdirSync(join(directory.path, 'results')).flatMap((name) =>
        Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? 0),
      ),
    )
    const second = startAlone(directory.path, { ...slowly, PAUSE_MS: '0' })
    expect(await second.ended).toBe(0)
    expect(await second.stdout).toContain(`attempt 2, from step ${saved} of 300\n`)
    expect(stateOf(directory.path)).toEqual({ percentComplete: 100, name: 'checkpoint-300' })
    await using other = await installed()
    const whole = startAlone(other.path, { ...slowly, PAUSE_MS: '0' })
    expect(await whole.ended).toBe(0)
    const last = 'results/checkpoint-300/model.json'
    expect(readJson(join(directory.path, last))).toEqual(readJson(join(other.path, last)))
  })
})

describe('supervised.ts', () => {
  const run = ['run', '--', process.execPath, 'supervised.ts']

  it('tells taskbeat of steps and checkpoints', async () => {
    await using directory = await installed()
    const env = { NVCT_RESULTS_DIR: 'results', ...pace }
    const { status, stderr } = await runCli(run, { cwd: directory.path, env })
    expect(status, stderr).toBe(0)
    expect(stateOf(directory.path)).toEqual({ percentComplete: 100, name: 'checkpoint-20' })
    expect(readJson(join(directory.path, 'results/.taskbeat/summary.json'))).toMatchObject({
      progress: { step: 20, totalSteps: 20 },
      checkpoints: { count: 5 },
    })
  })

  it('saves a last checkpoint at SIGTERM, and goes on from it', async () => {
    await using directory = await installed()
    const env = { NVCT_RESULTS_DIR: 'results', ...slowly }
    await using first = startCli(run, { cwd: directory.path, env })
    await until(hasSaved(directory.path))
    first.child.kill('SIGTERM')
    const { status, stderr } = await first.ended
    expect(status, stderr).toBe(143)
    const { name } = stateOf(directory.path)
    const second = await runCli(run, { cwd: directory.path, env: { ...env, PAUSE_MS: '0' } })
    expect(second.stdout).toContain(`from step ${name.replace('checkpoint-', '')} of 300\n`)
    expect(stateOf(directory.path)).toEqual({ percentComplete: 100, name: 'checkpoint-300' })
  })
})

it('has the types that the library has', async () => {
  await using directory = await installed()
  const { compilerOptions } = readJson(join(sample, 'tsconfig.json'))
  // built declarations are not there in a test
  const paths = { 'taskbeat/*': [resolve('src/*/index.ts')] }
  const options = { ...compilerOptions, rewriteRelativeImportExtensions: true, paths }
  const config = { compilerOptions: options, include: ['*.ts'] }
  writeFileSync(join(directory.path, 'tsconfig.json'), JSON.stringify(config))
  const { stdout, status } = spawnSync('tsc', ['-p', directory.path], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

it('depends on this version', () => {
  const { version } = readJson('package.json')
  expect(readJson(join(sample, 'package.json')).dependencies).toEqual({ taskbeat: `^${version}` })
})
