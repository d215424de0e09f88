import { expect, it } from 'vitest'
import { type CommandEnd, endReason } from '../../../src/workload/supervised/end-reason.ts'

const plain: CommandEnd = {
  exitStatus: 0,
  signal: undefined,
  startError: undefined,
  oomKills: 0,
  memoryLimitBytes: undefined,
  stalledMs: undefined,
  asked: undefined,
  killedAfterMs: undefined,
}
const killed = { exitStatus: 137, signal: 'SIGKILL' } as const
const outOfMemory = { oomKills: 1, memoryLimitBytes: 2 ** 31 }
const term = { signal: 'SIGTERM', tookMs: 2_345 } as const

it.each<{ end: Partial<CommandEnd>; reason: string }>([
  { end: {}, reason: 'exited with status 0' },
  { end: { exitStatus: 3 }, reason: 'exited with status 3' },
  { end: { exitStatus: 139 }, reason: 'exited with status 139 (128 + SIGSEGV)' },
  { end: { exitStatus: 255 }, reason: 'exited with status 255' },
  { end: { exitStatus: 127, startError: 'ENOENT' }, reason: 'could not be started (ENOENT)' },
  { end: { exitStatus: 139, signal: 'SIGSEGV' }, reason: 'died by SIGSEGV' },
  { end: killed, reason: 'died by SIGKILL' },
  {
    end: { ...killed, ...outOfMemory },
    reason: 'killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  {
    end: { exitStatus: 137, ...outOfMemory },
    reason: 'killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  { end: { ...killed, oomKills: 2 }, reason: 'killed by the out-of-memory killer (no cgroup limit)' },
  {
    end: { exitStatus: 1, ...outOfMemory },
    reason:
      'exited with status 1, after 1 process was killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  {
    end: { exitStatus: 134, signal: 'SIGABRT', ...outOfMemory, oomKills: 2 },
    reason:
      'died by SIGABRT, after 2 processes were killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  // who lives through the loss of a process was not ended by it
  { end: outOfMemory, reason: 'exited with status 0' },
  { end: { stalledMs: 1_800_000, exitStatus: 143 }, reason: 'stalled for 30 min' },
  { end: { stalledMs: 300, asked: term }, reason: 'stalled for 300 ms' },
  {
    end: { stalledMs: 1_800_000, ...killed, killedAfterMs: 25_000, asked: term },
    reason: 'stalled for 30 min, killed after the grace of 25 s',
  },
  {
    end: { stalledMs: 1_800_000, ...outOfMemory },
    reason:
      'stalled for 30 min, after 1 process was killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  { end: { asked: term, exitStatus: 143 }, reason: 'stopped by SIGTERM and gone after 2.3 s' },
  { end: { asked: { ...term, tookMs: 40 } }, reason: 'stopped by SIGTERM and gone after 40 ms' },
  { end: { asked: { ...term, tookMs: 59_960 } }, reason: 'stopped by SIGTERM and gone after 1 min' },
  {
    end: { asked: term, ...killed, killedAfterMs: 25_000 },
    reason: 'stopped by SIGTERM, killed after the grace of 25 s',
  },
  { end: { ...killed, killedAfterMs: 25_000 }, reason: 'killed after the grace of 25 s' },
  {
    end: { asked: term, ...killed, ...outOfMemory, killedAfterMs: 25_000 },
    reason:
      'stopped by SIGTERM, killed after the grace of 25 s, after 1 process was killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
  {
    end: { asked: term, ...killed, ...outOfMemory },
    reason: 'stopped by SIGTERM, then killed by the out-of-memory killer (cgroup limit 2.0 GiB)',
  },
])('$reason ($end)', ({ end, reason }) => {
  expect(endReason({ ...plain, ...end })).toBe(reason)
})
