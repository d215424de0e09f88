import { spawn } from 'node:child_process'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { judge } from '../../src/commands/judge.ts'
import type { Settings } from '../../src/settings.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const conformance = join(import.meta.dirname, '..', 'progress', 'conformance')
const vectors = join(conformance, 'progress-vectors.jsonl')
const timelines = join(conformance, 'progress-timelines.jsonl')

interface Run {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly settings?: Partial<Settings>
  readonly stop?: AbortSignal
}

/** The command as the command line runs it: status, lines of standard output, standard error. */
const run = async (operands: readonly string[], { stdin, stdout, settings, stop }: Run = {}) => {
  const output = new PassThrough()
  let said = ''
  const all = text(output)
  const status = await judge.run({
    settings: {
      resultHandling: 'upload',
      watchMode: 'watch',
      emulatedTaskId: undefined,
      ...settings,
    } as Settings,
    operands,
    stop: stop ?? new AbortController().signal,
    atFault: () => {},
    version: () => '0',
    environment: {},
    stdin: () => stdin ?? Readable.from([]),
    stdout: () => stdout ?? output,
    stderr: () =>
      new Writable({
        write: (chunk, _, done) => {
          said += chunk
          done()
        },
      }),
  })
  output.end()
  const lines = (await all).split('\n').slice(0, -1)
  return { status, lines, said }
}

const readLines = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n')

describe('the public vectors', () => {
  test('all sequences agree, and come back as they were', async () => {
    const { status, lines, said } = await run([vectors])
    expect(said).toBe(
      'taskbeat: 518 lines judged: 164 running, 53 completed, 301 errored\ntaskbeat: 518 came with a verdict: 518 agree, 0 differ\n',
    )
    expect(status).toBe(0)
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      (await readLines(vectors)).map((line) => JSON.parse(line)),
    )
  })

  test('all timelines agree, to the letter', async () => {
    const { status, lines, said } = await run(['-'], { stdin: Readable.from([await readFile(timelines)]) })
    expect(said).toContain('43 came with a verdict: 43 agree, 0 differ')
    expect(status).toBe(0)
    expect(lines).toEqual(await readLines(timelines))
  })

  test('without their verdicts they get the same ones', async () => {
    const bare = (await readLines(vectors)).map((line) => {
      const { verdict, ...rest } = JSON.parse(line)
      return JSON.stringify(rest)
    })
    const { status, lines, said } = await run([], { stdin: Readable.from([bare.join('\n')]) })
    expect(said).not.toContain('came with a verdict')
    expect(status).toBe(0)
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      (await readLines(vectors)).map((line) => JSON.parse(line)),
    )
  })
})

const document = (name: string, percentComplete: number, rest: Record<string, unknown> = {}) =>
  JSON.stringify({ name, percentComplete, lastUpdatedAt: '2026-11-20T10:00:00Z', ...rest })
const line = (rest: Record<string, unknown>) =>
  JSON.stringify({ mode: 'watch', strategy: 'UPLOAD', taskId: 't', documents: [], ...rest })

describe('lines that are wrong', () => {
  test('are answered in their place, and spoil no other', async () => {
    const input = `${line({ id: 'a' })}\n{nonsense\n\n${line({ id: 'b', mode: 'Watch' })}\n${line({ id: 'c' })}`
    const { status, lines, said } = await run([], { stdin: Readable.from([input]) })
    expect(status).toBe(1)
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'a', verdict: { outcome: 'running' } },
      { line: 2, error: expect.stringContaining('no JSON') },
      { line: 4, id: 'b', error: 'mode must be "watch" or "poll", got "Watch"' },
      { id: 'c', verdict: { outcome: 'running' } },
    ])
    expect(said).toContain('taskbeat: standard input:4: mode must be "watch" or "poll", got "Watch"\n')
    expect(said).toContain('2 lines judged: 2 running, 0 completed, 0 errored')
    expect(said).toContain('2 lines could not be judged')
  })

  test('name their file when there are several', async () => {
    await using dir = await temporaryDirectory()
    const bad = join(dir.path, 'bad.jsonl')
    await writeFile(bad, 'x\n')
    const { status, lines } = await run([bad, bad])
    expect(status).toBe(1)
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ file: bad, line: 1 })
  })

  test('are told one by one only in the beginning', async () => {
    const { said, lines } = await run([], { stdin: Readable.from(['x\n'.repeat(500)]) })
    expect(lines).toHaveLength(500)
    expect(said.split('\n')).toHaveLength(24)
    expect(said).toContain('500 lines could not be judged')
  })
})

describe('verdicts that differ', () => {
  test('end with 1, and are named', async () => {
    const verdict = { outcome: 'completed', atDocument: 0, error: null, sent: [] }
    const input = Array.from({ length: 25 }, (_, index) => line({ id: `v${index}`, verdict }))
    const { status, lines, said } = await run([], {
      stdin: Readable.from([[...input, line({ id: 'x' })].join('\n')]),
    })
    expect(status).toBe(1)
    expect(said).toContain('25 came with a verdict: 0 agree, 25 differ')
    expect(said).toMatch(/these differ: v0, v1, .*v19 and 5 more\n/)
    expect(JSON.parse(lines[0] ?? '').verdict).toEqual({
      outcome: 'running',
      atDocument: null,
      error: null,
      sent: [],
    })
  })
})

describe('wrong use', () => {
  test('an operand that is not there is told before anything is judged', async () => {
    const failure = run([vectors, '/nowhere/at-all'])
    await expect(failure).rejects.toMatchObject({
      code: 'NO_INPUT',
      exitStatus: 64,
      message: expect.stringContaining("'/nowhere/at-all' cannot be read (ENOENT)"),
    })
  })
})

describe('a directory of progress files', () => {
  const record = async (directory: string, files: Readonly<Record<string, string | Buffer>>) => {
    await mkdir(directory, { recursive: true })
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(directory, name), content)
      await utimes(join(directory, name), new Date(), new Date('2026-11-20T10:01:00Z'))
    }
  }

  test('is one sequence in natural order', async () => {
    await using dir = await temporaryDirectory()
    const recording = join(dir.path, 'rec')
    await record(recording, {
      'p-10.json': document('end', 100),
      'p-9.json': document('b', 50),
      'p-1.json': document('a', 10, { taskId: 'own' }),
      '.p-2.json.tmp': '{',
    })
    await mkdir(join(recording, 'output'))
    const { status, lines, said } = await run([recording])
    expect(status).toBe(0)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      id: 'rec',
      mode: 'watch',
      strategy: 'UPLOAD',
      taskId: 'own',
      readAt: ['2026-11-20T10:01:00.000Z', '2026-11-20T10:01:00.000Z', '2026-11-20T10:01:00.000Z'],
      documents: [document('a', 10, { taskId: 'own' }), document('b', 50), document('end', 100)],
      verdict: { outcome: 'completed', atDocument: 2, sent: [{ name: 'a' }, { name: 'b' }, { name: 'end' }] },
    })
    expect(said).toBe(`taskbeat: ${recording}: COMPLETED at p-10.json\n`)
  })

  test.each([
    {
      files: { '1': document('a', 10), '2': document('a', 20) },
      settings: {},
      said: "ERRORED at 2: user actionable error: result name: 'a' is invalid: duplicate name key between consecutive progress updates; 10 % 'a' was reported last",
    },
    {
      files: { '1': document('a', 10), '2': document('a', 20) },
      settings: { resultHandling: 'none' },
      said: "RUNNING after 2 documents; 20 % 'a' was reported last",
    },
    {
      files: { '1': document('', 0, { lastUpdatedAt: '2026-11-20T09:55:00Z' }) },
      settings: { watchMode: 'poll' },
      said: "ERRORED at 1: user actionable error: no update for 'lastUpdatedAt' field in progress file; nothing was reported",
    },
    {
      files: { '1': document('', 0, { taskId: 'x' }) },
      settings: { emulatedTaskId: 'y' },
      said: "ERRORED at 1: internal error: taskId 'x' is invalid: task ID in progress file does not match task ID returned by NVCT; nothing was reported",
    },
    {
      files: { '1': Buffer.from([0xff]) },
      settings: {},
      said: 'ERRORED at 1: user actionable error: invalid schema of progress file; nothing was reported',
    },
  ] as const)('$said', async ({ files, settings, said }) => {
    await using dir = await temporaryDirectory()
    await record(dir.path, files as Readonly<Record<string, string | Buffer>>)
    const judged = await run([dir.path], { settings })
    expect(judged.said).toBe(`taskbeat: ${dir.path}: ${said}\n`)
    expect(judged.status).toBe(0)
    // the line can be judged again, and says the same
    const again = await run([], { stdin: Readable.from([judged.lines.join('\n')]) })
    expect(again.lines).toEqual(judged.lines)
    expect(again.said).toContain('1 agree')
  })

  test('without a file in it is nothing to judge', async () => {
    await using dir = await temporaryDirectory()
    const { status, said } = await run([dir.path])
    expect(status).toBe(1)
    expect(said).toContain('there is no progress file in this directory')
  })
})

describe('streams', () => {
  test('a reader that goes away ends it quietly', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield `${line({ id: 'a' })}\n`
      })(),
    )
    let taken = 0
    const head = new Writable({
      write: (chunk: Buffer, _, done) => {
        taken += chunk.length
        done(taken > 200_000 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null)
      },
    })
    const { status, said } = await run([], { stdin: endless, stdout: head })
    expect(status).toBe(0)
    expect(said).toBe('')
  })

  test('a full disk is told', async () => {
    const full = new Writable({
      write: (_chunk, _, done) => done(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })),
    })
    const { status, said } = await run([vectors], { stdout: full })
    expect(status).toBe(1)
    expect(said).toBe('taskbeat: the verdicts cannot be written: ENOSPC: no space left\n')
  })

  test('a slow reader holds it back', async () => {
    let produced = 0
    const much = Readable.from(
      (function* () {
        for (let count = 0; count < 20_000; count++) {
          produced++
          yield `${line({ id: 'a' })}\n`
        }
      })(),
    )
    let mostAhead = 0
    let taken = 0
    const slow = new Writable({
      write: (chunk: Buffer, _, done) => {
        taken += chunk.toString().split('\n').length - 1
        mostAhead = Math.max(mostAhead, produced - taken)
        setImmediate(done)
      },
    })
    expect((await run([], { stdin: much, stdout: slow })).status).toBe(0)
    expect(taken).toBe(20_000)
    expect(mostAhead).toBeLessThan(2_000)
  })

  test('a signal ends it with 128 and its number', async () => {
    const stop = new AbortController()
    const silent = new PassThrough()
    const ended = run([], { stdin: silent, stop: stop.signal })
    setTimeout(() => stop.abort('SIGINT'), 50)
    expect((await ended).status).toBe(130)
  })

  test('a hundred megabytes need no more memory than ten', { timeout: 120_000 }, async () => {
    await using dir = await temporaryDirectory()
    const script = join(dir.path, 'run.ts')
    await writeFile(
      script,
      `import { judge } from ${JSON.stringify(join(import.meta.dirname, '../../src/commands/judge.ts'))}
const settings = { resultHandling: 'upload', watchMode: 'watch' }
const stop = new AbortController().signal
const [stdin, stdout, stderr] = [() => process.stdin, () => process.stdout, () => process.stderr]
process.exitCode = await judge.run({ settings, operands: [], stop, stdin, stdout, stderr } as never)
process.stderr.write(\`peak \${process.resourceUsage().maxRSS}\\n\`)
`,
    )
    const peak = async (megabytes: number) => {
      const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'pipe'] })
      const vector = await readFile(vectors)
      const said = text(child.stderr)
      Readable.from(
        (function* () {
          for (let bytes = 0; bytes < megabytes * 1e6; bytes += vector.length) yield vector
        })(),
      ).pipe(child.stdin)
      return Number(/peak (\d+)/.exec(await said)?.[1])
    }
    const small = await peak(10)
    expect(small).toBeGreaterThan(0)
    expect(await peak(100)).toBeLessThan(small * 1.5 + 50_000)
  })
})
