import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  claimLock,
  isCertainlyAlive,
  lockPath,
  type Owner,
  parseOwner,
  parseStat,
} from '../../src/progress/lock.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const owner: Owner = { pid: 7, startTime: '4242', bootId: 'boot-1', pidNamespace: 'pid:[1]' }

/** The text of `/proc/7/stat` of a process in that state, with fields as in proc_pid_stat(5). */
const statOf = (state: string, startTime: string) =>
  `7 (a) odd (name) ${state} 1 7 7 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 11 0 ${startTime} 1000 200`

describe('an owner', () => {
  it.each([
    {
      what: 'lives: same boot, namespace, pid and start',
      here: owner,
      stat: statOf('S', '4242'),
      lives: true,
    },
    {
      what: 'of another boot',
      here: { ...owner, bootId: 'boot-2' },
      stat: statOf('S', '4242'),
      lives: false,
    },
    {
      what: 'of another container',
      here: { ...owner, pidNamespace: 'pid:[2]' },
      stat: statOf('S', '4242'),
      lives: false,
    },
    { what: 'whose pid another process has now', here: owner, stat: statOf('R', '5000'), lives: false },
    { what: 'whose pid nobody has', here: owner, stat: undefined, lives: false },
    { what: 'that is dead, but not yet reaped', here: owner, stat: statOf('Z', '4242'), lives: false },
    { what: 'of which /proc says nothing that we know', here: owner, stat: 'unknown', lives: false },
  ])('$what: $lives', ({ here, stat, lives }) => {
    expect(isCertainlyAlive(owner, here, stat)).toBe(lives)
  })

  it('is found in /proc whatever its name is', () => {
    expect(parseStat(statOf('S', '4242'))).toEqual({ pid: 7, startTime: '4242' })
  })

  it.each([
    { text: JSON.stringify(owner), named: owner },
    { text: '', named: undefined },
    { text: JSON.stringify(owner).slice(0, 20), named: undefined },
    { text: '7', named: undefined },
    { text: JSON.stringify({ ...owner, pid: '7' }), named: undefined },
    { text: JSON.stringify({ ...owner, bootId: undefined }), named: undefined },
  ])('in the text $text is $named', ({ text, named }) => {
    expect(parseOwner(text)).toEqual(named)
  })
})

/** The owner that a process of this machine would write into its lock. */
const describeProcess = (pid: number): Owner => ({
  ...(parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')) as Pick<Owner, 'pid' | 'startTime'>),
  bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  pidNamespace: readlinkSync(`/proc/${pid}/ns/pid`),
})

describe.runIf(process.platform === 'linux')('a lock', () => {
  it('that a living process has is left to it', async () => {
    await using dir = await temporaryDirectory()
    const lock = lockPath(dir.path)
    const other = spawn('sleep', ['infinity'])
    await once(other, 'spawn')
    const text = JSON.stringify(describeProcess(Number(other.pid)))
    await mkdir(join(dir.path, '.taskbeat'))
    await writeFile(lock, text)
    try {
      expect(claimLock(lock)).toEqual({ kind: 'held', pid: other.pid })
      expect(await readFile(lock, 'utf8')).toBe(text)
    } finally {
      other.kill('SIGKILL')
    }
    await once(other, 'exit')
    expect(claimLock(lock)).toMatchObject({ kind: 'ours' })
    expect(parseOwner(await readFile(lock, 'utf8'))).toEqual(describeProcess(process.pid))
  })

  it.each([
    { what: 'a torn one', text: '{"pid":' },
    { what: 'an empty one', text: '' },
    {
      what: 'one of this process before it became this program',
      text: JSON.stringify(describeProcess(process.pid)),
    },
  ])('is taken over from $what', async ({ text }) => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, '.taskbeat'))
    await writeFile(lockPath(dir.path), text)
    expect(claimLock(lockPath(dir.path))).toMatchObject({ kind: 'ours' })
    expect(parseOwner(await readFile(lockPath(dir.path), 'utf8'))).toMatchObject({ pid: process.pid })
  })

  it('is refused to a second task of the same process until the first one ends', async () => {
    await using dir = await temporaryDirectory()
    const first = claimLock(lockPath(dir.path))
    expect(claimLock(lockPath(dir.path))).toEqual({ kind: 'held', pid: process.pid })
    if (first.kind === 'ours') first.release()
    expect(claimLock(lockPath(dir.path))).toMatchObject({ kind: 'ours' })
  })

  it('leaves nothing behind when it is released, and nobody else’s lock alone', async () => {
    await using dir = await temporaryDirectory()
    const first = claimLock(lockPath(dir.path))
    await writeFile(lockPath(dir.path), JSON.stringify(owner))
    if (first.kind === 'ours') first.release()
    expect(parseOwner(await readFile(lockPath(dir.path), 'utf8'))).toEqual(owner)
    const second = claimLock(lockPath(dir.path))
    if (second.kind === 'ours') second.release()
    expect(await readdir(dir.path)).toEqual([])
  })

  it('that cannot be taken is no reason to fail', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(lockPath(dir.path), 'deep'), { recursive: true })
    expect(claimLock(lockPath(dir.path))).toMatchObject({ kind: 'ours' })
  })
})
