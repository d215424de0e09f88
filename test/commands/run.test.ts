import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLiving, readProcess } from '../../src/processes/process-table.ts'
import { hasPython } from '../emulator/tiny-tasks.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { type CliOptions, runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

const run = (
  dir: string,
  command: readonly string[],
  options: CliOptions = {},
  flags: readonly string[] = [],
) => startCli(['run', '--results-dir', dir, ...flags, '--', ...command], options)

const sh = (script: string) => ['sh', '-c', script]

const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'))

/** Whether a process runs, which one that has ended but that nobody waited for does not. */
const lives = (pid: number) => {
  const entry = readProcess(pid)
  return entry !== undefined && isLiving(entry)
}

/** With and without pipes of ours between the command and its output. */
const ways = [
  { way: 'as it is', flags: [] },
  { way: 'captured', flags: ['--console', 'text'] },
] as const

describe.concurrent.each(ways)('output $way', ({ flags }) => {
  it('passes byte for byte, standard input too', async () => {
    await using dir = await temporaryDirectory()
    const script = 'printf "a\\000b\\377\\r\\n\\033[1mno newline"; printf "err" >&2; cat >/dev/null'
    const { stdout, stderr, status } = await run(dir.path, sh(script), {}, flags).ended
    expect(Buffer.from(stdout).equals(Buffer.from('a\0b\ufffd\r\n\u001b[1mno newline'))).toBe(true)
    expect(stderr).toContain('err')
    expect(status).toBe(0)
  })

  it('a reader that goes away ends a command that writes on', async () => {
    await using dir = await temporaryDirectory()
    const shell = `"$@" | head -c 100000 | wc -c; echo "\${PIPESTATUS[0]}"`
    const { stdout } = await run(dir.path, ['yes'], { shell }, flags).ended
    expect(stdout).toBe(`100000\n${128 + constants.signals.SIGPIPE}\n`)
  })

  it.each([0, 1, 2, 64, 73, 78, 124, 126, 127, 128, 143, 255])('status %i is ours', async (status) => {
    await using dir = await temporaryDirectory()
    expect((await run(dir.path, sh(`exit ${status}`), {}, flags).ended).status).toBe(status)
  })

  it('an end by a signal is 128 + n', async () => {
    await using dir = await temporaryDirectory()
    expect((await run(dir.path, sh('kill -USR1 $$'), {}, flags).ended).status).toBe(138)
  })
})

const forwarded = [
  ...['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'CONT', 'WINCH', 'TSTP', 'ALRM', 'VTALRM', 'PROF'],
  ...['IO', 'PWR', 'URG', 'XCPU', 'STKFLT'],
]

it('a reader that is slow gets everything, also what was printed right before the end', async () => {
  await using dir = await temporaryDirectory()
  const shell = '"$@" | (sleep 4; cat) | wc -lc'
  const { stdout } = await run(dir.path, ['seq', '25000'], { shell }, ['--progress-preset', 'tqdm']).ended
  expect(stdout.trim().split(/\s+/)).toEqual(['25000', '138894'])
})

it.runIf(hasPython)('a pipe that the command shares with us stays as it is, whatever we load', async () => {
  await using dir = await temporaryDirectory()
  const script =
    'import fcntl, os, time; time.sleep(1.5); print([fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (1, 2)])'
  const shell = '"$@" 2> >(cat >&2) | cat'
  const flags = ['--endpoint', 'http://127.0.0.1:1', '--no-logs', '--drain', '0']
  const { stdout } = await run(dir.path, ['python3', '-c', script], { shell }, flags).ended
  expect(stdout).toBe('[0, 0]\n')
})

it('every signal that may be caught reaches the command, once', async () => {
  await using dir = await temporaryDirectory()
  const names = forwarded.join(' ')
  const traps = `for s in ${names}; do trap "echo $s" $s; done`
  await using task = run(dir.path, [
    'bash',
    '-c',
    `${traps}; echo ready; until [ -e ${dir.path}/end ]; do sleep 0.02; done`,
  ])
  let seen = ''
  task.child.stdout?.on('data', (chunk) => {
    seen += chunk
  })
  await until(() => seen.includes('ready'))
  for (const name of forwarded) {
    task.child.kill(`SIG${name}` as NodeJS.Signals)
    await until(() => seen.includes(`${name}\n`))
  }
  await runCli(['run', '--results-dir', join(dir.path, 'other'), '--', 'touch', join(dir.path, 'end')])
  await task.ended
  expect(seen.trim().split('\n').slice(1)).toEqual(forwarded)
})

describe.concurrent('what cannot start', () => {
  it.each([
    { what: 'no command', args: ['run'], status: 64, says: /run needs a command after --/ },
    { what: 'an empty command', args: ['run', '--', ''], status: 64, says: /run needs a command after --/ },
    { what: 'a command before --', args: ['run', 'python', 'x.py'], status: 64, says: /comes after --/ },
    {
      what: 'an unknown option',
      args: ['run', '--stal', '5s', '--', 'true'],
      status: 64,
      says: /did you mean --stall/,
    },
    {
      what: 'a wrong duration',
      args: ['run', '--stall', '5', '--', 'true'],
      status: 64,
      says: /--stall is '5', but accepted is a duration/,
    },
    {
      what: 'a broken pattern',
      args: ['run', '--progress-pattern', '(?<step>', '--', 'true'],
      status: 64,
      says: /regular expression/,
    },
    {
      what: 'a pattern that says nothing',
      args: ['run', '--progress-pattern', '\\d+', '--', 'true'],
      status: 64,
      says: /\(\?<step>…\)/,
    },
    {
      what: 'checkpoints elsewhere',
      args: ['run', '--checkpoints', '../x', '--', 'true'],
      status: 78,
      says: /the pattern "\.\.\/x"/,
    },
    {
      what: 'a certificate that is not there',
      args: ['run', '--endpoint', 'https://127.0.0.1:1', '--', 'true'],
      env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' },
      status: 78,
      says: /nowhere\.pem/,
    },
  ])('$what: $status, one sentence, and nothing has run', async ({ args, status, says, env = {} }) => {
    await using dir = await temporaryDirectory()
    const end = await runCli(args, { env: { NVCT_RESULTS_DIR: join(dir.path, 'results'), ...env } })
    expect(end.status).toBe(status)
    expect(end.stderr).toMatch(says)
    expect(end.stdout).toBe('')
  })

  it('a command that is not there: 127, and the file says that a task was here', async () => {
    await using dir = await temporaryDirectory()
    const { status, stderr } = await run(dir.path, ['taskbeat-no-such-command']).ended
    expect(status).toBe(127)
    expect(stderr).toMatch(/taskbeat-no-such-command could not be started: there is no such command/)
    expect(await json(dir.path, 'progress')).toMatchObject({ percentComplete: 0, name: '' })
  })
})

it('what the command finds in its environment', async () => {
  await using dir = await temporaryDirectory()
  const env = {
    NVCT_TASK_ID: 't-1',
    OTEL_TRACES_EXPORTER: 'console',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  const { stdout } = await run(dir.path, ['env'], { env }, ['--dwell', '0', '--run-id', 'r-1']).ended
  const seen = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  )
  expect(seen).toMatchObject({
    NVCT_TASK_ID: 't-1',
    TASKBEAT_RUN_ID: 'r-1',
    TASKBEAT_ATTEMPT: '1',
    TASKBEAT_EVENTS: join(dir.path, '.taskbeat', 'events-1.jsonl'),
    TRACEPARENT: expect.stringMatching(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
    ),
  })
})

describe.concurrent('the end', () => {
  it('of a failure: verdict last, within 1,024 bytes, with the last lines, and in the summary', async () => {
    await using dir = await temporaryDirectory()
    const script =
      'echo \'{"step":7,"total_steps":10}\' >>$TASKBEAT_EVENTS; echo "ValueError: the last words" >&2; exit 3'
    const { stderr, status } = await run(dir.path, sh(script), {}, [
      '--console',
      'text',
      '--traces-exporter',
      'none',
      '--metrics-exporter',
      'none',
    ]).ended
    expect(status).toBe(3)
    const verdict = stderr.slice(stderr.lastIndexOf('taskbeat: '))
    expect(verdict).toMatch(
      /^taskbeat: failed with status 3 .*\n.*ValueError: the last words\n.*last step 7 of 10/,
    )
    expect(Buffer.byteLength(verdict)).toBeLessThanOrEqual(1_024)
    expect(await json(dir.path, '.taskbeat', 'summary.json')).toMatchObject({
      outcome: { kind: 'failed', exitStatus: 3, stalled: false },
      progress: { step: 7, totalSteps: 10, percent: 70 },
      lastErrorLines: expect.arrayContaining(['ValueError: the last words']),
      childEvents: { used: 1 },
    })
    expect(await json(dir.path, 'progress')).toMatchObject({ percentComplete: 0 })
  })

  it('of a success without checkpoints: a summary carries 100', async () => {
    await using dir = await temporaryDirectory()
    const { status } = await run(dir.path, ['true']).ended
    expect(status).toBe(0)
    expect(await json(dir.path, 'progress')).toMatchObject({ percentComplete: 100, name: 'summary' })
    expect(await json(dir.path, 'summary', 'summary.json')).toMatchObject({
      command: 'true',
      outcome: { kind: 'succeeded' },
    })
    expect(await readFile(join(dir.path, 'summary', 'summary.md'), 'utf8')).toContain('succeeded')
  })

  it('of a stall: 124, stacks of who answers, and the command is gone', async () => {
    await using dir = await temporaryDirectory()
    const script =
      'trap "echo stack of the main thread" USR1; trap "echo terminated; exit 0" TERM; echo started; while :; do sleep 0.05; done'
    const { status, stdout, stderr } = await run(dir.path, sh(script), {}, ['--stall', '300ms']).ended
    expect(status).toBe(124)
    expect(stdout).toBe('started\nstack of the main thread\nterminated\n')
    expect(stderr).toMatch(/no progress for .*\(--stall\)/)
    expect(await json(dir.path, '.taskbeat', 'summary.json')).toMatchObject({ outcome: { stalled: true } })
  })

  it('leaves nothing of its process group behind', async () => {
    await using dir = await temporaryDirectory()
    const { stdout } = await run(dir.path, sh('sleep 600 >/dev/null 2>&1 & echo $!')).ended
    expect(lives(Number(stdout))).toBe(false)
  })
})

describe.concurrent('SIGTERM', () => {
  const started = async (dir: string, script: string, flags: readonly string[] = []) => {
    const task = run(dir, ['bash', '-c', script], {}, flags)
    const ready = Promise.withResolvers<void>()
    task.child.stdout?.on('data', (chunk) => String(chunk).includes('ready') && ready.resolve())
    await ready.promise
    task.child.kill('SIGTERM')
    return task
  }

  it('a last checkpoint is announced, then the status is that of the command', async () => {
    await using dir = await temporaryDirectory()
    const script = `save() { mkdir ${dir.path}/checkpoint-7; echo x >${dir.path}/checkpoint-7/done; exit 5; }; trap save TERM; echo ready; while :; do sleep 0.02; done`
    await using task = await started(dir.path, script, [
      '--checkpoints',
      'checkpoint-*',
      '--marker',
      'done',
      '--total-steps',
      '20',
    ])
    const { status, stderr } = await task.ended
    expect(status).toBe(5)
    expect(stderr).toMatch(/stopped by SIGTERM at \d+ % \(checkpoint-7\)/)
    expect(await json(dir.path, 'progress')).toMatchObject({ name: 'checkpoint-7' })
    expect(await json(dir.path, '.taskbeat', 'summary.json')).toMatchObject({
      outcome: { kind: 'stopped', signal: 'SIGTERM', exitStatus: 5 },
      endPhases: [{ name: 'workload' }, { name: 'checkpoints' }, { name: 'telemetry' }],
    })
  })

  it('a command that does not end is killed after the grace', async () => {
    await using dir = await temporaryDirectory()
    await using task = await started(dir.path, 'trap "" TERM; echo ready; while :; do sleep 0.05; done', [
      '--grace',
      '200ms',
    ])
    const { status, stderr } = await task.ended
    expect(status).toBe(137)
    expect(stderr).toMatch(/stopped by SIGTERM .*\(--grace\), and was killed/)
  })

  it('what a shell leaves running gets it too, once, and has the grace', async () => {
    await using dir = await temporaryDirectory()
    const inner = 'trap "echo saved; exit 0" TERM; echo ready; while :; do sleep 0.02; done'
    await using task = await started(dir.path, `bash -c '${inner}'; echo never`)
    const { status, stdout } = await task.ended
    expect(status).toBe(143)
    expect(stdout).toBe('ready\nsaved\n')
  })
})

it('a supervisor that is killed leaves the command to the next attempt, which ends it', async () => {
  await using dir = await temporaryDirectory()
  await using first = run(dir.path, sh('echo $$ >$NVCT_RESULTS_DIR/pid; exec sleep 600'), {
    env: { NVCT_RESULTS_DIR: dir.path },
  })
  const pid = async () => Number(await readFile(join(dir.path, 'pid'), 'utf8').catch(() => '0'))
  await until(async () => (await pid()) > 0)
  const attempt = async () => json(dir.path, '.taskbeat', 'attempt.json').catch(() => undefined)
  await until(async () => (await attempt())?.process?.pid === (await pid()))
  const journal = () => readFile(join(dir.path, '.taskbeat', 'journal.jsonl'), 'utf8').catch(() => '')
  await until(async () => (await journal()).includes('\n'))
  first.child.kill('SIGKILL')
  // its output stays open: the command has it too
  await once(first.child, 'exit')
  expect(lives(await pid())).toBe(true)
  const { status, stderr, stdout } = await run(dir.path, sh('echo $TASKBEAT_ATTEMPT')).ended
  expect([status, stdout]).toEqual([0, '2\n'])
  expect(stderr).toContain(String(await pid()))
  expect(lives(await pid())).toBe(false)
})

describe.concurrent('telemetry', () => {
  it('spans, metrics and logs of a command arrive, in one trace that it was told of', async () => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const script = [
      'import json, os, sys',
      'log = open(os.environ["TASKBEAT_EVENTS"], "a", buffering=1)',
      'say = lambda **line: log.write(json.dumps(line) + "\\n")',
      'print("parent", os.environ["TRACEPARENT"])',
      'print("WARNING: low on memory, Bearer abcdefgh12345678", file=sys.stderr)',
      'say(type="progress", step=5, total_steps=10, loss=0.5, grad_norm=2)',
      'say(type="span_start", id="1", name="evaluate")',
      'say(type="span_end", id="1")',
      'say(type="metric", name="tokens", value=7, kind="counter")',
      'say(type="event", name="resumed", attributes={"from": "x"})',
      'raise ValueError("bad batch")',
    ].join('\n')
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl, RANK: '0' }
    const end = await run(dir.path, ['python3', '-c', script], { env }).ended
    expect(end.status).toBe(1)
    const { spans, points, logs } = receiver.received
    const [, , traceId, spanId] = /parent (..)-(\w+)-(\w+)-/.exec(end.stdout) ?? []
    const task = spans.find(({ name }) => name === 'taskbeat.task')
    expect([task?.traceId, task?.spanId]).toEqual([traceId, spanId])
    expect(spans.find(({ name }) => name === 'evaluate')).toMatchObject({ traceId })
    const names = new Set(points.map(({ name }) => name))
    for (const name of [
      'taskbeat.training.loss',
      'taskbeat.training.grad_norm',
      'taskbeat.progress.age',
      'tokens',
    ])
      expect(names).toContain(name)
    const bodies = logs.map(({ body, severity }) => `${severity} ${body}`)
    expect(bodies).toContain('WARN WARNING: low on memory, Bearer [redacted]')
    expect(
      bodies.some((body) => body.startsWith('ERROR Traceback') && body.endsWith('ValueError: bad batch')),
    ).toBe(true)
    expect(bodies).toContainEqual(expect.stringMatching(/^ERROR task failed with status 1/))
    expect(end.stderr).toContain('Bearer abcdefgh12345678')
  })

  it.each([
    { what: 'nothing of it', flags: [], is: false },
    { what: 'it', flags: ['--console', 'text'], is: true },
  ])('with $flags $what is loaded', async ({ flags, is }) => {
    await using dir = await temporaryDirectory()
    const hooks = join(dir.path, 'hooks.mjs')
    const script = `import { registerHooks } from 'node:module'; import { appendFileSync } from 'node:fs'
      registerHooks({ load: (url, context, next) => (appendFileSync('${dir.path}/loaded', url + '\\n'), next(url, context)) })`
    await writeFile(hooks, script)
    const { stderr } = await run(dir.path, ['true'], { env: { NODE_OPTIONS: `--import ${hooks}` } }, flags)
      .ended
    const loaded = await readFile(join(dir.path, 'loaded'), 'utf8')
    expect(loaded).toContain('late-task-supervise-task.js')
    expect(/late-telemetry-start\.js/.test(loaded)).toBe(is)
    expect(stderr.startsWith('taskbeat: no telemetry: name a collector with --endpoint')).toBe(!is)
  })

  it('a collector that is not there changes nothing but the time to give up', async () => {
    await using dir = await temporaryDirectory()
    const flags = ['--endpoint', 'http://127.0.0.1:1', '--drain', '0.3']
    const { status, stdout, stderr } = await run(dir.path, sh('echo out; exit 4'), {}, flags).ended
    expect([status, stdout]).toEqual([4, 'out\n'])
    expect(stderr).not.toContain('telemetry lost')
    expect(stderr).toMatch(/\d+ spans, \d+ points, \d+ records wait in .*taskbeat replay/)
  })
})

describe.concurrent('ranks', () => {
  it('a rank other than 0 writes no progress, and its telemetry has its rank', async () => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl, RANK: '3', TASKBEAT_RUN_ID: 'r-1' }
    expect((await run(dir.path, sh('echo $TASKBEAT_RUN_ID'), { env }).ended).stdout).toBe('r-1\n')
    await expect(readFile(join(dir.path, 'progress'))).rejects.toThrow('ENOENT')
    const [span] = receiver.received.spans
    expect(span?.resource).toMatchObject({ 'taskbeat.rank': 3 })
  })

  it('a taskbeat inside of another leaves the file to it, and its events', async () => {
    await using dir = await temporaryDirectory()
    const inner = [
      process.execPath,
      join(process.cwd(), 'dist/cli.js'),
      'run',
      '--',
      ...sh('echo \'{"step":1,"total_steps":4}\' >>$TASKBEAT_EVENTS'),
    ]
    const { status } = await run(dir.path, inner, { env: { NVCT_RESULTS_DIR: dir.path } }).ended
    expect(status).toBe(0)
    expect(await json(dir.path, '.taskbeat', 'summary.json')).toMatchObject({
      progress: { step: 1, totalSteps: 4 },
    })
  })
})
