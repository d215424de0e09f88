import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../src/json.ts'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { openRuns } from '../../../src/view/reading/open-runs.ts'
import { createOtlpReader } from '../../../src/view/reading/otlp-entries.ts'
import { createTailReader } from '../../../src/view/reading/tail.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { begin, log, span, startMs } from '../tiny-run.ts'

const all = { offset: 0, limit: 500 }
const textOf = (lines: readonly (LogbookEntry | object | string)[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')

/** A results directory with these files of a logbook. */
const openBed = async (files: Readonly<Record<string, string>>) => {
  const directory = await temporaryDirectory()
  const logbook = join(directory.path, '.taskbeat', 'logbook')
  await mkdir(logbook, { recursive: true })
  for (const [family, text] of Object.entries(files))
    await writeFile(join(logbook, `${family}-0000000001.jsonl`), text)
  const clock = manualClock(new Date(startMs + 60_000))
  const runs = openRuns([directory.path], { clock })
  const [run] = runs.runs
  if (run === undefined) throw new Error('there is one')
  return {
    directory: directory.path,
    runs,
    run,
    clock,
    [Symbol.asyncDispose]: async () => {
      runs.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

it('a logbook of a version that is not known gets one note, and no nonsense', async () => {
  const facts = textOf([
    { ...begin(), version: 7 },
    { k: 'state', t: startMs, percent: 'x' },
    { k: 'new', t: 1 },
  ])
  await using bed = await openBed({ facts })
  expect(await bed.run.overview()).toMatchObject({
    state: 'waiting',
    begin: undefined,
    states: [],
    notes: [
      expect.stringMatching(/^The logbook of this run.* is of version 7, which this taskbeat does not know/),
    ],
  })
})

it('an attempt of a known version after one that is not is shown', async () => {
  const state = { k: 'state', t: startMs + 5, percent: 10, name: '' }
  const facts = textOf([{ ...begin(), version: 7 }, { ...state, percent: 90 }, begin({ attempt: 2 }), state])
  await using bed = await openBed({ facts })
  expect(await bed.run.overview()).toMatchObject({
    percent: 10,
    begin: { attempt: 2 },
    states: [{ percent: 10 }],
  })
})

it('log lines that are cut off, of no time, or full of zeros are counted, and not listed', async () => {
  const whole = JSON.stringify(log(1, 'whole'))
  const logs = textOf([
    whole,
    whole.slice(0, -8),
    `{"k":"log","t":${'9'.repeat(400)},"severity":9,"text":"x"}`,
    '\0\0\0\0',
  ])
  await using bed = await openBed({ facts: textOf([begin()]), logs })
  expect((await bed.run.logs(all)).rows.map(({ text }) => text)).toEqual(['whole'])
  expect((await bed.run.overview()).notes).toEqual(['3 lines could not be read.'])
})

it('a file that has another one in its place is not read on', async () => {
  await using directory = await temporaryDirectory()
  const [path, other] = ['a', 'b'].map((name) => join(directory.path, name)) as [string, string]
  await writeFile(path, 'ours\nours\n')
  const { ino: inode, size: sizeBytes } = await stat(path)
  await writeFile(other, 'theirs\ntheirs\n')
  await rename(other, path)
  const lines: string[] = []
  const onLine = ({ bytes, from, to }: { bytes: Buffer; from: number; to: number }) =>
    lines.push(bytes.toString('utf8', from, to)) > 0
  const tail = { path, inode, offset: 0, sizeBytes, isSkipping: false }
  await createTailReader().readToEnd(tail, { onLine, onBad: () => {} }, async () => true)
  expect(lines).toEqual([])
})

it('whoever hears what it waited for and leaves at once leaves no timer behind', async () => {
  await using bed = await openBed({ facts: textOf([begin()]) })
  await bed.run.overview()
  let calls = 0
  const leave = bed.runs.onChange(() => {
    calls += 1
    // the first time it has not got what ends it
    if (calls === 2) leave()
  })
  // time alone makes the overview of a live run another one
  await bed.clock.advance(6_000)
  expect(calls).toBe(2)
  expect(bed.clock.pending()).toBe(0)
})

it('spans of a request of many megabytes have their details, and are found', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'logbook'))
  await mkdir(join(directory.path, 'telemetry'))
  const facts = join(directory.path, 'logbook', 'facts-0000000001.jsonl')
  await writeFile(facts, textOf([begin({ by: 'platform' })]))
  const logRecords = Array.from({ length: 9 }, (_, index) => ({
    timeUnixNano: `${startMs + index}000000`,
    body: { stringValue: `${index} ${'m'.repeat(2 ** 20)}` },
  }))
  await writeFile(
    join(directory.path, 'telemetry', 'logs.jsonl'),
    textOf([{ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }]),
  )
  const runs = openRuns([directory.path], { clock: manualClock(new Date(startMs + 60_000)) })
  const [run] = runs.runs
  for await (const _ of run?.entries() ?? []) break
  const rows = (await run?.logs(all))?.rows ?? []
  expect(rows.map(({ text }) => text.slice(0, 3))).toEqual(logRecords.map((_, index) => `${index} m`))
  runs.close()
})

it('a line of many megabytes among others is found', async () => {
  const long = log(2, `${'q'.repeat(5 * 2 ** 20)} needle`)
  await using bed = await openBed({
    facts: textOf([begin()]),
    logs: textOf([log(1, 'a'), log(1, 'b'), long]),
  })
  let answer = await bed.run.logs({ ...all, search: 'needle' })
  while (!answer.isComplete) answer = await bed.run.logs({ ...all, search: 'needle' })
  expect(answer.total).toBe(1)
})

it('a directory that may not be looked at is told as one without a logbook', () => {
  expect(() => openRuns([`/${'x'.repeat(5_000)}`])).toThrow(/is no directory/)
})

it('an item that is none, or is nested too deeply, does not take its neighbours with it', () => {
  let deep: JsonValue = { stringValue: 'x' }
  for (let depth = 0; depth < 50_000; depth += 1) deep = { arrayValue: { values: [deep] } }
  const item = (spanId: string, value: JsonValue): JsonObject => ({
    ...{ spanId, name: spanId, startTimeUnixNano: `${startMs}000000` },
    attributes: [{ key: 'a', value }],
  })
  const items = [item('a', { stringValue: 'x' }), item('b', deep), null, item('c', { intValue: '1' })]
  const request = { resourceSpans: [{ scopeSpans: [{ spans: items as never }] }] }
  const { entries } = createOtlpReader(() => false)
  expect(entries('traces', request).map((entry) => (entry?.k === 'span' ? entry.id : undefined))).toEqual([
    'a',
    undefined,
    undefined,
    'c',
  ])
})

it('attributes and series called __proto__ are attributes and series', async () => {
  const facts = `${JSON.stringify(begin())}
{"k":"series","t":${startMs},"id":1,"name":"__proto__","unit":"1","kind":"gauge","attributes":{"__proto__":"x"}}\n`
  const spans = `${JSON.stringify(span('a', 0, 1)).replace('"attributes":{}', '"attributes":{"__proto__":"y"}')}\n`
  await using bed = await openBed({ facts, curves: textOf([{ k: 'p', t: startMs, v: { 1: 5 } }]), spans })
  const [series] = (await bed.run.overview()).series
  expect(series).toMatchObject({ name: '__proto__', last: 5 })
  expect(Object.entries(series?.attributes ?? {})).toEqual([['__proto__', 'x']])
  const { rows } = await bed.run.spans({ ...all, search: 'y' })
  expect(rows.map(({ name }) => name)).toEqual(['span a'])
})

it('files that vanish while they are read leave what was read', async () => {
  await using bed = await openBed({ facts: textOf([begin()]), logs: textOf([log(1, 'a')]) })
  await bed.run.overview()
  await rm(join(bed.directory, '.taskbeat'), { recursive: true })
  await bed.clock.advance(1_000)
  expect(await bed.run.overview()).toMatchObject({ begin: { command: 'python' } })
})
