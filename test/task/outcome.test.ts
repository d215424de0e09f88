import { describe, expect, it } from 'vitest'
import { signalStatus } from '../../src/signal-status.ts'
import { clipBytes, judge } from '../../src/task/outcome.ts'

const shown = { percentComplete: 40, name: 'ckpt-4', metadata: {} }

describe('a verdict', () => {
  it.each([
    { outcome: { kind: 'succeeded' }, exitStatus: 0, severity: 'INFO', text: 'completed at 40 % (ckpt-4)' },
    {
      outcome: { kind: 'failed', exitStatus: 7, reason: 'out of luck' },
      exitStatus: 7,
      severity: 'ERROR',
      text: 'failed with status 7 at 40 % (ckpt-4): out of luck',
    },
    {
      outcome: { kind: 'stopped', signal: 'SIGTERM' },
      exitStatus: 143,
      severity: 'WARN',
      text: 'stopped by SIGTERM at 40 % (ckpt-4)',
    },
  ] as const)('of $outcome.kind', ({ outcome, exitStatus, severity, text }) => {
    expect(judge(outcome, shown, 0)).toEqual({ exitStatus, severity, text })
  })

  it('says how much a restart has yet to announce', () => {
    expect(judge({ kind: 'stopped', signal: 'SIGINT' }, shown, 3).text).toContain(
      '3 more to be announced by a restart',
    )
  })

  it('names no state where there is none', () => {
    expect(judge({ kind: 'succeeded' }, { percentComplete: 0, name: '', metadata: {} }, 0).text).toBe(
      'completed at 0 %',
    )
  })
})

it.each([
  { signal: 'SIGHUP', status: 129 },
  { signal: 'SIGINT', status: 130 },
  { signal: 'SIGKILL', status: 137 },
  { signal: 'SIGTERM', status: 143 },
] as const)('$signal is status $status, as in a shell', ({ signal, status }) => {
  expect(signalStatus(signal)).toBe(status)
})

it.each([
  { text: 'short', limit: 1024, clipped: 'short' },
  { text: 'x'.repeat(20), limit: 10, clipped: 'xxxxxxx…' },
  { text: 'é'.repeat(20), limit: 10, clipped: 'ééé…' },
  { text: '😀'.repeat(20), limit: 12, clipped: '😀😀…' },
])('$text is cut to $limit bytes between characters', ({ text, limit, clipped }) => {
  expect(clipBytes(text, limit)).toBe(clipped)
  expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(limit)
})
