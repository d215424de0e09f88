import { describe, expect, it } from 'vitest'
import { closeProgressLog, emptyProgressLog, logSighting } from '../../src/emulator/progress-log.ts'

const startMs = Date.UTC(2026, 10, 20, 10)

interface Sight {
  readonly atMs: number
  readonly document?: object
  readonly text?: string
  readonly isInPlace?: boolean
}

const logOf = (sights: readonly Sight[], endMs: number) => {
  const log = sights.reduce(
    (before, { atMs, document, text, isInPlace = false }) =>
      logSighting(before, {
        text: text ?? (document && JSON.stringify({ lastUpdatedAt: new Date(startMs + atMs), ...document })),
        isInPlace,
        atMs,
        wallMs: startMs + atMs,
      }),
    emptyProgressLog,
  )
  return closeProgressLog(log, endMs)
}

const state = (percentComplete: number, name: string, rest: object = {}) => ({
  percentComplete,
  name,
  ...rest,
})

describe('the log of a progress file', () => {
  it('has each state once, with the time that it stood', () => {
    const sights = [
      { atMs: 100, document: state(0, '') },
      { atMs: 60_100, document: state(0, '') },
      { atMs: 70_000, document: state(50, 'a') },
    ]
    expect(logOf(sights, 90_000).states).toEqual([
      { percentComplete: 0, name: '', atMs: 100, dwellMs: 69_900 },
      { percentComplete: 50, name: 'a', atMs: 70_000, dwellMs: 20_000 },
    ])
  })

  it('counts heartbeats and finds the longest gap, the last one up to the end', () => {
    const sights = [
      { atMs: 0, document: state(0, '') },
      { atMs: 60_000, document: state(0, '') },
      { atMs: 61_000, document: state(0, '', { lastUpdatedAt: new Date(startMs + 60_000) }) },
    ]
    expect(logOf(sights, 100_000)).toMatchObject({
      heartbeats: 2,
      longestGapMs: 60_000,
      longestGapEndMs: 60_000,
    })
    expect(logOf(sights, 200_000)).toMatchObject({ longestGapMs: 140_000, longestGapEndMs: 200_000 })
  })

  it('does not count the time before the first document, nor without one', () => {
    expect(logOf([{ atMs: 90_000, document: state(0, '') }], 91_000).longestGapMs).toBe(1_000)
    expect(logOf([{ atMs: 0 }], 91_000).longestGapMs).toBe(0)
  })

  it('goes on over text that cannot be read', () => {
    const sights = [
      { atMs: 0, document: state(20, 'a') },
      { atMs: 10, text: '{"percentComplete":', isInPlace: true },
      { atMs: 20, document: state(20, 'a'), isInPlace: true },
    ]
    expect(logOf(sights, 30)).toMatchObject({ inPlaceWrites: 2, states: [{ name: 'a', dwellMs: 30 }] })
  })

  it('notes a clock that is ahead, changed metadata, and members that nobody reads', () => {
    const sights = [
      { atMs: 0, document: state(20, 'a', { metadata: { loss: 2 }, lastUpdatedAt: '2026-11-20T17:00:00Z' }) },
      { atMs: 1_000, document: state(20, 'a', { metadata: { loss: 1 }, step: 5, PERCENTCOMPLETE: 20 }) },
    ]
    expect(logOf(sights, 2_000)).toMatchObject({
      mostAheadMs: 7 * 3_600_000,
      changedMetadata: ['a'],
      unknownMembers: ['step'],
    })
  })
})
