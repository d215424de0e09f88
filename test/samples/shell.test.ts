import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

const run = ['run', '--', './train.sh']

const sample = async () => {
  const directory = await temporaryDirectory()
  copyFileSync('samples/shell/train.sh', join(directory.path, 'train.sh'))
  return directory
}
const stateOf = (directory: string) => {
  const { percentComplete, name, metadata } = JSON.parse(
    readFileSync(join(directory, 'results/progress'), 'utf8'),
  )
  return { percentComplete, name, metadata }
}

it('is COMPLETED with a checkpoint for each round', async () => {
  await using directory = await sample()
  const env = { NVCT_RESULTS_DIR: 'results', SECONDS_A_ROUND: '0' }
  const { status, stdout, stderr } = await runCli(run, { cwd: directory.path, env })
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^from round 0 of 3\nround 1: [\d.e-]+ [\d.e-]+\nround 2: .*\nround 3: .*\n$/)
  expect(stderr.match(/^taskbeat: \d+ % {2}checkpoint-\d$/gm)).toEqual([
    'taskbeat: 33 %  checkpoint-1',
    'taskbeat: 66 %  checkpoint-2',
    'taskbeat: 100 %  checkpoint-3',
  ])
})

it('finishes and saves its round at SIGTERM, and goes on from it', async () => {
  await using directory = await sample()
  const env = { NVCT_RESULTS_DIR: 'results', SECONDS_A_ROUND: '0.5', ROUNDS: '50' }
  await using first = startCli(run, { cwd: directory.path, env })
  await until(() => existsSync(join(directory.path, 'results/checkpoint-1')))
  first.child.kill('SIGTERM')
  const { status, stderr } = await first.ended
  expect(status, stderr).toBe(143)
  const { name, percentComplete } = stateOf(directory.path)
  const round = Number(name.replace('checkpoint-', ''))
  expect(percentComplete).toBe(2 * round)
  expect(existsSync(join(directory.path, `results/checkpoint-${round + 1}.tmp`))).toBe(false)

  const quick = { ...env, SECONDS_A_ROUND: '0' }
  const second = await runCli(run, { cwd: directory.path, env: quick })
  expect(second.stdout).toContain(`from round ${round} of 50\nround ${round + 1}: `)
  expect(stateOf(directory.path)).toMatchObject({ percentComplete: 100, name: 'checkpoint-50' })

  // as one that was left alone
  await using other = await sample()
  await runCli(run, { cwd: other.path, env: quick })
  expect(stateOf(directory.path).metadata.loss).toBe(stateOf(other.path).metadata.loss)
})

it('announces what a killed attempt had saved and not told', async () => {
  await using directory = await sample()
  const env = { NVCT_RESULTS_DIR: 'results', SECONDS_A_ROUND: '0' }
  const alone = 'sh -c \'ROUNDS=2 TASKBEAT_EVENTS= ./train.sh\' && exec "$@"'
  const { stderr, stdout } = await runCli(run, { cwd: directory.path, env, shell: alone })
  expect(stdout).toContain('from round 2 of 3\n')
  expect(stderr.match(/^taskbeat: \d+ % {2}checkpoint-\d$/gm)).toEqual([
    'taskbeat: 66 %  checkpoint-2',
    'taskbeat: 100 %  checkpoint-3',
  ])
})

it('a tool that fails fails the task, with its status and without a checkpoint of that round', async () => {
  await using directory = await sample()
  const env = { NVCT_RESULTS_DIR: 'results', SECONDS_A_ROUND: 'no number' }
  const { status } = await runCli(run, { cwd: directory.path, env })
  expect(status).toBe(1)
  expect(existsSync(join(directory.path, 'results/checkpoint-1'))).toBe(false)
  expect(stateOf(directory.path).percentComplete).toBe(0)
})
