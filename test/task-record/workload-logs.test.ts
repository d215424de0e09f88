import { describe, expect, it } from 'vitest'
import { mostErrorTypes } from '../../src/task-record/workload-logs.ts'
import { errorEvent, logEvent, namedEvent } from './events.ts'
import { recorded } from './recording.ts'

const scope = 'taskbeat.workload'
const told = async (...[use]: Parameters<typeof recorded>) => {
  const recording = await recorded(use)
  return { ...recording, logs: recording.logs.filter((log) => log.scope === scope) }
}

describe('a line that was printed', () => {
  it('is a record with its time, its stream, its rank and what else is known of it', async () => {
    const at = new Date('2026-11-20T09:59:59.987Z')
    const { logs } = await told((record) =>
      record.log(
        logEvent('shard 3 is slow', { at, stream: 'stderr', rank: 1, attributes: { module: 'io' } }),
      ),
    )
    expect(logs).toMatchObject([
      {
        body: 'shard 3 is slow',
        timeMs: at.getTime(),
        attributes: {
          'log.iostream': 'stderr',
          'taskbeat.rank': 1,
          module: 'io',
          'taskbeat.run_id': 'r-1',
        },
      },
    ])
  })

  it.each([
    { severity: 'TRACE', number: 1 },
    { severity: 'DEBUG', number: 5 },
    { severity: 'INFO', number: 9 },
    { severity: 'WARN', number: 13 },
    { severity: 'ERROR', number: 17 },
    { severity: 'FATAL', number: 21 },
  ] as const)('has severity $severity as $number', async ({ severity, number }) => {
    const { logs } = await told((record) => record.log(logEvent('x', { severity })))
    expect(logs[0]?.severity).toBe(severity)
    expect([number, `SEVERITY_NUMBER_${severity}`]).toContain(logs[0]?.json.severityNumber)
  })

  it('keeps its stream, its rank and the keys of the run, whatever it says itself', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`a${n}`, n]))
    const attributes = { 'log.iostream': 'mine', 'taskbeat.rank': 99, ...many }
    const { logs, points } = await told((record) => record.log(logEvent('x', { rank: 1, attributes })))
    expect(logs[0]?.attributes).toMatchObject({
      'log.iostream': 'stdout',
      'taskbeat.rank': 1,
      'taskbeat.run_id': 'r-1',
      a97: 97,
    })
    expect(Object.keys(logs[0]?.attributes ?? {})).not.toContain('a98')
    expect(points).toMatchObject([
      { name: 'taskbeat.workload.ignored', attributes: { 'taskbeat.reason': 'attributes' } },
    ])
  })
})

it('something that happened is a record with its name', async () => {
  const { logs } = await told((record) =>
    record.event(namedEvent('data.loaded', { rank: 0, attributes: { files: 12 } })),
  )
  expect(logs).toMatchObject([
    {
      eventName: 'data.loaded',
      body: 'data.loaded',
      severity: 'INFO',
      attributes: { files: 12, 'taskbeat.rank': 0 },
    },
  ])
})

describe('an error', () => {
  it('is a record in the words of the semantic conventions, and is counted', async () => {
    const { logs, points } = await told((record) =>
      record.error(
        errorEvent('out of memory', { errorType: 'CudaError', stack: 'at a\nat b', attributes: { gpu: 3 } }),
      ),
    )
    expect(logs).toMatchObject([
      {
        eventName: 'exception',
        severity: 'ERROR',
        body: 'out of memory',
        attributes: {
          'exception.type': 'CudaError',
          'exception.message': 'out of memory',
          'exception.stacktrace': 'at a\nat b',
          gpu: 3,
        },
      },
    ])
    expect(points).toMatchObject([
      { name: 'taskbeat.errors', unit: '{error}', value: 1, attributes: { 'error.type': 'CudaError' } },
    ])
  })

  it('of which only the message is known has no more', async () => {
    const { logs, points } = await told((record) => record.error(errorEvent('oh')))
    const keys = Object.keys(logs[0]?.attributes ?? {}).filter((key) => key.startsWith('exception'))
    expect(keys).toEqual(['exception.message'])
    expect(points).toMatchObject([{ attributes: { 'error.type': '_OTHER' } }])
  })

  it(`is counted by its type for the first ${mostErrorTypes} types`, async () => {
    const { points } = await told((record) => {
      for (let n = 0; n < 40; n += 1) record.error(errorEvent('x', { errorType: `Type${n}` }))
      record.error(errorEvent('x', { errorType: 'Type0' }))
    })
    const byType = new Map(points.map(({ attributes, value }) => [attributes['error.type'], value]))
    expect(byType.size).toBe(mostErrorTypes + 1)
    expect(byType.get('Type0')).toBe(2)
    expect(byType.get('_OTHER')).toBe(8)
  })
})
