import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { identify } from '../../src/processes/identity.ts'
import {
  descendantsOf,
  groupMembers,
  isLiving,
  type ProcessEntry,
  readProcess,
} from '../../src/processes/process-table.ts'
import type { AttemptNotes, WorkloadProcess } from '../../src/task/attempt-file.ts'
import { endLeftover, followWorkload } from '../../src/task/leftover.ts'
import { manualClock } from '../support/manual-clock.ts'
import { until } from '../support/run-cli.ts'

const notesOf = (process?: WorkloadProcess): AttemptNotes => ({
  version: 1,
  runId: 'r1',
  attempt: 3,
  startedAt: '2026-11-20T09:00:00.000Z',
  ...(process && { process }),
})

const started: number[] = []

const killAll = (pids: readonly number[]) => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  }
}

afterEach(() => killAll(started.splice(0)))

interface Leftover {
  readonly child: ChildProcess
  readonly noted: WorkloadProcess
}

/** Starts a shell line as a workload, in a group of its own; it is there when it has so many descendants. */
const startWorkload = async (line: string, descendants: number): Promise<Leftover> => {
  const child = spawn('bash', ['-c', line], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  const pid = Number(child.pid)
  started.push(pid)
  await until(() => descendantsOf(pid).length === descendants)
  started.push(...descendantsOf(pid))
  const identity = identify(pid)
  if (!identity) throw new Error('a living process has no identity')
  return { child, noted: { ...identity, groupId: pid } }
}

const isThere = (pid: number) => {
  const entry = readProcess(pid)
  return entry !== undefined && isLiving(entry)
}

const graceMs = 60_000

interface EndOptions {
  /** What ends by which signal: the machine may be slow, and the clock waits for it. */
  readonly goneAfter?: Readonly<Record<string, readonly number[]>>
  readonly send?: (target: number, signal: NodeJS.Signals) => unknown
}

/** Ends a leftover while a clock of our own runs, far faster than the real one; what was done, and when. */
const endIt = async (
  notes: AttemptNotes | undefined,
  { goneAfter = {}, send = (target, signal) => process.kill(target, signal) }: EndOptions = {},
) => {
  const clock = manualClock()
  const kills: { target: number; signal: string; atMs: number }[] = []
  const told: string[] = []
  let isOver = false
  const over = endLeftover(notes, {
    clock,
    graceMs,
    kill: (target, signal) => {
      kills.push({ target, signal, atMs: clock.monotonicMs() })
      send(target, signal)
    },
    tell: (sentence) => told.push(sentence),
  }).finally(() => {
    isOver = true
  })
  while (!isOver) {
    const ending = kills.flatMap(({ signal }) => goneAfter[signal] ?? [])
    await until(() => !ending.some(isThere))
    await clock.advance(1_000)
    await setTimeout(1)
  }
  await over
  return { kills, told }
}

describe.runIf(process.platform === 'linux')('a workload that was left running', () => {
  it('is asked to end, and is gone', async () => {
    const { noted } = await startWorkload('sleep infinity & wait', 1)
    const all = groupMembers(noted.pid)
    const { kills, told } = await endIt(notesOf(noted), { goneAfter: { SIGTERM: all } })
    expect(groupMembers(noted.pid)).toEqual([])
    expect(kills).toEqual([{ target: -noted.pid, signal: 'SIGTERM', atMs: 0 }])
    expect(told).toEqual([
      `the workload of attempt 3 was still running (process ${noted.pid}), without its supervisor: it ended by SIGTERM`,
    ])
  })

  it('is killed after the grace, and not before, when it does not end', async () => {
    const { noted } = await startWorkload("trap '' TERM; sleep infinity & sleep infinity & wait", 2)
    const all = groupMembers(noted.pid)
    const { kills, told } = await endIt(notesOf(noted), { goneAfter: { SIGKILL: all } })
    expect(groupMembers(noted.pid)).toEqual([])
    expect(kills.filter(({ signal }) => signal === 'SIGTERM')).toHaveLength(1)
    const killed = kills.filter(({ signal }) => signal === 'SIGKILL')
    expect(killed[0]?.target).toBe(-noted.pid)
    expect(Math.min(...killed.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(graceMs)
    expect(told).toEqual([expect.stringContaining('it was killed, as it did not end by SIGTERM')])
  })

  it('is killed with what it had started in another group, as torchrun does', async () => {
    const { noted } = await startWorkload(`setsid bash -c "trap '' TERM; sleep infinity & wait" & wait`, 2)
    const others = descendantsOf(noted.pid)
    const goneAfter = { SIGTERM: [noted.pid], SIGKILL: others }
    const { kills, told } = await endIt(notesOf(noted), { goneAfter })
    expect(others.filter(isThere)).toEqual([])
    expect(kills.filter(({ target }) => target < 0)).toEqual([
      { target: -noted.pid, signal: 'SIGTERM', atMs: 0 },
    ])
    expect(told).toHaveLength(1)
  })

  it('is told of also where it cannot be ended', async () => {
    const { noted } = await startWorkload('exec sleep infinity', 0)
    const send = () => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' })
    }
    const { told } = await endIt(notesOf(noted), { send })
    expect(isThere(noted.pid)).toBe(true)
    expect(told).toEqual([expect.stringContaining('it could not be ended')])
  })

  it('is left alone when its leader is gone: the group might be another’s', async () => {
    const { child, noted } = await startWorkload('sleep infinity & wait', 1)
    const [member] = descendantsOf(noted.pid)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(groupMembers(noted.pid)).toEqual([member])
    expect(await endIt(notesOf(noted))).toEqual({ kills: [], told: [] })
    expect(isThere(Number(member))).toBe(true)
  })

  it.each<{ what: string; change: (noted: WorkloadProcess) => WorkloadProcess | undefined }>([
    { what: 'no process was noted', change: () => undefined },
    { what: 'another process has its pid', change: (noted) => ({ ...noted, startTime: '1' }) },
    { what: 'the machine was booted since', change: (noted) => ({ ...noted, bootId: 'before' }) },
    { what: 'it is of another container', change: (noted) => ({ ...noted, pidNamespace: 'pid:[1]' }) },
    { what: 'it leads no group', change: (noted) => ({ ...noted, groupId: noted.pid + 1 }) },
  ])('is left alone when $what', async ({ change }) => {
    const { noted } = await startWorkload('exec sleep infinity', 0)
    expect(await endIt(notesOf(change(noted)))).toEqual({ kills: [], told: [] })
    expect(isThere(noted.pid)).toBe(true)
  })

  it('is left alone when another one of its processes was noted', async () => {
    const { noted } = await startWorkload('sleep infinity & wait', 1)
    const [member] = descendantsOf(noted.pid)
    const identity = identify(Number(member))
    expect(identity).toBeDefined()
    const { kills } = await endIt(notesOf(identity && { ...identity, groupId: noted.groupId }))
    expect(kills).toEqual([])
  })

  it('is left alone when we are part of it', async () => {
    const [leftover, identity, clock] = ['task/leftover', 'processes/identity', 'clock'].map((name) =>
      JSON.stringify(resolve('src', `${name}.ts`)),
    )
    const script = `
      import { endLeftover } from ${leftover}
      import { identify } from ${identity}
      import { systemClock } from ${clock}
      const process_ = { ...identify('self'), groupId: process.pid }
      await endLeftover(
        { version: 1, runId: 'r1', attempt: 3, startedAt: '', process: process_ },
        { clock: systemClock, graceMs: 0, tell: console.log, kill: (...args) => console.log(args) },
      )
      console.log('lives')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    expect(await text(child.stdout)).toBe('lives\n')
  })
})

it('nothing was left without notes', async () => {
  expect(await endIt(undefined)).toEqual({ kills: [], told: [] })
})

describe('what is left of a workload', () => {
  const entry = (pid: number, parentPid: number, groupId: number, startTime = `${pid}`): ProcessEntry => ({
    pid,
    parentPid,
    groupId,
    startTime,
    sessionId: 10,
    state: 'S',
    name: 'python',
  })
  const leader = entry(10, 1, 10)
  const rank = entry(11, 10, 10)
  const worker = entry(12, 11, 12)
  const other = entry(20, 1, 20)

  it.each([
    { what: 'all of it', seen: [leader], table: [other, leader, rank, worker], left: [10, 11, 12] },
    {
      what: 'its group, without the leader',
      seen: [leader, rank],
      table: [rank, worker, other],
      left: [11, 12],
    },
    {
      what: 'what it had started',
      seen: [leader, rank, worker],
      table: [entry(12, 1, 12), other],
      left: [12],
    },
    { what: 'nothing', seen: [leader, rank], table: [other], left: [] },
    {
      what: 'nothing, and its number is that of another group',
      seen: [leader, rank],
      table: [entry(10, 1, 10, 'later'), entry(30, 10, 10)],
      left: [],
    },
    {
      what: 'one that has left the group, whose number another group has',
      seen: [leader, worker],
      table: [worker, entry(10, 1, 10, 'later')],
      left: [12],
    },
  ])('is $what', ({ seen, table, left }) => {
    expect(
      followWorkload(seen, 10, table)
        .map(({ pid }) => pid)
        .toSorted(),
    ).toEqual(left)
  })
})
