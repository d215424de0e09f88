import { expect, it } from 'vitest'
import { openProgress } from '../../src/progress/open-progress.ts'
import { unwrittenProgress } from '../../src/progress/unwritten.ts'
import { manualClock } from '../support/manual-clock.ts'
import { mortalProcess } from '../support/mortal-process.ts'

it('whoever follows is told of each write, and of trouble', async () => {
  const clock = manualClock()
  const { disk } = mortalProcess(new Map(), clock, () => {})
  let isFull = false
  const failing: typeof disk = {
    ...disk,
    writeWhole: async (path, text) => {
      if (isFull) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      await disk.writeWhole(path, text)
    },
  }
  const progress = openProgress({
    resultsDir: '/results',
    taskId: 't',
    clock,
    disk: failing,
    random: () => 1,
  })
  const told: string[] = []
  progress.follow({
    onWritten: ({ percentComplete, name }) => told.push(`${percentComplete} ${name}`),
    onTrouble: () => told.push('trouble'),
  })
  await clock.advance(60_000)
  void progress.checkpoint('a', 20)
  await clock.advance(60_000)
  isFull = true
  await clock.advance(60_000)
  isFull = false
  await clock.advance(10_000)
  expect(told).toEqual(['0 ', '20 a', '20 a', 'trouble', '20 a'])
  await progress.close()
})

it('of a file that another process writes there is nothing to be told', async () => {
  const progress = unwrittenProgress('r', 1)
  const told: unknown[] = []
  progress.follow({ onWritten: (state) => told.push(state), onTrouble: (text) => told.push(text) })
  await progress.checkpoint('a', 20)
  expect(told).toEqual([])
})
