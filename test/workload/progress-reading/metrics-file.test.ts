import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  type FollowMetricsFileOptions,
  followMetricsFile,
} from '../../../src/workload/progress-reading/metrics-file.ts'
import type { ProgressEvent } from '../../../src/workload-events.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const stepOf = (step: number, more = '') => `{"step": ${step}${more}}\n`

/** A follower whose looks the test takes by itself: the clock stands still, each drain is a look. */
const followIn = (directory: string, options: Partial<FollowMetricsFileOptions> = {}) => {
  const path = join(directory, 'metrics.json')
  const events: ProgressEvent[] = []
  const troubles: string[] = []
  const clock = manualClock()
  const follower = followMetricsFile({
    path,
    clock,
    emit: (event) => events.push(event),
    onTrouble: (message) => troubles.push(message.replace(`metrics file ${path} `, '')),
    ...options,
  })
  return { path, events, troubles, clock, follower, steps: () => events.map(({ step }) => step) }
}

it('what the file says is emitted when it changes, however it is written', async () => {
  await using directory = await temporaryDirectory()
  const { path, follower, steps, troubles } = followIn(directory.path)
  for (const text of [stepOf(1), stepOf(1), stepOf(1, ', "timestamp": "later"'), stepOf(2)]) {
    await writeFile(path, text)
    await follower.drain()
  }
  await writeFile(`${path}.tmp`, stepOf(3, ', "loss": NaN'))
  await rename(`${path}.tmp`, path)
  await follower.drain()
  await follower.drain()
  expect(steps()).toEqual([1, 2, 3])
  expect(troubles).toEqual([])
  follower.close()
})

it('the file is looked at in each interval until the follower is closed', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'metrics.json')
  await writeFile(path, stepOf(1))
  const steps: (number | undefined)[] = []
  let emitted = () => {}
  const next = () =>
    new Promise<void>((resolve) => {
      emitted = resolve
    })
  const first = next()
  const follower = followMetricsFile({
    path,
    pollMs: 1,
    emit: ({ step }) => {
      steps.push(step)
      emitted()
    },
  })
  // nothing but the follower's timer, which does not count, and the disk is waited for
  const keepsAlive = setInterval(() => {}, 1000)
  await first
  const second = next()
  await writeFile(`${path}.tmp`, stepOf(2))
  await rename(`${path}.tmp`, path)
  await second
  follower.close()
  await writeFile(path, stepOf(3))
  await follower.drain()
  clearInterval(keepsAlive)
  expect(steps).toEqual([1, 2])
})

it('a follower alone keeps no process alive', async () => {
  const script = `
    import { followMetricsFile } from './src/workload/progress-reading/metrics-file.ts'
    followMetricsFile({ path: 'package.json', emit: () => {} })`
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 60_000,
  })
  expect(status).toBe(0)
})

it('a closed follower has no timer, and emits nothing that was under way', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'metrics.json'), stepOf(1))
  const { follower, steps, clock } = followIn(directory.path)
  const underWay = follower.drain()
  // the first look has asked the disk, which has not answered
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  follower.close()
  await underWay
  expect(steps()).toEqual([])
  expect(clock.pending()).toBe(0)
})

it('a half-written file is read once it is whole, and told only if it stays so', async () => {
  await using directory = await temporaryDirectory()
  const broken = '{"step": 1, "lo'
  await writeFile(join(directory.path, 'metrics.json'), broken)
  const { path, follower, steps, troubles, clock } = followIn(directory.path)
  const look = async () => {
    await expect.poll(() => clock.pending()).toBe(1)
    await clock.advance(1000)
    await expect.poll(() => clock.pending()).toBe(1)
  }
  await expect.poll(() => clock.pending()).toBe(1)
  expect(troubles).toEqual([])
  await writeFile(path, stepOf(1))
  await look()
  expect([steps(), troubles]).toEqual([[1], []])
  await writeFile(path, broken)
  await look()
  await look()
  await look()
  expect(troubles).toEqual(['is no JSON'])
  follower.close()
})

it('what an earlier run has left is not read', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'metrics.json')
  await writeFile(path, stepOf(900))
  const lastWeek = new Date(Date.now() - 7 * 86_400_000)
  await utimes(path, lastWeek, lastWeek)
  const { follower, steps, troubles } = followIn(directory.path)
  await follower.drain()
  expect([steps(), troubles]).toEqual([[], ['was never written']])
  await writeFile(path, stepOf(600))
  await follower.drain()
  expect(steps()).toEqual([600])
  follower.close()
})

it.each<{ what: string; make: (path: string) => Promise<unknown>; trouble: string }>([
  { what: 'a directory', make: (path) => mkdir(path), trouble: 'is no regular file' },
  {
    what: 'a pipe that nobody writes',
    make: async (path) => execFileSync('mkfifo', [path]),
    trouble: 'is no regular file',
  },
  { what: 'a device', make: (path) => symlink('/dev/zero', path), trouble: 'is no regular file' },
  { what: 'a link in a circle', make: (path) => symlink(path, path), trouble: 'cannot be read (ELOOP)' },
  {
    what: 'more than a megabyte',
    make: (path) => writeFile(path, stepOf(1, `, "x": "${'x'.repeat(2 ** 20)}"`)),
    trouble: 'is larger than 1 MiB',
  },
  { what: 'a list', make: (path) => writeFile(path, '[1]'), trouble: 'is no JSON object' },
  { what: 'nothing', make: async () => {}, trouble: 'was never there' },
])('$what in its place is told once, and a file that comes later is read', async ({ make, trouble }) => {
  await using directory = await temporaryDirectory()
  await make(join(directory.path, 'metrics.json'))
  const { path, follower, steps, troubles } = followIn(directory.path)
  await follower.drain()
  await follower.drain()
  expect(troubles).toEqual([trouble])
  await rm(path, { recursive: true, force: true })
  await writeFile(path, stepOf(1))
  await follower.drain()
  expect([steps(), troubles]).toEqual([[1], [trouble]])
  follower.close()
})

it('a socket in its place is told', async () => {
  await using directory = await temporaryDirectory()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(directory.path, 'metrics.json'), resolve))
  const { follower, troubles } = followIn(directory.path)
  await follower.drain()
  expect(troubles).toEqual(['is no regular file'])
  follower.close()
  await new Promise((resolve) => server.close(resolve))
})

it('a link is followed to wherever it leads by then', async () => {
  await using directory = await temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  await writeFile(at('1'), stepOf(1))
  await writeFile(at('2'), stepOf(2))
  await symlink('1', at('metrics.json'))
  const { follower, steps } = followIn(directory.path)
  await follower.drain()
  await symlink('2', at('link'))
  await rename(at('link'), at('metrics.json'))
  await follower.drain()
  expect(steps()).toEqual([1, 2])
  follower.close()
})

it('each kind of trouble is told once, and what is valid is used', async () => {
  await using directory = await temporaryDirectory()
  const { path, follower, events, troubles } = followIn(directory.path)
  for (const loss of [3, 2, 1]) {
    await writeFile(path, `{"step": "five", "epoch": ${loss}, "loss": ${loss}}`)
    await follower.drain()
  }
  expect(events.map(({ metrics }) => metrics.loss)).toEqual([3, 2, 1])
  expect(troubles).toEqual(['has a step that is out of range or no number'])
  follower.close()
})
