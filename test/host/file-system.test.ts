import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { openFileSystem, type Space, spaceReadings } from '../../src/host/file-system.ts'
import { until } from '../support/run-cli.ts'
import { told } from './fixture.ts'

const space: Space = { bsize: 4_096, blocks: 100, bfree: 40, bavail: 20 }

it.each([
  {
    what: 'a part that is reserved',
    space,
    is: { limit: 409_600, used: 245_760, free: 81_920, reserved: 81_920, share: 0.75 },
  },
  {
    what: 'nothing left to us',
    space: { ...space, bavail: 0 },
    is: { limit: 409_600, used: 245_760, free: 0, reserved: 163_840, share: 1 },
  },
  {
    what: 'less than nothing left to us',
    space: { ...space, bavail: -5 },
    is: { limit: 409_600, used: 245_760, free: 0, reserved: 163_840, share: 1 },
  },
])('a file system with $what', ({ space: given, is }) => {
  expect(told(spaceReadings(given))).toEqual({
    'system.filesystem.limit': is.limit,
    'system.filesystem.usage used': is.used,
    'system.filesystem.usage free': is.free,
    'system.filesystem.usage reserved': is.reserved,
    'system.filesystem.utilization': is.share,
  })
})

it('a file system that keeps nothing, such as /proc, is not told of', () => {
  expect(spaceReadings({ bsize: 4_096, blocks: 0, bfree: 0, bavail: 0 })).toEqual([])
})

it('a file system that does not answer is asked once, and told of while the last answer is fresh', async () => {
  const questions: PromiseWithResolvers<Space>[] = []
  const read = openFileSystem('/results', () => {
    const question = Promise.withResolvers<Space>()
    questions.push(question)
    return question.promise
  })
  const answer = async (at: number) => {
    questions[at]?.resolve(space)
    // two turns: for the answer, and for what is done with it
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  const isTold = () => read().length > 0
  expect([questions.length, isTold(), questions.length]).toEqual([1, false, 1])
  await answer(0)
  expect([isTold(), questions.length]).toEqual([true, 2])
  expect([isTold(), isTold(), isTold(), isTold(), questions.length]).toEqual([true, true, false, false, 2])
  await answer(1)
  expect([isTold(), questions.length]).toEqual([true, 3])
})

it('a directory that goes away is not told of any more, and one that comes back is', async () => {
  let isThere = true
  const read = openFileSystem('/results', () =>
    isThere ? Promise.resolve(space) : Promise.reject(new Error('ENOENT')),
  )
  await until(() => read().length > 0)
  isThere = false
  await until(() => read().length === 0)
  isThere = true
  await until(() => read().length > 0)
})

it('a real directory has a size', async () => {
  const read = openFileSystem(tmpdir())
  await until(() => read().length > 0)
  expect(told(read())['system.filesystem.limit']).toBeGreaterThan(0)
})
