import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LogbookEntry, logbookVersion } from '../../../src/logbook/entry.ts'
import type { Overview } from '../../../src/view/api.ts'
import { openRuns } from '../../../src/view/reading/open-runs.ts'
import { labelsOf } from '../../../src/view/reading/places.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'
import { begin, end, log, span, startMs } from '../tiny-run.ts'

const linesOf = (entries: readonly LogbookEntry[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
const all = { offset: 0, limit: 500 }

/** A results directory with a logbook, asked with a clock that stands still. */
const openBed = async () => {
  const directory = await temporaryDirectory()
  const logbook = join(directory.path, '.taskbeat', 'logbook')
  await mkdir(logbook, { recursive: true })
  const pathOf = (family: string, number = 1) =>
    join(logbook, `${family}-${String(number).padStart(10, '0')}.jsonl`)
  const clock = manualClock(new Date(startMs + 60_000))
  const runs = openRuns([directory.path], { clock })
  const [run] = runs.runs
  if (run === undefined) throw new Error('there is one')
  return {
    directory: directory.path,
    runs,
    run,
    clock,
    pathOf,
    write: (family: string, entries: readonly LogbookEntry[], number = 1) =>
      writeFile(pathOf(family, number), linesOf(entries)),
    append: (family: string, entries: readonly LogbookEntry[], number = 1) =>
      appendFile(pathOf(family, number), linesOf(entries)),
    texts: async (search = '') => {
      let answer = await run.logs({ ...all, search })
      // on a busy machine a search may take longer than an answer waits
      while (!answer.isComplete) answer = await run.logs({ ...all, search })
      return answer.rows.map(({ text }) => text)
    },
    [Symbol.asyncDispose]: async () => {
      runs.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

const series: LogbookEntry = {
  k: 'series',
  t: startMs,
  id: 5,
  name: 'taskbeat.training.loss',
  unit: '1',
  kind: 'gauge',
  attributes: {},
}
const point = (atMs: number, value: number): LogbookEntry => ({
  k: 'p',
  t: startMs + atMs,
  step: atMs,
  v: { 5: value },
})

describe('a results directory', () => {
  it('is read: facts, curves, spans and logs', async () => {
    await using bed = await openBed()
    const { run } = bed
    await bed.write('facts', [begin(), series, end()])
    await bed.write('curves', [point(1, 3), point(2, 2)])
    await bed.write('spans', [span('a', 1, 2, { attributes: { shard: 'seven' } })])
    await bed.write('logs', [log(1, 'one'), log(2, 'two "quoted"\n', 17)])
    const overview = await run.overview()
    expect(overview).toMatchObject({ state: 'completed', read: 1, spanCount: 1, step: 2, notes: [] })
    expect(overview.series).toMatchObject([{ points: 2, last: 2 }])
    expect((await run.curves({ series: [0], width: 100 }))[0]?.y).toEqual([3, 2])
    expect((await run.spans({ ...all, search: 'SEVEN' })).rows).toMatchObject([{ name: 'span a', depth: 1 }])
    expect(await run.span(0)).toMatchObject({ id: 'a', attributes: { shard: 'seven' } })
    expect(await bed.texts()).toEqual(['one', 'two "quoted"\n'])
    expect(await bed.texts('"QUOTED"')).toEqual(['two "quoted"\n'])
  })

  it('is read further as it grows, also into new files, and half a line waits for its rest', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin()])
    await bed.write('logs', [log(1, 'one')])
    expect((await bed.run.overview()).state).toBe('waiting')
    const line = linesOf([log(2, 'two')])
    await appendFile(bed.pathOf('logs'), line.slice(0, 20))
    await bed.run.overview()
    expect(await bed.texts()).toEqual(['one'])
    await appendFile(bed.pathOf('logs'), line.slice(20))
    await bed.write('logs', [log(3, 'three')], 2)
    await bed.append('facts', [{ k: 'state', t: startMs + 55_000, percent: 5, name: '' }])
    expect((await bed.run.overview()).sentence).toBe('running, 5 %, last sign of life 5 s ago')
    expect(await bed.texts()).toEqual(['one', 'two', 'three'])
    await bed.append('facts', [end()])
    expect((await bed.run.overview()).state).toBe('completed')
  })

  it('leaves out what is no entry, and says so', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin()])
    await appendFile(bed.pathOf('facts'), '{"k":"beat"\n\n{"k":"what","t":1}\nnull\n')
    await bed.append('facts', [end()])
    await writeFile(bed.pathOf('logs'), Buffer.from([0xff, 0xfe, 10]))
    await bed.append('logs', [log(1, 'one')])
    await writeFile(join(bed.directory, '.taskbeat', 'logbook', 'logs-1.jsonl'), 'not of a logbook\n')
    expect(await bed.run.overview()).toMatchObject({
      state: 'completed',
      notes: ['4 lines could not be read.'],
    })
    expect(await bed.texts()).toEqual(['one'])
  })

  it('may have lines that are longer than what is read at once', async () => {
    await using bed = await openBed()
    const long = `${'x'.repeat(700_000)} end`
    await bed.write('logs', [log(1, 'one'), log(2, long), log(3, 'three')])
    await bed.run.overview()
    const lengths = async (search = '') => (await bed.texts(search)).map(({ length }) => length)
    expect(await lengths()).toEqual([3, 4_096, 5])
    expect(await lengths('X END')).toEqual([4_096])
    expect((await bed.run.log(1))?.text).toBe(long)
    expect(await bed.texts('three')).toEqual(['three'])
  })

  it('that lets go of old files has what is left', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin()])
    await bed.write('facts', [begin({ t: startMs + 5 })], 2)
    for (const [number, text] of ['one', 'two', 'three'].entries()) {
      await bed.write('logs', [log(number, text)], number + 1)
      await bed.write('spans', [span(text, number, number + 1)], number + 1)
    }
    expect(await bed.run.overview()).toMatchObject({ spanCount: 3 })
    expect(await bed.texts('t')).toEqual(['two', 'three'])
    for (const family of ['logs', 'spans']) await rm(bed.pathOf(family, 2))
    await rm(bed.pathOf('facts', 1))
    expect(await bed.run.overview()).toMatchObject({ spanCount: 2, logCounts: [0, 0, 0, 2, 0, 0, 0] })
    expect(await bed.texts()).toEqual(['one', 'three'])
    expect(await bed.texts('t')).toEqual(['three'])
  })

  it('whose curves get coarser keeps those that were read before', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin(), series])
    await bed.write('curves', [point(1, 3), point(2, 2)])
    await bed.write('curves', [point(3, 4), point(4, 1)], 2)
    await bed.write('curves', [point(5, 6)], 3)
    await bed.run.overview()
    await writeFile(
      `${bed.pathOf('curves')}.new`,
      linesOf([{ ...point(2, 0), v: { 5: [1, 4, 1] } } as LogbookEntry]),
    )
    await rename(`${bed.pathOf('curves')}.new`, bed.pathOf('curves'))
    await rm(bed.pathOf('curves', 2))
    await bed.append('curves', [point(6, 7)], 3)
    expect((await bed.run.overview()).series[0]?.points).toBe(6)
    expect((await bed.run.curves({ series: [0], width: 100 }))[0]?.y).toEqual([3, 2, 4, 1, 6, 7])
  })

  it('that was made anew is read anew', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin(), end()])
    await bed.write('logs', [log(1, 'old'), log(2, 'old')])
    expect((await bed.run.overview()).state).toBe('completed')
    await writeFile(bed.pathOf('facts'), '')
    await bed.write('facts', [begin({ attempt: 9 })])
    await bed.write('logs', [log(1, 'new')])
    expect(await bed.run.overview()).toMatchObject({ state: 'waiting', begin: { attempt: 9 } })
    expect(await bed.texts()).toEqual(['new'])
  })

  it('tells whoever listens, and looks at nothing when nobody does', async () => {
    await using bed = await openBed()
    await bed.write('facts', [begin()])
    const seen: Overview[] = []
    const isSeen = (state: string) =>
      until(() => bed.clock.advance(500).then(() => seen.at(-1)?.state === state))
    const stop = bed.runs.onChange((run, overview) => {
      expect(run).toBe(0)
      seen.push(overview)
    })
    await isSeen('waiting')
    await bed.append('facts', [{ k: 'state', t: startMs + 60_000, percent: 5, name: '' }])
    await isSeen('running')
    stop()
    expect(bed.clock.pending()).toBe(0)
    const { length } = seen
    await bed.append('facts', [end()])
    await bed.clock.advance(10_000)
    expect(seen).toHaveLength(length)
  })

  it('may be there later, if its run is known to go on, which silence does not end then', async () => {
    await using directory = await temporaryDirectory()
    const clock = manualClock(new Date(startMs + 900_000))
    const runs = openRuns([join(directory.path, 'results')], { clock, isLive: () => true })
    const [run] = runs.runs
    expect((await run?.overview())?.state).toBe('waiting')
    const logbook = join(directory.path, 'results', '.taskbeat', 'logbook')
    await mkdir(logbook, { recursive: true })
    await writeFile(
      join(logbook, 'facts-0000000001.jsonl'),
      linesOf([begin({ version: logbookVersion }), { k: 'state', t: startMs, percent: 1, name: '' }]),
    )
    expect((await run?.overview())?.state).toBe('stale')
    runs.close()
    const later = openRuns([join(directory.path, 'results')], { clock })
    expect((await later.runs[0]?.overview())?.state).toBe('vanished')
    later.close()
  })
})

describe('directories', () => {
  it('without a logbook are refused in one sentence', async () => {
    await using directory = await temporaryDirectory()
    const accepted =
      "name the results directory of 'taskbeat run', or what 'taskbeat emulate --keep DIR' left"
    expect(() => openRuns([directory.path])).toThrow(
      expect.objectContaining({
        exitStatus: 64,
        message: `'${directory.path}' holds no logbook: ${accepted}`,
      }),
    )
    expect(() => openRuns(['/nowhere/at/all'])).toThrow(`'/nowhere/at/all' is no directory: ${accepted}`)
  })

  it.each([
    [['/a/b/results'], ['results']],
    [
      ['/a/one/results', '/a/two/results'],
      ['one/results', 'two/results'],
    ],
    [
      ['/a/x', '/b/y'],
      ['x', 'y'],
    ],
    [
      ['/a/x', '/a/x'],
      ['a/x', 'a/x (2)'],
    ],
    [['/'], ['/']],
  ])('%j are called %j', (directories, labels) => {
    expect(labelsOf(directories)).toEqual(labels)
  })
})
