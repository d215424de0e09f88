import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Overview } from '../../src/view/api.ts'
import { readRuns } from '../../src/view/page/data/embedded-runs.ts'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'
import { addressOf } from '../view/address-of.ts'

/** The processes that serve a page of this directory's runs: the kernel knows their children's parents, we their order. */
const pagesOf = (pid: number | undefined) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return parent === pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('late-view-process')
      } catch {
        return false
      }
    })
    .map(Number)

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const get = async (address: string) => (await fetch(address)).json() as Promise<Overview>

/** Opens the events, as the page does; `toTheEnd` reads them until the run has ended, and takes what is handed over. */
const watch = async (address: string) => {
  const stop = new AbortController()
  const response = await fetch(`${address}events`, { signal: stop.signal })
  return { toTheEnd: () => readToTheEnd(address, response, stop) }
}

const readToTheEnd = async (address: string, response: Response, stop: AbortController) => {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!/event: ended\ndata: .*\n\n/.test(text)) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) throw new Error('the events have ended')
    text += value
  }
  const { body } = await fetch(`${address}bundle`)
  const taken = body ? await readRuns(body) : undefined
  stop.abort()
  return { sentence: /event: ended\ndata: .*"sentence":"([^"]*)"/.exec(text)?.[1], taken }
}

describe('run --ui', () => {
  it('shows the run while it lasts, and leaves it to the page when it has ended', async () => {
    await using directory = await temporaryDirectory()
    const results = join(directory.path, 'results')
    const training = `echo '<b>begun</b>'; until [ -e ${directory.path}/go ]; do sleep 0.05; done; exit 3`
    await using run = startCli(['run', '--ui', '--results-dir', results, '--', 'sh', '-c', training])
    const address = await addressOf(run, 'stderr')
    await until(async () => {
      const { logCounts = [] } = await get(`${address}runs/0/overview`)
      return logCounts.some((count) => count > 0)
    })
    expect(await get(`${address}runs/0/overview`)).toMatchObject({ state: 'running', isLive: true })
    const watched = await watch(address)
    const [page = 0] = pagesOf(run.child.pid)
    await runCli([], { shell: `touch ${directory.path}/go` })
    const { sentence, taken } = await watched.toTheEnd()
    expect(sentence).toBe(`This run has ended: taskbeat view ${results} shows it again.`)
    expect(await taken?.runs[0]?.overview()).toMatchObject({ state: 'failed', isLive: false })
    const { status, stdout, stderr } = await run.ended
    expect({ status, stdout }).toEqual({ status: 3, stdout: '<b>begun</b>\n' })
    expect(stderr).toContain(`taskbeat: look at it: ${address}\n`)
    expect(stderr.trimEnd().split('\n').at(-1)).not.toContain('look at it')
    expect(isAlive(page)).toBe(false)
  })

  it('a run that is killed leaves no page behind', async () => {
    await using directory = await temporaryDirectory()
    await using run = startCli(['run', '--ui', '--results-dir', directory.path, '--', 'sleep', '60'])
    await addressOf(run, 'stderr')
    const [page = 0] = pagesOf(run.child.pid)
    expect(isAlive(page)).toBe(true)
    run.child.kill('SIGKILL')
    await until(() => !isAlive(page))
  })

  it.each([
    { who: 'of several ranks those that nobody is shown keep their output', env: { RANK: '1' }, isOwn: true },
    { who: 'without a logbook a command keeps its output', env: { TASKBEAT_LOGBOOK_MB: '0' }, isOwn: true },
    { who: 'what is shown passes through us', env: {}, isOwn: false },
  ])('$who', async ({ env, isOwn }) => {
    await using directory = await temporaryDirectory()
    const isSame = '[ "$(readlink /proc/$PPID/fd/1)" = "$(readlink /proc/$$/fd/1)" ]'
    const args = ['run', '--ui', '--results-dir', directory.path, '--', 'sh', '-c', isSame]
    expect((await runCli(args, { env })).status).toBe(isOwn ? 0 : 1)
  })

  it('a port that is taken costs a line and nothing else', async () => {
    await using directory = await temporaryDirectory()
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const args = ['run', '--ui', '--ui-port', `${port}`, '--results-dir', directory.path]
    await using run = startCli(
      [...args, '--', 'sh', '-c', 'while ! [ -e stop ]; do sleep 0.05; done; exit 4'],
      {
        cwd: directory.path,
      },
    )
    await new Promise<void>((resolve) => {
      run.child.stderr?.on('data', (text) => {
        if (String(text).includes('no page')) resolve()
      })
    })
    await runCli([], { shell: `touch ${directory.path}/stop` })
    const { status, stderr } = await run.ended
    expect(status).toBe(4)
    expect(stderr).toContain(`taskbeat: no page: --ui-port is ${port}, but another program listens there`)
    other.close()
  })

  it('nothing is shown of a run that keeps no logbook', async () => {
    await using directory = await temporaryDirectory()
    const { status, stderr } = await runCli(['run', '--ui', '--results-dir', directory.path, '--', 'true'], {
      env: { TASKBEAT_LOGBOOK_MB: '0' },
    })
    expect(status).toBe(0)
    expect(stderr).toContain('taskbeat: no page: with TASKBEAT_LOGBOOK_MB at 0 there is nothing to show\n')
  })
})

describe('emulate --ui', () => {
  it('shows what the platform sees, and removes its files only when the page has them', async () => {
    await using directory = await temporaryDirectory()
    const temporary = join(directory.path, 'tmp')
    const wait = `until [ -e ${directory.path}/go ]; do sleep 0.05; done`
    await using emulation = startCli(
      ['emulate', '--ui', '--signals', 'none', '--', 'sh', '-c', `mkdir -p ${temporary}; ${wait}; exit 5`],
      { env: { TMPDIR: directory.path, TASKBEAT_UI_PORT: '0' } },
    )
    const address = await addressOf(emulation, 'stderr')
    await until(async () => {
      const { statuses = [] } = await get(`${address}runs/0/overview`)
      return statuses.length > 0
    })
    const watched = await watch(address)
    await runCli([], { shell: `touch ${directory.path}/go` })
    const { sentence, taken } = await watched.toTheEnd()
    expect(sentence).toBe('This task has ended: its files are gone, --keep DIR keeps them.')
    expect((await taken?.runs[0]?.overview())?.statuses.map(({ status }) => status)).toContain('LAUNCHED')
    expect((await emulation.ended).status).toBe(1)
    expect(readdirSync(directory.path).filter((name) => name.startsWith('taskbeat-'))).toEqual([])
  })
})
