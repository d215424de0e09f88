import { describe, expect, it } from 'vitest'
import { defaultBuckets } from '../../../src/bridge/mapping/mapping.ts'
import { parseMapping } from '../../../src/bridge/mapping/parse-mapping.ts'
import { bridgeBed, jobPoints, pointOf, valueIn } from '../bridge-bed.ts'

const example = `
timestamp: /time
start_time: /job/started
attributes:
  job: /job/name
  team: vision
metrics:
  - {from: /train/loss, name: my.loss, type: gauge, unit: "1", description: Loss, attributes: {phase: train}}
  - {from: /eval/loss, name: my.loss, type: gauge, unit: "1", description: Loss, attributes: {phase: eval}}
  - {from: /train/step, name: my.steps, type: counter, unit: "{step}", per_epoch: {epoch: /train/epoch, size: /train/steps_per_epoch}, step: true}
  - {from: /train/took, name: my.took, type: histogram, unit: s, buckets: [0.1, 1, 10]}
  - {from: /a~1b/0, name: my.first, type: gauge}
unknown: {under: /train, prefix: my.train}
`

const parsed = (text: string) => {
  const found = parseMapping(text)
  if ('problems' in found) throw new Error(found.problems.join('\n'))
  return found.mapping
}

it('a mapping makes points of any document', () => {
  const bed = bridgeBed(parsed(example))
  bed.see({
    time: bed.nowMs() / 1000,
    job: { name: 'n1', started: '2024-10-22 09:00:00' },
    train: { loss: 0.5, step: 7, epoch: 3, steps_per_epoch: 100, took: 0.7, lr: 0.01 },
    eval: { loss: 0.6 },
    'a/b': [4, 5],
  })
  const points = bed.collect()
  expect(points.filter(({ name }) => name === 'my.loss')).toMatchObject([
    { value: 0.5, unit: '1', description: 'Loss', attributes: { job: 'n1', team: 'vision', phase: 'train' } },
    { value: 0.6, attributes: { phase: 'eval' } },
  ])
  expect(pointOf(points, 'my.steps')).toMatchObject({
    ...{ value: 207, unit: '{step}', startMs: Date.parse('2024-10-22T09:00:00Z') },
    attributes: { job: 'n1', team: 'vision' },
  })
  expect(valueIn(points, 'my.took')).toMatchObject({ count: 1, bounds: [0.1, 1, 10], counts: [0, 1, 0, 0] })
  expect(valueIn(points, 'my.first')).toBe(4)
  expect(valueIn(points, 'my.train.lr')).toBe(0.01)
  expect(jobPoints(points)).toHaveLength(6)
  expect(bed.troubles).toEqual([])
})

it('what is left out has a default', () => {
  expect(parsed('metrics: [{from: /t, name: t, type: histogram}]')).toEqual({
    attributes: {},
    instruments: [
      { type: 'histogram', from: '/t', name: 't', unit: '', description: '', buckets: defaultBuckets },
    ],
  })
})

describe('what is wrong is told with its place, its value and what is accepted', () => {
  const metric = (change: object) =>
    JSON.stringify({ metrics: [{ from: '/a', name: 'a', type: 'gauge', ...change }] })
  it.each([
    ['', /^the mapping is null: it is a map with 'metrics'/],
    ['a: [', /^it is no YAML: /],
    ['metrics: []', /^metrics is \[\]: it is a list of 1 to 500, each such as '\{from: /],
    [
      'metrix: []\nmetrics: [{from: /a, name: a, type: gauge}]',
      /^the mapping has 'metrix', .*; is 'metrics' meant\?$/,
    ],
    [
      'timestamp: time\nmetrics: [{from: /a, name: a, type: gauge}]',
      /^timestamp is 'time': it is a JSON pointer/,
    ],
    [metric({ from: 'a' }), /^metrics\[0\]\.from is 'a': it is a JSON pointer/],
    [metric({ from: '/a~2' }), /^metrics\[0\]\.from is '\/a~2': it is a JSON pointer/],
    [metric({ from: undefined }), /^metrics\[0\]\.from is missing: it is a JSON pointer/],
    [metric({ type: 'guage' }), /^metrics\[0\]\.type is 'guage': it is gauge, counter, histogram$/],
    [metric({ name: '1a' }), /^metrics\[0\]\.name is '1a': it is a letter/],
    [metric({ unit: 's'.repeat(64) }), /^metrics\[0\]\.unit is 's+\.\.\.: it is at most 63 characters/],
    [metric({ buckets: [1] }), /^metrics\[0\] has 'buckets', which is none of from, name,/],
    [
      metric({ type: 'histogram', buckets: [2, 1] }),
      /^metrics\[0\]\.buckets is \[2,1\]: it is a list of 1 to 200 ascending/,
    ],
    [metric({ type: 'histogram', buckets: 'many' }), /^metrics\[0\]\.buckets is 'many'/],
    [
      metric({ type: 'counter', per_epoch: { epoch: '/e', size: 0 } }),
      /^metrics\[0\]\.per_epoch\.size is 0: it is a whole/,
    ],
    [metric({ type: 'counter', step: 'yes' }), /^metrics\[0\]\.step is 'yes': it is true or false$/],
    [
      metric({ attributes: { a: [] } }),
      /^metrics\[0\]\.attributes\.a is \[\]: it is a JSON pointer, or a text/,
    ],
    [JSON.stringify({ metrics: ['/loss'] }), /^metrics\[0\] is '\/loss': it is a map/],
    ['unknown: {prefix: "9"}\nmetrics: [{from: /a, name: a, type: gauge}]', /^unknown\.prefix is '9'/],
    [
      'metrics: [{from: /a, name: a, type: gauge}, {from: /b, name: a, type: counter}]',
      /^metrics\[1\] has the name a of another metric, with another type/,
    ],
    [
      'metrics: [{from: /a, name: a, type: gauge}, {from: /b, name: a, type: gauge}]',
      /^metrics\[1\] has the name a of another metric: name it/,
    ],
  ])('%s', (text, problem) => {
    expect(parseMapping(text)).toEqual({ problems: [expect.stringMatching(problem)] })
  })

  it('all of it at once', () => {
    const found = parseMapping('metrics: [{from: a, name: "", type: gauge, unit: 1}]')
    expect('problems' in found && found.problems).toHaveLength(3)
  })
})
