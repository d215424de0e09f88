import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sh } from '../emulator/tiny-tasks.ts'
import { runCli, startCli, temporaryDirectory } from '../support/run-cli.ts'

const emulate = ['emulate', '--ports', 'auto', '--time-scale', '50']
/** A file is stale after 30 s: later than a busy machine stalls. */
const emulatePatiently = ['emulate', '--ports', 'auto', '--time-scale', '10']
const whole = 'say 0 ""; sleep 1; save a'
const reused = sh('say 0 ""; sleep 1; save a; say 50 a; sleep 1; say 60 a; sleep 30')
const simulate = [
  process.execPath,
  resolve('dist/cli.js'),
  'simulate',
  '--delay',
  '0.01',
  '--dwell',
  '0.5',
  '--drain',
  '60',
]

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

describe.concurrent('taskbeat emulate', () => {
  it('ends with 0 for a task without a fault, and says so in the last line', async () => {
    const { status, stderr } = await runCli([...emulatePatiently, '--', ...simulate])
    expect(lastLine(stderr)).toBe('COMPLETED: 100 percent, and all results are complete, without a finding')
    expect(stderr).toContain("Changing status from 'QUEUED' to 'LAUNCHED'")
    expect(stderr).toContain("Changing status from 'LAUNCHED' to 'RUNNING'")
    expect(stderr).toContain("Changing status from 'RUNNING' to 'COMPLETED'")
    expect(stderr).toMatch(
      / {2}traces {3}\d+ items in \d+ requests?, \d+ emitted, \d+ delivered by its own count, 0 lost/,
    )
    expect(stderr).toContain("The platform's own limits were divided by 10")
    expect(status).toBe(0)
  })

  it('ends with 1 for a fault, with what was seen, what the platform does, and the remedy', async () => {
    const { status, stderr } = await runCli([...emulate, '--signals', 'none', '--', ...reused])
    expect(lastLine(stderr)).toBe(
      "ERRORED: user actionable error: result name: 'a' is invalid: duplicate name key between consecutive progress updates",
    )
    expect(stderr).toContain("  ERROR    name-repeated: 'a' again, now with 60 percent")
    expect(stderr).toContain('platform: ERRORED: duplicate name key')
    expect(stderr).toContain('remedy:   give each new percentage')
    expect(status).toBe(1)
  })

  it('accepts what is allowed', async () => {
    const task = sh('say 0 ""; sleep 1; save a; : >$d/a/log; say 100 a')
    const { status, stderr } = await runCli([
      ...emulate,
      '--signals',
      'none',
      '--allow',
      'results-empty-file',
      '--',
      ...task,
    ])
    expect(stderr).toContain('results-empty-file (allowed)')
    expect(status).toBe(0)
  })

  it('prints the report as JSON, and nothing else, on standard output', async () => {
    await using dir = await temporaryDirectory()
    const junit = join(dir.path, 'junit.xml')
    const task = ['sh', '-c', 'echo from the task; exit 3']
    const args = ['--json', '--junit', junit, '--keep', join(dir.path, 'kept'), '--', ...task]
    const { status, stdout, stderr } = await runCli([...emulate, ...args])
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({
      verdict: 'ERRORED',
      reason: 'CONTAINER task EXITED, CODE=3',
      task: { status: 3, outputTail: 'from the task\n' },
    })
    expect(stderr).toContain('from the task')
    expect(await readFile(junit, 'utf8')).toMatch(/name="exit-status" time="0"><failure message="status 3/)
    expect(JSON.parse(await readFile(join(dir.path, 'kept', 'report.json'), 'utf8'))).toEqual(report)
    expect(existsSync(join(dir.path, 'kept', 'task', 'results'))).toBe(true)
    expect(status).toBe(1)
  })

  it('runs beside others without disturbing them', async () => {
    const runs = await Promise.all(
      [1, 2, 3].map(() => runCli([...emulatePatiently, '--json', '--', ...simulate])),
    )
    for (const { status, stdout } of runs) {
      expect(status).toBe(0)
      const { telemetry } = JSON.parse(stdout)
      expect(telemetry.traces).toMatchObject({ lost: 0, duplicates: 0 })
      expect(telemetry.traces.arrived).toBe(telemetry.traces.emitted)
    }
  })

  it.each([
    { what: 'one that ends on SIGTERM', trap: '', times: 1, status: 130 },
    { what: 'one that does not, at the second one', trap: `trap '' TERM;`, times: 2, status: 130 },
  ])('Ctrl-C ends the task, $what, and leaves nothing behind', async ({ trap, times, status }) => {
    const script = `${trap} (sleep 60 & echo $! ; wait) & echo $$ $NVCT_RESULTS_DIR; while :; do sleep 0.1; done`
    const { child, ended } = startCli([...emulate, '--', 'sh', '-c', script])
    let stdout = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    while (stdout.trim().split('\n').length < 2) await setTimeout(20)
    const [, pid = '', resultsDir = ''] = /^(\d+) (\S+)$/m.exec(stdout) ?? []
    const grandchild = /^(\d+)$/m.exec(stdout)?.[1]
    expect(isAlive(Number(pid))).toBe(true)
    expect(existsSync(resultsDir)).toBe(true)

    child.kill('SIGINT')
    if (times === 2) {
      await setTimeout(300)
      child.kill('SIGINT')
    }
    expect((await ended).status).toBe(status)
    while (isAlive(Number(pid)) || isAlive(Number(grandchild))) await setTimeout(20)
    expect(existsSync(resultsDir)).toBe(false)
  })

  it('says how to go on where the platform’s ports are taken', async () => {
    const holder = createServer()
    const isOurs = await new Promise<boolean>((done) => {
      holder.once('error', () => done(false))
      holder.listen(14357, '127.0.0.1', () => done(true))
    })
    const { status, stderr } = await runCli(['emulate', '--', 'true'])
    expect(stderr).toMatch(/14357.*--ports auto/)
    expect(status).toBe(64)
    if (isOurs) holder.close()
  })

  it.each([
    { args: [], says: 'nothing to run: name a command after --' },
    { args: ['--fault', 'sideways', '--', 'true'], says: "'sideways' is no fault" },
    {
      args: ['--scenario', '/nonexistent', '--', 'true'],
      says: "the scenario '/nonexistent' cannot be read",
    },
    { args: ['--allow', 'name-repeatd', '--', 'true'], says: "--allow is 'name-repeatd'" },
    { args: ['--image', 'x', '--env', 'secret-value'], says: '--env number 1 is not NAME=VALUE' },
    { args: ['--env', 'A=secret-value', '--', 'true'], says: '--env is for the container of --image' },
    { args: ['--junit', '/nonexistent/x.xml', '--', 'true'], says: "'/nonexistent' is no directory" },
    { args: ['--signals', 'spans', '--', 'true'], says: '--signals is' },
    { args: ['true'], says: 'the command to run comes after --' },
  ])('$args is wrong use, and says why', async ({ args, says }) => {
    const { status, stderr } = await runCli(['emulate', ...args])
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('secret-value')
    expect(status).toBe(64)
  })

  it('keeps its verdict where the reader of the task’s output goes away', async () => {
    const task = sh(`${whole}; yes | head -c 3000000; say 100 a`)
    const shell = '("$@"; echo "status $?" >&2) | head -c 10'
    const { stderr } = await runCli([...emulate, '--signals', 'none', '--', ...task], { shell })
    expect(stderr).toContain('COMPLETED: 100 percent')
    expect(stderr).toContain('status 0')
  })

  it.each([
    ['has a session of its own', `setsid sh -c 'echo $$; exec sleep 60' &`],
    // as some programs that write a title over it
    ['has lost its environment', `set -m; env -i sh -c 'echo $$; exec sleep 60' & set +m;`],
  ])('ends what left the task’s process group, also if it %s', async (_, leave) => {
    const task = sh(`${leave} ${whole}; say 100 a; wait`)
    const { status, stdout } = await runCli([...emulate, '--signals', 'none', '--', ...task])
    expect(status).toBe(0)
    while (isAlive(Number(stdout))) await setTimeout(20)
  })

  it('waits for as long as it was told, a hundred days too', async () => {
    const task = sh(`${whole}; say 100 a; sleep 1`)
    const args = ['--grace', '2400h', '--fault', 'cancel@2400h', '--signals', 'none']
    const { stderr } = await runCli([...emulate, ...args, '--', ...task])
    expect(lastLine(stderr)).toContain('COMPLETED')
  })

  it('lists the faults in its help', async () => {
    const { stdout } = await runCli(['emulate', '--help'])
    expect(stdout).toContain('taskbeat emulate -- taskbeat simulate')
    expect(stdout).toContain('throttled[=TIME][@FROM[-TO]]')
    expect(stdout).toContain('cancel@AT')
  })
})
