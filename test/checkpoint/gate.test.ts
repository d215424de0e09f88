import { expect, it } from 'vitest'
import { type Evidence, judgeCheckpoint, type Lack, type Phase } from '../../src/checkpoint/gate.ts'

type Case = Partial<Omit<Evidence, 'tree'>> & Partial<Evidence['tree']>

const judge = (given: Case, phase: Phase, quietMs = 10_000) => {
  const { sizeBytes = 1, writerFile, lockFile, unreadable, ...rest } = given
  const evidence: Evidence = {
    tree: { sizeBytes, writerFile, lockFile, unreadable },
    unchangedMs: 0,
    marker: 'none',
    isTemporary: false,
    isDeclared: false,
    isLeftOver: false,
    isRewritten: false,
    ...rest,
  }
  return judgeCheckpoint(evidence, { phase, quietMs })
}

const lackOf = (given: Case, phase: Phase): Lack | 'complete' => {
  const verdict = judge(given, phase)
  return verdict.kind === 'complete' ? 'complete' : verdict.lack
}

const soon = { unchangedMs: 1_999 }
const settled = { unchangedMs: 2_000 }
const almost = { unchangedMs: 9_999 }
const quiet = { unchangedMs: 10_000 }

it.each<[string, Case, Lack | 'complete', Lack | 'complete', Lack | 'complete']>([
  // what it is                          given                                        running         ended well   crashed
  ['changed just now', {}, 'unsettled', 'complete', 'torn'],
  ['almost quiet', almost, 'unsettled', 'complete', 'torn'],
  ['quiet', quiet, 'complete', 'complete', 'complete'],
  ['quiet, with a .tmp', { ...quiet, writerFile: 'a.tmp' }, 'writer-file', 'writer-file', 'writer-file'],
  ['quiet, with a lock', { ...quiet, lockFile: 'a.lock' }, 'lock', 'complete', 'complete'],
  ['quiet and empty', { ...quiet, sizeBytes: 0 }, 'empty', 'empty', 'empty'],
  ['quiet and unreadable', { ...quiet, unreadable: 'a' }, 'unreadable', 'unreadable', 'unreadable'],
  ['quiet under a temporary name', { ...quiet, isTemporary: true }, 'temporary', 'temporary', 'temporary'],
  ['quiet since an earlier life', { ...quiet, isLeftOver: true }, 'left-over', 'left-over', 'left-over'],
  ['last.ckpt, quiet', { ...quiet, isRewritten: true }, 'rewritten', 'complete', 'complete'],
  ['last.ckpt, changed just now', { isRewritten: true }, 'rewritten', 'complete', 'torn'],
  ['final marker', { marker: 'final' }, 'complete', 'complete', 'complete'],
  ['final marker, and a .tmp', { marker: 'final', writerFile: 'a.tmp' }, 'complete', 'complete', 'complete'],
  ['final marker, from before', { marker: 'final', isRewritten: true }, 'rewritten', 'complete', 'torn'],
  ['final marker in a left-over', { marker: 'final', isLeftOver: true }, 'complete', 'complete', 'complete'],
  ['marker, but empty', { marker: 'final', sizeBytes: 0 }, 'empty', 'empty', 'empty'],
  ['marker, temporary name', { marker: 'final', isTemporary: true }, 'temporary', 'temporary', 'temporary'],
  ['marker just now', { ...soon, marker: 'present' }, 'unsettled', 'complete', 'complete'],
  ['marker, settled', { ...settled, marker: 'present' }, 'complete', 'complete', 'complete'],
  ['no marker yet', { ...quiet, marker: 'missing' }, 'no-marker', 'complete', 'torn'],
  [
    'no marker, and a .tmp',
    { ...quiet, marker: 'missing', writerFile: 'a' },
    'no-marker',
    'writer-file',
    'torn',
  ],
  ['DeepSpeed went on, quiet', { ...quiet, marker: 'passed' }, 'complete', 'complete', 'complete'],
  ['DeepSpeed went on', { ...settled, marker: 'passed' }, 'unsettled', 'complete', 'torn'],
  ['declared', { isDeclared: true }, 'complete', 'complete', 'complete'],
  ['declared, under any name', { isDeclared: true, isTemporary: true }, 'complete', 'complete', 'complete'],
  ['declared last.ckpt', { isDeclared: true, isRewritten: true }, 'complete', 'complete', 'complete'],
  ['declared, but empty', { isDeclared: true, sizeBytes: 0 }, 'empty', 'empty', 'empty'],
])('%s', (_, given, running, endedWell, crashed) => {
  expect([lackOf(given, 'running'), lackOf(given, 'ended-well'), lackOf(given, 'crashed')]).toEqual([
    running,
    endedWell,
    crashed,
  ])
})

it.each<[string, Case, Phase, { isSaving: boolean; isOverdue: boolean }]>([
  ['changed just now', {}, 'running', { isSaving: true, isOverdue: false }],
  ['a temporary name that changes', { isTemporary: true }, 'running', { isSaving: true, isOverdue: false }],
  [
    'a temporary name that does not',
    { isTemporary: true, ...quiet },
    'running',
    { isSaving: false, isOverdue: false },
  ],
  ['last.ckpt that changes', { isRewritten: true }, 'running', { isSaving: true, isOverdue: false }],
  ['a left-over', { isLeftOver: true }, 'running', { isSaving: false, isOverdue: true }],
  [
    'no marker for a while',
    { marker: 'missing', ...quiet },
    'running',
    { isSaving: false, isOverdue: false },
  ],
  [
    'no marker for long',
    { marker: 'missing', unchangedMs: 100_000 },
    'running',
    { isSaving: false, isOverdue: true },
  ],
  [
    'last.ckpt for long',
    { isRewritten: true, unchangedMs: 1e9 },
    'running',
    { isSaving: false, isOverdue: false },
  ],
  ['declared and empty', { isDeclared: true, sizeBytes: 0 }, 'running', { isSaving: true, isOverdue: true }],
  ['torn', {}, 'crashed', { isSaving: false, isOverdue: true }],
  ['a temporary name at the end', { isTemporary: true }, 'crashed', { isSaving: false, isOverdue: true }],
])('of what is incomplete: %s', (_, given, phase, expected) => {
  expect(judge(given, phase)).toMatchObject({ kind: 'incomplete', ...expected })
})

it('a quiet time shorter than the one after a marker holds for markers too', () => {
  expect(judge({ marker: 'present', unchangedMs: 49 }, 'running', 50)).toMatchObject({ lack: 'unsettled' })
  expect(judge({ marker: 'present', unchangedMs: 50 }, 'running', 50)).toEqual({ kind: 'complete' })
})
