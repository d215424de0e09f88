import { describe, expect, it } from 'vitest'
import { beginTask, decideCheckpoint, decideEnd, type Step, type TaskState } from '../../src/task/decide.ts'
import type { CheckpointFacts } from '../../src/task-record/record.ts'

const at = new Date(0)
const checkpoint = (name: string, percentComplete: number): CheckpointFacts => ({
  type: 'checkpoint',
  name,
  percentComplete,
  metadata: { of: name },
  step: 1,
  epoch: 1,
  startedAt: at,
  endedAt: at,
  sizeBytes: 1,
  files: [],
})

/** What is announced: `a@10`, or the kind of another decision. */
const told = ({ decisions }: Step) =>
  decisions.map((decision) =>
    decision.kind === 'announce' ? `${decision.name}@${decision.percentComplete}` : decision.kind,
  )

const having = (...checkpoints: readonly CheckpointFacts[]): TaskState =>
  checkpoints.reduce((state, event) => decideCheckpoint(state, event).state, beginTask(0))

describe('a checkpoint', () => {
  it.each([
    { what: 'is announced as it is', before: beginTask(0), event: checkpoint('a', 20), says: ['a@20'] },
    { what: 'never announces 0', before: beginTask(0), event: checkpoint('a', 0), says: ['a@1'] },
    {
      what: 'never falls below an earlier attempt',
      before: beginTask(50),
      event: checkpoint('a', 20),
      says: ['a@50'],
    },
    { what: 'with 100 is held back', before: beginTask(0), event: checkpoint('end', 100), says: [] },
    {
      what: 'after one with 100 lets that go first, with 99',
      before: having(checkpoint('early', 100)),
      event: checkpoint('late', 100),
      says: ['early@99'],
    },
    {
      what: 'after one with 100 cannot fall below 99',
      before: having(checkpoint('early', 100)),
      event: checkpoint('late', 50),
      says: ['early@99', 'late@99'],
    },
  ])('$what', ({ before, event, says }) => {
    expect(told(decideCheckpoint(before, event))).toEqual(says)
  })
})

describe('the end', () => {
  const failed = { kind: 'failed', exitStatus: 3, reason: 'x' } as const
  it.each([
    {
      what: 'of a good run: 100 with what was held',
      state: having(checkpoint('end', 100)),
      outcome: { kind: 'succeeded' },
      says: ['complete'],
    },
    {
      what: 'of a good run with nothing left: 100 with a summary',
      state: having(checkpoint('a', 50)),
      outcome: { kind: 'succeeded' },
      says: ['complete-with-summary'],
    },
    { what: 'of a failed run: no 100', state: having(checkpoint('a', 50)), outcome: failed, says: ['fail'] },
    {
      what: 'of a run that failed after its last checkpoint: that is announced, with 99',
      state: having(checkpoint('end', 100)),
      outcome: failed,
      says: ['end@99', 'fail'],
    },
    {
      what: 'of a stopped run: no 100',
      state: having(checkpoint('end', 100)),
      outcome: { kind: 'stopped', signal: 'SIGTERM' },
      says: ['end@99', 'fail'],
    },
  ] as const)('$what', ({ state, outcome, says }) => {
    expect(told(decideEnd(state, outcome))).toEqual(says)
  })

  it('keeps the metadata of what carries 100', () => {
    const { decisions } = decideEnd(having(checkpoint('end', 100)), { kind: 'succeeded' })
    expect(decisions).toEqual([{ kind: 'complete', name: 'end', metadata: { of: 'end' } }])
  })
})
