import { once } from 'node:events'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { type Child, startChild } from '../../../src/workload/child/start-child.ts'

const start = (...command: string[]) =>
  startChild({ command, environment: { PATH: process.env.PATH, SEEN: 'yes' }, capturesOutput: true })

const stdoutOf = (child: Child) => text(child.output?.stdout ?? Readable.from([]))

/** Signals that end a process unless it does something about them, and SIGKILL. */
const deadly = Object.entries(constants.signals).filter(
  ([name]) => !/^SIG(CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH)$/.test(name),
)

it('all 256 exit statuses are reported as they are', async () => {
  const statuses = Array.from({ length: 256 }, (_, status) => status)
  const seen: number[] = []
  for (const status of statuses) seen.push((await start('sh', '-c', `exit ${status}`).exited).status)
  expect(seen).toEqual(statuses)
})

it.each(deadly)('a command that dies by %s has 128 + its number', async (name, number) => {
  const { status, signal } = await start('sh', '-c', `ulimit -c 0; kill -${number} $$`).exited
  expect(status).toBe(128 + number)
  // some signals have two names
  expect(constants.signals[signal ?? 'SIGKILL']).toBe(constants.signals[name as NodeJS.Signals])
})

it.each([
  { what: 'not there', command: ['taskbeat-no-such-command'], status: 127, startError: 'ENOENT' },
  { what: 'not there, by its path', command: ['/nowhere/x'], status: 127, startError: 'ENOENT' },
  { what: 'not to be executed', command: ['/etc/passwd'], status: 126, startError: 'EACCES' },
  { what: 'below a file', command: ['/etc/passwd/x'], status: 127, startError: 'ENOTDIR' },
  { what: 'too long', command: ['/x'.repeat(4_000)], status: 127, startError: 'ENAMETOOLONG' },
  { what: 'a directory', command: ['/tmp'], status: 126, startError: 'EACCES' },
])('a command that is $what has $status', async ({ command, status, startError }) => {
  const child = start(...command)
  expect(child.hasExited()).toBe(true)
  expect(await child.exited).toEqual({ status, signal: undefined, startError })
  // nothing to reach, and nobody else is reached
  child.signal('SIGKILL')
  expect(child.signalGroup(0)).toBe(false)
})

it('it leads a process group and a session of its own', async () => {
  const child = start('sh', '-c', 'cut -d" " -f1,5,6 /proc/$$/stat')
  const [pid, group, session] = (await stdoutOf(child)).trim().split(' ')
  expect([group, session]).toEqual([pid, pid])
  expect(pid).toBe(String(child.pid))
})

it('it gets its environment, and its arguments as they are', async () => {
  const child = start('sh', '-c', 'printf "%s|" "$SEEN" "$@"', 'sh', 'a b', '$HOME', '*', '')
  expect(await stdoutOf(child)).toBe('yes|a b|$HOME|*||')
})

it('a signal reaches the command, and one to the group all of it', async () => {
  const child = start(
    'sh',
    '-c',
    'trap "echo outer" USR1; (trap "echo inner" USR1; echo ready; while :; do sleep 0.05; done) & echo ready; while :; do wait; done',
  )
  let seen = ''
  child.output?.stdout.on('data', (chunk: Buffer) => {
    seen += chunk
  })
  const until = async (pattern: RegExp) => {
    while (!pattern.test(seen)) await once(child.output?.stdout ?? process, 'data')
  }
  await until(/ready\n(.*\n)*ready/)
  child.signal('SIGUSR1')
  await until(/outer/)
  expect(seen).not.toContain('inner')
  child.signalGroup('SIGUSR1')
  await until(/inner/)
  child.signalGroup('SIGKILL')
  expect((await child.exited).signal).toBe('SIGKILL')
})
