import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type ReplaySession, replayForPeople } from '../../../src/delivery/replay/session.ts'
import type { Signal } from '../../../src/otlp/signals.ts'
import { openScreen } from '../../../src/terminal/screen.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { away, batchOf, delivered, fakeSender, type MemorySpool, memorySpool, type Say } from './replaying.ts'

interface Case {
  readonly spool: MemorySpool
  readonly say?: Say
  readonly isTerminal?: boolean
  readonly session?: Partial<ReplaySession>
}

const run = async ({ spool, say = () => delivered, isTerminal = false, session = {} }: Case) => {
  let said = ''
  const clock = manualClock()
  const write = (text: string) => {
    said += text
  }
  let isOver = false
  const replaying = replayForPeople({
    spoolDir: '/results/.taskbeat/spool',
    exportDir: undefined,
    giveUpAfterMs: 60_000,
    openSpool: () => spool,
    findLeftAlone: async () => [],
    openRoutes: async (wanted) =>
      Object.fromEntries(wanted.map((signal) => [signal, { sender: fakeSender(say), timeoutMs: 1_000 }])),
    destination: 'http://collector:4317 (grpc)',
    stop: new AbortController().signal,
    screen: openScreen(() => ({ isTTY: isTerminal, columns: 200, write })),
    clock,
    ...session,
  })
  const end = () => {
    isOver = true
  }
  replaying.then(end, end)
  while (!isOver) {
    await new Promise(setImmediate)
    // a disk takes its own time
    await clock.advance(session.exportDir === undefined ? 50 : 0)
  }
  return { status: await replaying, said, lines: said.split('\n').slice(0, -1) }
}

const three = () => memorySpool([batchOf('traces', 'a', 'b'), batchOf('metrics', 'c'), batchOf('logs', 'd')])

it('tells what it delivers and where to, then what became of it', async () => {
  const { status, lines } = await run({ spool: three() })
  expect(status).toBe(0)
  expect(lines).toEqual([
    'taskbeat: 2 spans, 1 points, 1 records from /results/.taskbeat/spool to http://collector:4317 (grpc)',
    '  traces   2 spans delivered',
    '  metrics  1 points delivered',
    '  logs     1 records delivered',
  ])
})

it('says so when nothing waits', async () => {
  const { status, lines } = await run({ spool: memorySpool([]) })
  expect(status).toBe(0)
  expect(lines).toEqual(['taskbeat: nothing waits in /results/.taskbeat/spool'])
})

it('ends with 1 when something was dropped, or is left, and says why', async () => {
  const say: Say = (names, { signal }) => {
    if (signal === 'logs') return away
    return names.includes('a') ? { kind: 'delivered', rejected: 1, reason: 'too old' } : delivered
  }
  const { status, lines } = await run({ spool: three(), say })
  expect(status).toBe(1)
  expect(lines.slice(-4)).toEqual([
    '  traces   1 spans delivered, 1 dropped (1: rejected: too old)',
    '  metrics  1 points delivered',
    '  logs     0 records delivered, 1 left (not taken: connection refused)',
    'taskbeat: 1 records stay in /results/.taskbeat/spool; taskbeat replay sends them again',
  ])
})

it('says how far it is every ten seconds where there is no terminal', async () => {
  const spool = three()
  const { lines } = await run({
    spool,
    say: (_, { signal }) => (signal === 'logs' ? away : delivered),
    session: { giveUpAfterMs: 25_000 },
  })
  expect(lines.filter((line) => line.includes('%'))).toEqual(
    Array.from({ length: 2 }, () => 'taskbeat: replay [##################------]  75 %  2 spans, 1 points'),
  )
})

it('has a bar on a terminal, which is gone at the end', async () => {
  const { said } = await run({
    ...{ spool: three(), isTerminal: true, session: { giveUpAfterMs: 3_000 } },
    say: (_, { signal }) => (signal === 'logs' ? away : delivered),
  })
  expect(said).toContain('replay [##################------]  75 %')
  const last = said.lastIndexOf('%')
  expect(said.slice(last)).toContain('\r\u001b[K')
})

it('names who still writes there', async () => {
  const { lines } = await run({
    spool: three(),
    session: { findLeftAlone: async () => ['process 4711'] },
  })
  expect(lines[0]).toBe(
    'taskbeat: what process 4711 has in /results/.taskbeat/spool is left alone: it is still at work',
  )
})

it('ends with the status of the signal that ended it', async () => {
  const stop = new AbortController()
  const { status, lines } = await run({
    spool: three(),
    say: () => {
      stop.abort('SIGINT')
      return away
    },
    session: { stop: stop.signal },
  })
  expect(status).toBe(130)
  expect(lines.at(-1)).toContain('2 spans, 1 points, 1 records stay in')
})

it('counts what the spool could not read', async () => {
  const { status, lines } = await run({
    spool: three(),
    session: {
      openSpool: ({ onDropped }) =>
        memorySpool([batchOf('logs', 'd')], {
          takeOver: async () => onDropped('logs', 7, 'damaged in the spool'),
        }),
    },
  })
  expect(status).toBe(1)
  expect(lines.at(-1)).toBe('  logs     1 records delivered, 7 dropped (7: damaged in the spool)')
})

it('explains a spool that cannot be read, with status 73', async () => {
  const takeOver = async () => {
    throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
  }
  await expect(run({ spool: memorySpool([], { takeOver }) })).rejects.toMatchObject({
    exitStatus: 73,
    message: expect.stringContaining('/results/.taskbeat/spool cannot be written'),
  })
})

const linesOf = async (directory: string, signal: Signal) =>
  (await readFile(join(directory, `${signal}.jsonl`), 'utf8')).split('\n').slice(0, -1)

it('exports to files instead, and settles nothing', async () => {
  await using dir = await temporaryDirectory()
  const exportDir = join(dir.path, 'out')
  const settle = async () => {
    throw new Error('nothing is to be settled')
  }
  const spool = memorySpool([batchOf('logs', 'a'), batchOf('logs', 'b', 'c'), batchOf('traces', 'd')], {
    settle,
  })
  const openRoutes = async () => {
    throw new Error('nothing is to be sent')
  }
  const { status, lines } = await run({ spool, session: { exportDir, openRoutes } })
  expect(status).toBe(0)
  expect(lines).toEqual([
    `  traces   1 spans in ${join(exportDir, 'traces.jsonl')}`,
    `  logs     3 records in ${join(exportDir, 'logs.jsonl')}`,
    'taskbeat: the spool in /results/.taskbeat/spool is as it was: what was exported can still be replayed',
  ])
  const logs = (await linesOf(exportDir, 'logs')).map((line) => JSON.parse(line).resourceLogs[0].scopeLogs[0])
  expect(logs).toEqual([
    { scope: {}, logRecords: [{ body: {}, eventName: 'a' }] },
    {
      scope: {},
      logRecords: [
        { body: {}, eventName: 'b' },
        { body: {}, eventName: 'c' },
      ],
    },
  ])
  expect(await linesOf(exportDir, 'traces')).toHaveLength(1)
  expect(await linesOf(exportDir, 'metrics')).toEqual([])
})

it('ends an export early when asked to', async () => {
  await using dir = await temporaryDirectory()
  const { status } = await run({
    spool: three(),
    session: { exportDir: dir.path, stop: AbortSignal.abort('SIGTERM') },
  })
  expect(status).toBe(143)
  expect(await linesOf(dir.path, 'logs')).toEqual([])
})

it('leaves out of an export what is no request, and says so', async () => {
  await using dir = await temporaryDirectory()
  const broken = { ...batchOf('logs', 'a'), bytes: Buffer.from('no request') }
  const { status, lines } = await run({
    spool: memorySpool([broken, batchOf('logs', 'b')]),
    session: { exportDir: dir.path },
  })
  expect(status).toBe(1)
  expect(lines.join('\n')).toContain('1 batches are no OTLP')
  expect(await linesOf(dir.path, 'logs')).toHaveLength(1)
})

it.each([
  { what: 'has such a file', below: '.', status: 64, message: /logs\.jsonl is there already/ },
  { what: 'is a file', below: 'logs.jsonl', status: 64, message: /logs\.jsonl is there already/ },
  { what: 'is below a file', below: 'logs.jsonl/out', status: 73, message: /cannot be written/ },
])('does not export to a directory that $what', async ({ below, status, message }) => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'logs.jsonl')
  await writeFile(file, 'precious')
  const exportDir = join(dir.path, below)
  await expect(run({ spool: three(), session: { exportDir } })).rejects.toMatchObject({
    exitStatus: status,
    message: expect.stringMatching(message),
  })
  expect(await readFile(file, 'utf8')).toBe('precious')
})
