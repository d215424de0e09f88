import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openProgress } from '../../src/progress/open-progress.ts'
import type { WorkloadMoment } from '../../src/recorder/training/workload-state.ts'
import { runTask } from '../../src/task/run-task.ts'
import { createTraining } from '../../src/task/training.ts'
import { silentRecord, type TaskRecord } from '../../src/task-record/record.ts'
import type { Workload, WorkloadOutcome } from '../../src/workload/workload.ts'
import type { CheckpointEvent, WorkloadEvent } from '../../src/workload-events.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type Files, mortalProcess } from '../support/mortal-process.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const at = new Date(0)
const checkpoint = (name: string, percentComplete: number): CheckpointEvent => ({
  type: 'checkpoint',
  name,
  percentComplete,
  metadata: {},
  step: 1,
  epoch: 1,
  startedAt: at,
  endedAt: at,
  sizeBytes: 1,
  files: [],
})

/** A task that is over at once, with the given checkpoints and outcome, under a clock that a test moves. */
const start = (
  events: readonly WorkloadEvent[],
  outcome: WorkloadOutcome,
  { resultsDir = '/results', onShutdown = () => {}, witness = (_: WorkloadMoment) => undefined } = {},
) => {
  const files: Files = new Map()
  const clock = manualClock()
  const { disk, fate } = mortalProcess(files, clock, () => {})
  const progress = openProgress({ resultsDir, taskId: 't-1', clock, disk })
  const stop = new AbortController()
  const ends: string[] = []
  const record: TaskRecord = { ...silentRecord, ended: (_, text) => ends.push(text) }
  const view = { tell: () => {}, message: () => {}, step: () => {}, progress: () => {}, summary: () => {} }
  const workload: Workload = {
    name: 'brief',
    run: async ({ emit }) => {
      for (const event of events) emit(event)
      return outcome
    },
  }
  const verdict = runTask({
    workload,
    progress,
    resultsDir,
    record,
    witness,
    view,
    stop: stop.signal,
    training: createTraining(clock),
    shutdown: async () => onShutdown(),
    drainMs: 60_000,
    percentMovesAlone: false,
    summaryFiles: () => ({ 'summary.json': '{}' }),
  })
  const document = () => JSON.parse(files.get(join(resultsDir, 'progress')) ?? '{}')
  return { verdict, clock, stop, fate, ends, files, document }
}

/** Lets time pass until it is over; in between it waits for the disk of this machine, which no clock of ours moves. */
const finish = async (verdict: Promise<unknown>, clock: ManualClock) => {
  let isOver = false
  void verdict.finally(() => {
    isOver = true
  })
  while (!isOver) {
    await new Promise(setImmediate)
    await clock.advance(6_000)
  }
}

const succeeded = { kind: 'succeeded' } as const

describe('a task whose workload has ended', () => {
  it('ends at once when it is asked to, with the state that is shown; the next attempt announces the rest', async () => {
    const { verdict, clock, stop, ends, document } = start(
      [checkpoint('a', 30), checkpoint('b', 60), checkpoint('end', 100)],
      succeeded,
    )
    await clock.advance(6_000)
    stop.abort('SIGTERM')
    expect(await verdict).toMatchObject({
      exitStatus: 143,
      text: 'stopped by SIGTERM at 30 % (a), 2 more to be announced by a restart',
    })
    expect(ends).toHaveLength(1)
    expect(document()).toMatchObject({ name: 'a', percentComplete: 30 })
  })

  it('does not publish 100 any more when it is asked to end while telemetry is flushed', async () => {
    const onShutdown = () => task.stop.abort('SIGINT')
    const task = start([checkpoint('end', 100)], succeeded, { onShutdown })
    await task.clock.advance(12_000)
    expect(await task.verdict).toMatchObject({ exitStatus: 130 })
    expect(task.document().percentComplete).toBeLessThan(100)
  })

  it('is judged by the file: 100 that came through is a success', async () => {
    const { verdict, clock, document } = start([checkpoint('end', 100)], succeeded)
    await clock.advance(12_000)
    expect(await verdict).toMatchObject({ exitStatus: 0, text: 'completed at 100 % (end)' })
    expect(document()).toMatchObject({ name: 'end', percentComplete: 100 })
  })

  it('and whose disk refuses 100 has ended once, with 73, and leaves 100 to the next attempt', async () => {
    const onShutdown = () => {
      // as many as a minute of tries takes; after them the disk would take 100 again
      task.fate.refusals = 17
    }
    const task = start([checkpoint('end', 100)], succeeded, { onShutdown })
    await task.clock.advance(300_000)
    expect(await task.verdict).toMatchObject({
      exitStatus: 73,
      text: expect.stringContaining('1 more to be announced by a restart'),
    })
    expect(task.ends).toEqual(['task completed: end carries 100'])
    expect(task.document()).toMatchObject({ percentComplete: 0 })
  })

  it('badly still announces what waits, but not once it is asked to end', async () => {
    const failed = { kind: 'failed', exitStatus: 3, reason: 'x' } as const
    const events = [checkpoint('a', 30), checkpoint('b', 60), checkpoint('c', 90)]
    const { verdict, clock, stop, document } = start(events, failed)
    await clock.advance(12_000)
    expect(document().name).toBe('b')
    stop.abort('SIGTERM')
    expect(await verdict).toMatchObject({ exitStatus: 3, text: expect.stringContaining('1 more') })
  })

  it('completes with a summary of another name where an earlier attempt has left one', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, 'summary', 'of', 'before'), { recursive: true })
    const { verdict, clock } = start([], succeeded, { resultsDir: dir.path })
    await finish(verdict, clock)
    expect(await verdict).toMatchObject({ exitStatus: 0, text: 'completed at 100 % (summary-2)' })
  })

  it('ends with 73 where the disk takes no summary', async () => {
    const { verdict, clock } = start([], succeeded, { resultsDir: '/proc/taskbeat' })
    await finish(verdict, clock)
    expect(await verdict).toMatchObject({
      exitStatus: 73,
      text: expect.stringContaining('cannot be written by uid'),
    })
  })
})

it('a checkpoint has the percentage of its own step, though the training is further when it is announced', async () => {
  const { verdict, clock, document } = start(
    [
      { type: 'progress', step: 90, totalSteps: 100, metrics: {} },
      { type: 'checkpoint', name: 'a', metadata: {}, step: 50, startedAt: at, endedAt: at, sizeBytes: 1 },
    ],
    { kind: 'failed', exitStatus: 1, reason: 'x' },
  )
  await clock.advance(6_000)
  await verdict
  expect(document()).toMatchObject({ name: 'a', percentComplete: 50 })
})

it('a witness is told that the work is over before the task waits for the last state, and then that the task is', async () => {
  const told: string[] = []
  const witness = ({ type }: WorkloadMoment) => void told.push(type)
  const { verdict, clock } = start([checkpoint('a', 50), checkpoint('b', 100)], succeeded, { witness })
  await clock.advance(100)
  expect(told).toEqual(['checkpoint', 'checkpoint', 'work-ended'])
  await finish(verdict, clock)
  expect(told.slice(3)).toEqual(['task-ended'])
})
