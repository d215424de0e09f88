import { describe, expect, it } from 'vitest'
import { type Ending, outcomeOf } from '../../../src/workload/supervised/outcome.ts'

const ended = (status: number, signal?: NodeJS.Signals, startError?: string): Ending => ({
  name: 'python',
  exit: { status, signal, startError },
  asked: undefined,
  killedAfterMs: undefined,
  stalledMs: undefined,
  oomKills: 0,
  memoryLimitBytes: 2 ** 31,
})
const asked = (signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', tookMs = 2_000) => ({ asked: { signal, tookMs } })

describe('by itself', () => {
  it.each([
    { what: 'well', ending: ended(0), kind: 'succeeded', status: undefined, says: undefined },
    { what: 'with a status', ending: ended(3), kind: 'failed', status: 3, says: /status 3/ },
    { what: 'by a signal', ending: ended(139, 'SIGSEGV'), kind: 'failed', status: 139, says: /SIGSEGV/ },
    {
      what: 'by the kernel, for want of memory',
      ending: { ...ended(137, 'SIGKILL'), oomKills: 1 },
      kind: 'failed',
      status: 137,
      says: /out-of-memory killer.*2\.0 GiB/,
    },
    {
      what: 'because another of its processes was killed for want of memory',
      ending: { ...ended(1), oomKills: 2 },
      kind: 'failed',
      status: 1,
      says: /status 1.*2 processes.*out-of-memory/,
    },
    {
      what: 'before it began',
      ending: ended(127, undefined, 'ENOENT'),
      kind: 'failed',
      status: 127,
      says: /could not be started: there is no such command/,
    },
    {
      what: 'before it began, for a reason nobody knows',
      ending: ended(126, undefined, 'E2BIG'),
      kind: 'failed',
      status: 126,
      says: /E2BIG/,
    },
  ])('$what', ({ ending, kind, status, says }) => {
    const outcome = outcomeOf(ending)
    expect(outcome.kind).toBe(kind)
    if (outcome.kind !== 'failed') return
    expect(outcome.exitStatus).toBe(status)
    expect(outcome.reason).toMatch(says ?? '')
  })
})

describe('after it was asked to', () => {
  it.each([
    { what: 'SIGTERM, and well', ending: { ...ended(0), ...asked('SIGTERM') }, kind: 'stopped', status: 0 },
    {
      what: 'SIGTERM, in its own way',
      ending: { ...ended(3), ...asked('SIGTERM') },
      kind: 'stopped',
      status: 3,
    },
    {
      what: 'SIGTERM, by it',
      ending: { ...ended(143, 'SIGTERM'), ...asked('SIGTERM') },
      kind: 'stopped',
      status: 143,
    },
    {
      what: 'SIGINT, by it',
      ending: { ...ended(130, 'SIGINT'), ...asked('SIGINT') },
      kind: 'stopped',
      status: 130,
    },
    {
      what: 'SIGINT, as a shell says it',
      ending: { ...ended(130), ...asked('SIGINT') },
      kind: 'stopped',
      status: 130,
    },
    {
      what: 'SIGINT long ago, and well',
      ending: { ...ended(0), ...asked('SIGINT') },
      kind: 'succeeded',
      status: undefined,
    },
    {
      what: 'SIGHUP long ago, and not well',
      ending: { ...ended(1), ...asked('SIGHUP') },
      kind: 'failed',
      status: 1,
    },
  ])('by $what', ({ ending, kind, status }) => {
    const outcome = outcomeOf(ending)
    expect(outcome.kind).toBe(kind)
    expect('exitStatus' in outcome ? outcome.exitStatus : undefined).toBe(status)
  })

  it('and killed, as it did not, it says so', () => {
    const ending = { ...ended(137, 'SIGKILL'), ...asked('SIGTERM', 25_010), killedAfterMs: 25_000 }
    expect(outcomeOf(ending)).toMatchObject({
      kind: 'stopped',
      exitStatus: 137,
      detail: expect.stringMatching(/25 s.*killed/),
    })
  })
})

it('a command that stalled has failed with 124, whatever it made of the signal', () => {
  for (const ending of [ended(0), ended(143, 'SIGTERM'), { ...ended(0), ...asked('SIGTERM') }])
    expect(outcomeOf({ ...ending, stalledMs: 1_800_000 })).toMatchObject({
      kind: 'failed',
      exitStatus: 124,
      reason: expect.stringMatching(/30 min/),
    })
})
