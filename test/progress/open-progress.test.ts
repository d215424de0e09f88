import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openProgress, type ProgressOptions } from '../../src/progress/index.ts'
import { manualClock } from '../support/manual-clock.ts'
import { type Files, mortalProcess } from '../support/mortal-process.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const file = '/results/progress'

/** A progress file in memory, under a clock that a test moves. */
const open = (options: Partial<ProgressOptions> = {}, files: Files = new Map()) => {
  const clock = manualClock()
  const writes: string[] = []
  const troubles: string[] = []
  const mortal = mortalProcess(files, clock, (path) => path === file && writes.push(files.get(path) ?? ''))
  const progress = openProgress({
    resultsDir: '/results',
    taskId: 't-1',
    clock: mortal.clock,
    random: () => 1,
    disk: mortal.disk,
    onTrouble: (message) => troubles.push(message),
    ...options,
  })
  const document = () => JSON.parse(files.get(file) ?? '{}')
  return { progress, clock, files, writes, troubles, fate: mortal.fate, document }
}

describe('the file', () => {
  it('says 0 percent and no name the moment it is opened', () => {
    const { document } = open()
    expect(document()).toEqual({
      taskId: 't-1',
      percentComplete: 0,
      name: '',
      metadata: {},
      lastUpdatedAt: '2026-11-20T10:00:00.000Z',
    })
  })

  it('beats once a minute, saying the same with a fresh time', async () => {
    const { clock, writes } = open()
    await clock.advance(179_999)
    expect(writes.map((text) => JSON.parse(text).lastUpdatedAt)).toEqual([
      '2026-11-20T10:00:00.000Z',
      '2026-11-20T10:01:00.000Z',
      '2026-11-20T10:02:00.000Z',
    ])
  })

  it('goes on beating when the wall clock is set back, with the time as it is then', async () => {
    const { clock, writes } = open()
    await clock.advance(60_000)
    clock.setWall(new Date('2026-11-20T08:30:00.000Z'))
    await clock.advance(120_000)
    expect(writes.map((text) => JSON.parse(text).lastUpdatedAt.slice(11, 16))).toEqual([
      '10:00',
      '10:01',
      '08:31',
      '08:32',
    ])
  })

  it('shows each state for the dwell time, the first one too', async () => {
    const { progress, clock, document } = open()
    const first = progress.checkpoint('a', 10, { loss: 0.5 })
    const second = progress.checkpoint('b', 20)
    await clock.advance(5_999)
    expect(document().name).toBe('')
    expect(progress.waiting()).toBe(2)
    await clock.advance(1)
    expect(document()).toMatchObject({ name: 'a', percentComplete: 10, metadata: { loss: 0.5 } })
    await first
    await clock.advance(6_000)
    await second
    expect(progress.shown()).toMatchObject({ name: 'b', percentComplete: 20 })
  })

  it('shows states at once where no platform polls', async () => {
    const { progress, clock, document } = open({ taskId: '' })
    void progress.checkpoint('a', 10)
    await clock.advance(0)
    expect(document().name).toBe('a')
  })

  it('ends with 100, and beats no more', async () => {
    const { progress, clock, writes, document } = open({ dwellMs: 0 })
    await progress.checkpoint('a', 10)
    await progress.complete('end', { steps: 7 })
    expect(document()).toMatchObject({ name: 'end', percentComplete: 100, metadata: { steps: 7 } })
    const count = writes.length
    await clock.advance(600_000)
    expect(writes).toHaveLength(count)
    expect(clock.pending()).toBe(0)
  })
})

describe('a state that breaks the contract', () => {
  it.each([
    { what: '100 before the end', announce: { name: 'a', percent: 100 }, says: 'complete()' },
    { what: 'a name with a slash', announce: { name: 'a/b', percent: 60 }, says: 'name' },
    { what: 'a name of the parent', announce: { name: '..', percent: 60 }, says: 'name' },
    { what: 'a fraction', announce: { name: 'a', percent: 10.5 }, says: 'percentComplete' },
    { what: 'a used name', announce: { name: 'used', percent: 60 }, says: 'was used before' },
    { what: 'a step back', announce: { name: 'a', percent: 40 }, says: 'must not fall below 50' },
  ])('($what) is refused, and nothing is written', async ({ announce, says }) => {
    const { progress, writes } = open({ dwellMs: 0 })
    await progress.checkpoint('used', 50)
    const before = [...writes]
    await expect(progress.checkpoint(announce.name, announce.percent)).rejects.toMatchObject({
      code: 'RULE',
      message: expect.stringContaining(says),
    })
    expect(writes).toEqual(before)
  })

  it('is told to whoever listens for trouble, as nobody may wait for the announcement', async () => {
    const { progress, troubles, clock } = open()
    void progress.checkpoint('a/b', 10)
    void progress.checkpoint('end', 100)
    await clock.advance(0)
    expect(troubles).toEqual([
      expect.stringMatching(/^'a\/b' was not announced: .* may hold only letters/),
      expect.stringContaining("'end' was not announced: 100 ends the task at once"),
    ])
  })

  it('is also a name that is no text at all', async () => {
    const { progress } = open()
    await expect(progress.checkpoint(undefined as never, 20)).rejects.toMatchObject({
      code: 'RULE',
      message: expect.stringContaining('the name must be text, got `undefined`'),
    })
  })

  it.each([
    { heartbeatMs: 200_000 },
    { heartbeatMs: Number.NaN },
    { dwellMs: -1 },
    { dwellMs: Number.NaN },
    { dwellMs: Number.POSITIVE_INFINITY },
  ])('is also $heartbeatMs ms between heartbeats, or $dwellMs ms of dwell', (pace) => {
    const [[name, value] = []] = Object.entries(pace)
    expect(() => open(pace)).toThrow(
      expect.objectContaining({
        code: 'RULE',
        exitStatus: 64,
        message: expect.stringContaining(`${name} is ${value}`),
      }),
    )
  })
})

describe('where results are not uploaded', () => {
  it('percent may move without a name, the newest replacing what waits', async () => {
    const { progress, clock, document, writes } = open({ strategy: 'NONE', dwellMs: 1_000 })
    const all = [progress.checkpoint('', 10), progress.checkpoint('', 20), progress.checkpoint('', 30)]
    await clock.advance(1_000)
    await Promise.all(all)
    expect(document()).toMatchObject({ name: '', percentComplete: 30 })
    expect(writes).toHaveLength(2)
    const completed = progress.complete()
    await clock.advance(1_000)
    await completed
    expect(document()).toMatchObject({ name: '', percentComplete: 100 })
  })
})

describe('the end without 100', () => {
  it('still announces what waits, within the limit', async () => {
    const { progress, clock, document } = open()
    const all = Promise.allSettled([progress.checkpoint('a', 10), progress.checkpoint('b', 20)])
    const failed = progress.fail('out of luck', { drainMs: 7_000 })
    await clock.advance(7_000)
    await failed
    expect(document().name).toBe('a')
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  it('tells whoever waits that the next attempt announces it, and that one does', async () => {
    const { progress, files } = open()
    const waiting = progress.checkpoint('a', 10)
    await progress.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
    const next = open({}, files)
    await next.clock.advance(6_000)
    expect(next.document()).toMatchObject({ name: 'a', percentComplete: 10 })
  })

  it('takes nothing more', async () => {
    const { progress } = open()
    await progress.close()
    for (const late of [progress.checkpoint('a', 10), progress.complete('end'), progress.settled()]) {
      await expect(late).rejects.toMatchObject({ code: 'CLOSED' })
    }
  })

  it('has the journal on the disk', async () => {
    const { progress, files } = open()
    void progress.checkpoint('a', 10)
    await progress.close()
    expect(files.get('/results/.taskbeat/journal.jsonl')).toContain('"name":"a"')
  })

  it('stops the heartbeat', async () => {
    const { progress, clock, writes } = open()
    await progress.close()
    await clock.advance(600_000)
    expect(writes).toHaveLength(1)
  })
})

describe('a run', () => {
  it('keeps its id across restarts and counts its attempts', async () => {
    const first = open()
    await first.progress.close()
    const second = open({}, first.files)
    expect(second.progress).toMatchObject({ runId: first.progress.runId, attempt: 2, start: 'resumed' })
  })

  it('counts from 1 again under another id', async () => {
    const first = open({ runId: 'one' })
    await first.progress.close()
    expect(open({ runId: 'two' }, first.files).progress).toMatchObject({ runId: 'two', attempt: 1 })
  })

  it('that was completed is complete, and takes no more states', async () => {
    const first = open({ dwellMs: 0 })
    await first.progress.complete('end')
    const second = open({}, first.files)
    expect(second.progress.start).toBe('complete')
    await expect(second.progress.checkpoint('more', 99)).rejects.toMatchObject({ code: 'RULE' })
    expect(second.writes).toEqual([])
  })

  it('that was completed has 100 in its file again if that is lost', async () => {
    const first = open({ dwellMs: 0 })
    await first.progress.complete('end', { steps: 7 })
    first.files.delete(file)
    const second = open({}, first.files)
    expect(second.progress.start).toBe('complete')
    expect(second.document()).toMatchObject({ name: 'end', percentComplete: 100, metadata: { steps: 7 } })
  })

  it('that was completed is settled at once: nothing follows 100', async () => {
    const first = open({ dwellMs: 0 })
    await first.progress.complete('end')
    const second = open({}, first.files)
    await second.progress.settled()
    await second.progress.close()
  })

  it('that died between the end of its work and 100 publishes 100 when it is started again', async () => {
    const first = open()
    void first.progress.complete('end').catch(() => {})
    await first.clock.advance(0)
    await first.progress.close()
    const second = open({}, first.files)
    expect(second.progress.start).toBe('complete')
    const settled = second.progress.settled()
    await second.clock.advance(12_000)
    await settled
    expect(second.document()).toMatchObject({ name: 'end', percentComplete: 100 })
  })
})

describe('a disk that refuses', () => {
  it('is tried again, with one word about it, and the state is announced in the end', async () => {
    const { progress, clock, fate, troubles, document } = open({ dwellMs: 0 })
    await clock.advance(0)
    fate.refusals = 5
    const announced = progress.checkpoint('a', 10)
    await clock.advance(30_000)
    await announced
    expect(document().name).toBe('a')
    expect(
      troubles.filter((message) => message.includes('/results/progress cannot be written')),
    ).toHaveLength(1)
  })

  it('for a minute on end ends the waiting of a task that is otherwise over', async () => {
    const { progress, clock, fate } = open({ dwellMs: 0 })
    await clock.advance(0)
    fate.refusals = 1_000
    const ending = expect(progress.complete('end')).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      exitStatus: 73,
    })
    await clock.advance(120_000)
    await ending
    await progress.close()
  })

  it('at the very start is an error with path, user and remedy', () => {
    const files: Files = new Map()
    const mortal = mortalProcess(files, manualClock(), () => {})
    mortal.fate.refusals = 1
    const opening = () => openProgress({ resultsDir: '/results', clock: mortal.clock, disk: mortal.disk })
    expect(opening).toThrow(
      /\/results\/progress cannot be written by uid \d+ \(ENOSPC\): free space in \/results/,
    )
  })
})

describe('a results directory', () => {
  it('is for one task at a time, and free again after it', async () => {
    await using dir = await temporaryDirectory()
    const first = openProgress({ resultsDir: dir.path })
    expect(() => openProgress({ resultsDir: dir.path })).toThrow(
      expect.objectContaining({
        code: 'IN_USE',
        exitStatus: 73,
        message: expect.stringContaining(`process ${process.pid}`),
      }),
    )
    await first.close()
    await openProgress({ resultsDir: dir.path }).close()
  })

  it('of another task is left as it was', async () => {
    await using dir = await temporaryDirectory()
    const text = '{"taskId":"other","percentComplete":40,"name":"x","lastUpdatedAt":"2026-11-20T10:00:00Z"}'
    await writeFile(join(dir.path, 'progress'), text)
    await writeFile(join(dir.path, 'progress.20240101'), '{"half')
    expect(() => openProgress({ resultsDir: dir.path, taskId: 'mine' })).toThrow('belongs to task other')
    expect((await readdir(dir.path)).toSorted()).toEqual(['progress', 'progress.20240101'])
  })
})

it('a program that waits for none of its announcements lives on', async () => {
  await using dir = await temporaryDirectory()
  const program = join(dir.path, 'train.mjs')
  await writeFile(
    program,
    `import { openProgress } from ${JSON.stringify(resolve('dist/progress.js'))}
     const progress = openProgress({ resultsDir: process.argv[2], dwellMs: 60_000 })
     void progress.checkpoint('waits', 50)
     void progress.checkpoint('a/b', 60)
     await progress.close()
     setImmediate(() => console.log('lives'))`,
  )
  const run = promisify(execFile)(process.execPath, [program, join(dir.path, 'results')])
  expect(await run).toMatchObject({ stdout: 'lives\n', stderr: '' })
})

it('the library works for a program that has nothing else of taskbeat', async () => {
  await using dir = await temporaryDirectory()
  const program = join(dir.path, 'train.mjs')
  await writeFile(
    program,
    `import { openProgress } from ${JSON.stringify(resolve('dist/progress.js'))}
     const progress = openProgress({ resultsDir: process.argv[2] })
     await progress.checkpoint('step-100', 50, { loss: 0.7 })
     await progress.complete('final')`,
  )
  await promisify(execFile)(process.execPath, [program, join(dir.path, 'results')])
  expect(JSON.parse(await readFile(join(dir.path, 'results', 'progress'), 'utf8'))).toMatchObject({
    percentComplete: 100,
    name: 'final',
  })
})
