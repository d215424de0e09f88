import { describe, expect, it } from 'vitest'
import { parseJournal } from '../../src/progress/journal.ts'
import { decideResumption } from '../../src/progress/resume.ts'

const file = (percentComplete: number, name: string, taskId = 't1') =>
  JSON.stringify({
    taskId,
    percentComplete,
    name,
    metadata: { step: 1 },
    lastUpdatedAt: '2026-11-20T10:00:00.000Z',
  })

const accepted = (percentComplete: number, name: string) =>
  ({ type: 'accepted', percentComplete, name, metadata: {}, at: '' }) as const
const shown = (percentComplete: number, name: string) => ({ type: 'shown', percentComplete, name }) as const
const attempt = { type: 'attempt', runId: 'r', attempt: 1, at: '' } as const

const journal = [attempt, accepted(10, 'a'), shown(10, 'a'), accepted(20, 'b'), accepted(30, 'c')]

describe('a restart', () => {
  it.each([
    {
      what: 'with nothing there is a fresh start',
      text: undefined,
      entries: [],
      kind: 'fresh',
      percent: 0,
      pending: [],
    },
    {
      what: 'goes on from the file',
      text: file(10, 'a'),
      entries: journal,
      kind: 'resumed',
      percent: 10,
      pending: ['b', 'c'],
    },
    {
      what: 'believes a file that is ahead of the journal’s marks',
      text: file(20, 'b'),
      entries: journal,
      kind: 'resumed',
      percent: 20,
      pending: ['c'],
    },
    {
      what: 'goes on from the journal if the file is lost',
      text: undefined,
      entries: journal,
      kind: 'resumed',
      percent: 10,
      pending: ['b', 'c'],
    },
    {
      what: 'goes on from the journal if the file is unreadable',
      text: '{"perc',
      entries: journal,
      kind: 'corrupt',
      percent: 10,
      pending: ['b', 'c'],
    },
    {
      what: 'does not trust a percentage without a limit',
      text: file(250, 'x'),
      entries: journal,
      kind: 'corrupt',
      percent: 10,
      pending: ['b', 'c'],
    },
    {
      what: 'does not trust 0 with a name',
      text: file(0, 'x'),
      entries: [],
      kind: 'corrupt',
      percent: 0,
      pending: [],
    },
    {
      what: 'does not trust a name that climbs out',
      text: file(10, '..'),
      entries: [],
      kind: 'corrupt',
      percent: 0,
      pending: [],
    },
    {
      what: 'knows an empty file as unreadable',
      text: '',
      entries: [],
      kind: 'corrupt',
      percent: 0,
      pending: [],
    },
    {
      what: 'understands a file that another program wrote',
      text: file(50, 'output_result_0'),
      entries: [],
      kind: 'resumed',
      percent: 50,
      pending: [],
    },
    {
      what: 'announces nothing again that the file is past',
      text: file(25, 'x'),
      entries: [accepted(10, 'a'), accepted(30, 'c')],
      kind: 'resumed',
      percent: 25,
      pending: ['c'],
    },
    {
      what: 'before the first state has all accepted ones to announce',
      text: file(0, ''),
      entries: [attempt, accepted(10, 'a')],
      kind: 'resumed',
      percent: 0,
      pending: ['a'],
    },
    {
      what: 'after 100 has nothing left to do',
      text: file(100, 'end'),
      entries: journal,
      kind: 'complete',
      percent: 100,
      pending: [],
    },
  ])('$what', ({ text, entries, kind, percent, pending }) => {
    const resumption = decideResumption(text, entries, 't1')
    if (resumption.kind === 'foreign') throw new Error('foreign')
    expect(resumption).toMatchObject({ kind, shown: { percentComplete: percent } })
    expect(resumption.pending.map(({ name }) => name)).toEqual(pending)
  })

  it.each([
    { what: 'in the file', text: file(100, 'end'), isInFile: true },
    { what: 'in the journal alone', text: undefined, isInFile: false },
    { what: 'in the journal of an unreadable file', text: '{"perc', isInFile: false },
  ])('after 100 knows whether that is $what', ({ text, isInFile }) => {
    const entries = [attempt, accepted(100, 'end'), shown(100, 'end')]
    expect(decideResumption(text, entries, 't1')).toMatchObject({
      shown: { percentComplete: 100, name: 'end' },
      isInFile,
    })
  })

  it('keeps the metadata that the file shows', () => {
    expect(decideResumption(file(10, 'a'), journal, 't1')).toMatchObject({ shown: { metadata: { step: 1 } } })
  })

  it('never gives a name away twice', () => {
    const resumption = decideResumption(file(40, 'z'), journal, 't1')
    expect(resumption).toMatchObject({ usedNames: new Set(['a', 'b', 'c', 'z']) })
  })

  it.each([
    { ours: 't2', theirs: 't1', kind: 'foreign' },
    { ours: 't1', theirs: 't1', kind: 'resumed' },
    { ours: '', theirs: 't1', kind: 'resumed' },
    { ours: 't2', theirs: '', kind: 'resumed' },
  ])('of task "$ours" on a file of task "$theirs" is $kind', ({ ours, theirs, kind }) => {
    expect(decideResumption(file(10, 'a', theirs), [], ours).kind).toBe(kind)
  })
})

describe('a journal', () => {
  it('is read line by line; what is torn, unknown or of a wrong type is left out', () => {
    const lines = [
      JSON.stringify(attempt),
      '{"type":"accepted","name":"a","percentComplete":10,"metadata":{},"at":"x"}',
      '{"type":"accepted","name":7,"percentComplete":10,"metadata":{}}',
      '{"type":"accepted","name":"b","percentComplete":1e9,"metadata":{}}',
      '{"type":"accepted","name":"c","percentComplete":10,"metadata":[]}',
      '{"type":"later"}',
      'null',
      '\u0000\u0001',
      '{"type":"shown","name":"a","percentCom',
    ]
    expect(parseJournal(lines.join('\n'))).toEqual([
      attempt,
      { type: 'accepted', name: 'a', percentComplete: 10, metadata: {}, at: 'x' },
    ])
  })
})
