import { expect, it } from 'vitest'
import { createProgressReader } from '../../../src/workload/progress-reading/presets.ts'

const position = /step (?<step>\S+)(?: of (?<total>\S+))?(?: at (?<percent>\S+))?(?: epoch (?<epoch>\S+))?/

it.each<{ pattern: RegExp; text: string; event: object | undefined; totalSteps?: number }>([
  { pattern: position, text: 'step 5', event: { step: 5, metrics: {} } },
  { pattern: position, text: 'step 1,200 of 1.5k', event: { step: 1200, totalSteps: 1500, metrics: {} } },
  {
    pattern: position,
    text: 'step 5 of 10',
    totalSteps: 20,
    event: { step: 5, totalSteps: 20, metrics: {} },
  },
  {
    pattern: position,
    text: 'step 5 of ten at 45.5% epoch 0.5',
    event: { step: 5, percent: 45.5, epoch: 0.5, metrics: {} },
  },
  { pattern: position, text: 'step 1.5 of 0 at 101% epoch -1', event: undefined },
  { pattern: position, text: 'step nan of inf at nan epoch inf', event: undefined },
  { pattern: position, text: 'nothing', event: undefined },
  {
    pattern: /loss (?<loss>\S+) lr (?<lr>\S+) (?<grad_norm>\S+) (?<note>\S+)/,
    text: 'loss nan lr 1e-4 inf hello',
    event: { metrics: { loss: Number.NaN, learningRate: 1e-4, grad_norm: Infinity } },
  },
  { pattern: /step \d+/, text: 'step 5', event: undefined },
])('$pattern in $text', ({ pattern, text, totalSteps, event }) => {
  expect(createProgressReader({ pattern, totalSteps })(text)).toEqual(event && { type: 'progress', ...event })
})

it('a step that falls is passed on: a run may go back to a checkpoint', () => {
  const read = createProgressReader({ pattern: /step (?<step>\d+)/g })
  expect(['step 9', 'step 5', 'step 5'].map((text) => read(text)?.step)).toEqual([9, 5, 5])
})

it('a pattern that would try for ever comes to an end', () => {
  const read = createProgressReader({ pattern: /^(?<step>(\d+)+)$/ })
  expect(read(`${'1'.repeat(60)}x`)).toBe(undefined)
  expect(read('123')).toMatchObject({ step: 123 })
})
