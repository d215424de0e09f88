import { expect, it } from 'vitest'
import { createLateEntries, type Entries } from '../../../src/task/logbook/late-entries.ts'

const entries = {} as Entries

it('what is done before they are there is done in order once they are', async () => {
  const late = createLateEntries(async () => entries)
  const done: string[] = []
  late.do(() => done.push('first'))
  late.do(() => done.push('second'))
  expect(done).toEqual([])
  await late.settled(() => done.push('last'))
  late.do(() => done.push('after'))
  expect(done).toEqual(['first', 'second', 'last', 'after'])
})

it('nothing is loaded for nothing', async () => {
  let isLoaded = false
  const late = createLateEntries(async () => {
    isLoaded = true
    return entries
  })
  await late.settled(() => {
    throw new Error('nothing was there to be ended')
  })
  expect(isLoaded).toBe(false)
})

it('of what waits for a file system that does not answer, a part is kept', async () => {
  const { promise, resolve } = Promise.withResolvers<Entries>()
  const late = createLateEntries(() => promise)
  let done = 0
  for (let index = 0; index < 20_000; index += 1) late.do(() => (done += 1))
  resolve(entries)
  await late.settled(() => {})
  expect(done).toBe(10_000)
})
