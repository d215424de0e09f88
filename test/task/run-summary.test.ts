import { describe, expect, it } from 'vitest'
import { mostCheckpoints, type RunFacts, runSummary } from '../../src/task/run-summary.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds))

const checkpoint = (count: number) => ({
  name: `ckpt-${count}`,
  step: count,
  sizeBytes: 2_048,
  announcedAt: at(count).toISOString(),
})

const facts: RunFacts = {
  taskId: 't1',
  taskName: 'train',
  runId: 'r1',
  attempt: 3,
  command: ['python', 'train.py', '--api-key', 'secret'],
  startedAt: at(0),
  endedAt: at(90),
  durationMs: 90_123.4,
  outcome: {
    kind: 'failed',
    exitStatus: 137,
    signal: 'SIGKILL',
    reason: 'killed',
    oomKills: 1,
    stalled: false,
  },
  training: {
    step: 1_200,
    totalSteps: 5_000,
    percent: 24.5,
    epoch: 1.5,
    metrics: {
      loss: Number.NaN,
      learningRate: 1e-4,
      up: Number.POSITIVE_INFINITY,
      down: Number.NEGATIVE_INFINITY,
    },
  },
  checkpoints: [checkpoint(1), checkpoint(2)],
  checkpointCount: 2,
  errorLines: ['Traceback', 'ValueError'],
  telemetry: [
    {
      signal: 'traces',
      destination: 'http://h:4317 (grpc)',
      emitted: 5,
      delivered: 2,
      waiting: 2,
      retried: 0,
      replayed: 0,
      dropped: { full: 1 },
    },
  ],
  childEvents: { used: 7, refused: { 'not JSON': 2 } },
  logRecordsCapped: 9,
  endPhases: [{ name: 'grace', startedAt: at(80), endedAt: new Date(at(82).getTime() + 345) }],
  stepsLost: 200,
}

/** As it comes out of the file. */
const written = (given: Partial<RunFacts> = {}) =>
  JSON.parse(JSON.stringify(runSummary({ ...facts, ...given }))) as unknown

describe('a summary', () => {
  it('says in JSON what is known', () => {
    expect(written()).toEqual({
      version: 1,
      task: { id: 't1', name: 'train' },
      runId: 'r1',
      attempt: 3,
      previousAttempts: 2,
      command: 'python',
      startedAt: '2026-11-20T10:00:00.000Z',
      endedAt: '2026-11-20T10:01:30.000Z',
      durationSeconds: 90.123,
      outcome: {
        kind: 'failed',
        exitStatus: 137,
        signal: 'SIGKILL',
        reason: 'killed',
        oomKills: 1,
        stalled: false,
      },
      progress: {
        percent: 24.5,
        step: 1_200,
        totalSteps: 5_000,
        epoch: 1.5,
        metrics: { loss: 'NaN', learningRate: 1e-4, up: 'Infinity', down: '-Infinity' },
      },
      checkpoints: { count: 2, last: [checkpoint(1), checkpoint(2)] },
      lastErrorLines: ['Traceback', 'ValueError'],
      telemetry: [
        {
          signal: 'traces',
          destination: 'http://h:4317 (grpc)',
          emitted: 5,
          delivered: 2,
          waiting: 2,
          retried: 0,
          replayed: 0,
          dropped: { full: 1 },
        },
      ],
      childEvents: { used: 7, refused: { 'not JSON': 2 } },
      logRecordsCapped: 9,
      endPhases: [{ name: 'grace', seconds: 2.345 }],
      stepsLost: 200,
    })
  })

  it('leaves out what nobody knows', () => {
    const training = {
      step: undefined,
      totalSteps: undefined,
      percent: undefined,
      epoch: undefined,
      metrics: {},
    }
    const summary = written({
      taskId: undefined,
      taskName: undefined,
      training,
      stepsLost: undefined,
      command: [],
    })
    expect(summary).toMatchObject({ task: {}, command: '', progress: { metrics: {} } })
    expect(summary).not.toHaveProperty('stepsLost')
    expect(JSON.stringify(summary)).not.toContain('null')
  })

  it('tells nothing of the arguments, which may be secret', () => {
    expect(JSON.stringify(written())).not.toMatch(/secret|api-key|train\.py/)
  })

  it('has an end, whatever the run has gone through', () => {
    const many = <T>(count: number, make: (index: number) => T) =>
      Array.from({ length: count }, (_, index) => make(index))
    const summary = runSummary({
      ...facts,
      checkpoints: many(500, checkpoint),
      checkpointCount: 7_000,
      errorLines: many(500, (index) => `line ${index}`),
      training: {
        ...facts.training,
        metrics: Object.fromEntries(many(500, (index) => [`m${index}`, index])),
      },
      childEvents: { used: 0, refused: Object.fromEntries(many(500, (index) => [`r${index}`, index])) },
    })
    expect(summary.checkpoints.count).toBe(7_000)
    expect(summary.checkpoints.last).toHaveLength(mostCheckpoints)
    expect(summary.checkpoints.last.at(-1)?.name).toBe('ckpt-499')
    expect(summary.lastErrorLines).toHaveLength(50)
    expect(summary.lastErrorLines.at(-1)).toBe('line 499')
    expect(Object.keys(summary.progress.metrics)).toHaveLength(100)
    expect(Object.keys(summary.childEvents.refused)).toHaveLength(100)
  })
})
