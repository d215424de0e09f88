import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  compareNaturally,
  copyNames,
  isRewrittenName,
  isSummaryName,
  isValidName,
  stepOf,
  versionNames,
} from '../../src/checkpoint/names.ts'
import { finalNameOf, isLockName } from '../../src/checkpoint/temporary-name.ts'
import { checkName } from '../../src/progress/contract.ts'

const take = (names: Iterable<string>, count: number) => [...Iterator.from(names).take(count)]

it('what a valid name is, is what the progress file takes', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('a', '.', '-', "'", '=', '/', '\n'), maxLength: 5 }),
    fc.integer({ min: 185, max: 195 }).map((length) => 'x'.repeat(length)),
  )
  fc.assert(fc.property(text, (name) => isValidName(name) === (checkName(name) === undefined)))
  for (const name of ['', '.', '..', '...', 'a\n', "!_-.*'()"])
    expect([name, isValidName(name)]).toEqual([name, checkName(name) === undefined])
})

it.each([
  ['epoch=1-step=20.ckpt', ['epoch_1-step_20.ckpt', 'epoch_1-step_20', 'epoch_1-step_20.ckpt-2']],
  ['a/b/last.ckpt', ['last.ckpt', 'b-last.ckpt', 'a-b-last.ckpt', 'last', 'last.ckpt-2', 'last.ckpt-3']],
  ['run 1/größe', ['gr_e', 'run_1-gr_e', 'gr_e-2']],
  ['checkpoint-500', ['checkpoint-500', 'checkpoint-500-2']],
  ['...', ['checkpoint', 'checkpoint-2']],
  ['重み', ['_', '_-2']],
])('%s is copied as %j', (source, expected) => {
  expect(take(copyNames(source), expected.length)).toEqual(expected)
})

it('names of copies are valid, whatever they are made of, and have no end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 4 }),
      (parts) => {
        const names = take(copyNames(parts.join('/')), 40)
        expect(names.filter((name) => !isValidName(name))).toEqual([])
      },
    ),
  )
  expect(take(versionNames('x'.repeat(190), 2), 2).every(isValidName)).toBe(true)
})

it.each([
  ['checkpoint-500', 500],
  ['step=500', 500],
  ['step_500', 500],
  ['iter_0000500', 500],
  ['global_step500', 500],
  ['epoch=1-step=20.ckpt', 20],
  ['epoch=1-step=20-v1.ckpt', 20],
  ['ckpt-2-step-700', 700],
  ['model--val_loss=1.2-step=10-last', 10],
  ['1000', 1_000],
  ['checkpoint-500/model.pt', 500],
  ['lightning_logs/version_3/checkpoints/last.ckpt', undefined],
  ['epoch_3', undefined],
  ['footstep', undefined],
  ['step-99999999999999999999', undefined],
])('the step of %s is %s', (source, step) => {
  expect(stepOf(source)).toBe(step)
})

it.each([
  ['last.ckpt', true],
  ['last-v1.ckpt', true],
  ['best', true],
  ['model_best.pth.tar', true],
  ['checkpoint_last.pt', true],
  ['latest', true],
  ['best-epoch=3-step=20.ckpt', false],
  ['model--val_loss=1.2-step=10-last', false],
  ['bestow', false],
  ['checkpoint-500', false],
  ['final', false],
])('whether %s is written again and again: %s', (name, expected) => {
  expect(isRewrittenName(name)).toBe(expected)
})

it.each([
  ['tmp-checkpoint-500', 'checkpoint-500'],
  ['checkpoint-500.tmp', 'checkpoint-500'],
  ['checkpoint-500_tmp', 'checkpoint-500'],
  ['.metadata.tmp', '.metadata'],
  ['__0.metadata.tmp', '__0.metadata'],
  ['model.safetensors.tmp.4711', 'model.safetensors'],
  ['model.part', 'model'],
  ['model.partial', 'model'],
  ['abc.incomplete', 'abc'],
  ['1000.orbax-checkpoint-tmp-4', '1000'],
  ['1000.orbax-checkpoint-tmp', '1000'],
  ['tmpk3v9x_2a', 'tmpk3v9x_2a'],
  ['checkpoint-500', undefined],
  ['pytorch_model.part-00001', undefined],
  ['attempt', undefined],
  ['temp-0.7', undefined],
  ['template', undefined],
  ['tmp', undefined],
])('%s will be called %s', (name, final) => {
  expect(finalNameOf(name)).toBe(final)
})

it('locks are told from what only sounds like them', () => {
  expect(['model.lock', 'lock', '.lock', 'a-lock'].filter((name) => !isLockName(name))).toEqual([])
  expect(['block', 'clock.pt', 'locks'].filter(isLockName)).toEqual([])
})

it('summaries are told from checkpoints', () => {
  expect(['summary', 'summary-2'].every(isSummaryName)).toBe(true)
  expect(['summary-best', 'my-summary'].some(isSummaryName)).toBe(false)
})

it('names are ordered as people order them', () => {
  const names = ['checkpoint-10', 'checkpoint-9', 'checkpoint-010', 'checkpoint-100']
  expect(names.toSorted(compareNaturally)).toEqual([
    'checkpoint-9',
    'checkpoint-010',
    'checkpoint-10',
    'checkpoint-100',
  ])
})
