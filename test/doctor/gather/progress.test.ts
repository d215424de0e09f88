import { expect, it } from 'vitest'
import { judgeProgress } from '../../../src/doctor/gather/progress.ts'

const document = (more: object = {}) =>
  JSON.stringify({
    ...{
      taskId: 't1',
      percentComplete: 10,
      name: 'a',
      metadata: {},
      lastUpdatedAt: '2026-11-20T15:04:05.123Z',
    },
    ...more,
  })

const complete = '{"type":"shown","name":"z","percentComplete":100}\n'

it.each([
  ['none', undefined, '', { kind: 'absent' }],
  ['a restart', document(), '', { kind: 'resumable', refusal: undefined }],
  [
    'a first write',
    document({ percentComplete: 0, name: '' }),
    '',
    { kind: 'resumable', refusal: undefined },
  ],
  ['another task', document({ taskId: 't2' }), '', { kind: 'foreign', taskId: 't2' }],
  ['the end', document({ percentComplete: 100 }), '', { kind: 'complete' }],
  ['the end, in the journal alone', undefined, complete, { kind: 'complete' }],
  ['no JSON', 'progress: 10', '', { kind: 'broken', refusal: 'invalid schema of progress file' }],
  [
    'no percentage',
    document({ percentComplete: 101 }),
    '',
    { kind: 'broken', refusal: expect.stringContaining('Only integers from 1 to 100 are allowed') },
  ],
  [
    'no time',
    document({ lastUpdatedAt: 'yesterday' }),
    '',
    { kind: 'resumable', refusal: 'invalid timestamp format, require ISO8601' },
  ],
])('of %s', (_, text, journal, content) => {
  expect(judgeProgress(text, journal, { taskId: 't1', results: 'upload' })).toEqual(content)
})
