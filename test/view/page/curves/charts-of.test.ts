import { expect, it } from 'vitest'
import type { ShownSeries } from '../../../../src/view/api.ts'
import { chartsOf, filterCharts, labelsOf, titleOf } from '../../../../src/view/page/curves/charts-of.ts'

const series = (name: string, other: Partial<ShownSeries> = {}): ShownSeries => ({
  id: 0,
  name,
  unit: '1',
  kind: 'gauge',
  attributes: {},
  group: 'training',
  points: 3,
  last: 1,
  ...other,
})

it('shows loss, learning rate and throughput first, and the training before GPU, machine and the rest', () => {
  const names = [
    series('custom.reward', { group: 'other' }),
    series('system.cpu.utilization', { group: 'machine' }),
    series('hw.temperature', { group: 'gpu' }),
    series('accuracy'),
    series('taskbeat.training.throughput'),
    series('taskbeat.training.learning_rate'),
    series('eval/loss'),
    series('taskbeat.training.loss'),
  ]
  expect(chartsOf(names).map(({ name }) => name)).toEqual([
    'taskbeat.training.loss',
    'eval/loss',
    'taskbeat.training.learning_rate',
    'taskbeat.training.throughput',
    'accuracy',
    'hw.temperature',
    'system.cpu.utilization',
    'custom.reward',
  ])
})

it('puts curves of one name into one chart, but never different units or kinds', () => {
  const charts = chartsOf([
    series('x', { id: 1, attributes: { rank: 10 } }),
    series('x', { id: 2, attributes: { rank: 9 } }),
    series('x', { id: 3, unit: 'By' }),
    series('x', { id: 4, kind: 'counter' }),
  ])
  expect(charts.map(({ lines }) => lines.map(({ id, label }) => `${id} ${label}`))).toEqual([
    ['2 rank 9', '1 rank 10'],
    ['3 '],
    ['4 '],
  ])
})

it.each([
  ['one alone has none', [{ a: 1 }], ['']],
  [
    'what all have is not said',
    [
      { host: 'n', split: 'val' },
      { host: 'n', split: 'test' },
    ],
    ['split val', 'split test'],
  ],
  [
    'the key that names a GPU best is enough',
    [
      { 'hw.id': 'GPU-ab', 'taskbeat.gpu.index': 0, 'hw.model': 'A' },
      { 'hw.id': 'GPU-cd', 'taskbeat.gpu.index': 1, 'hw.model': 'B' },
    ],
    ['GPU 0', 'GPU 1'],
  ],
  [
    'several keys where one does not tell all apart',
    [
      { 'net.direction': 'in', dev: 'a' },
      { 'net.direction': 'out', dev: 'a' },
      { 'net.direction': 'in', dev: 'b' },
      { dev: 'b' },
    ],
    ['direction in, dev a', 'direction out, dev a', 'direction in, dev b', 'dev b'],
  ],
  ['those without any attribute are counted', [{ a: 1 }, {}], ['a 1', 'curve 2']],
] as const)('labels: %s', (_, attributes, labels) => {
  expect(labelsOf(attributes)).toEqual(labels)
})

it.each([
  ['taskbeat.training.learning_rate', 'learning rate'],
  ['taskbeat.progress.percent', 'progress percent'],
  ['hw.gpu.memory.usage', 'gpu memory usage'],
  ['eval/loss', 'eval/loss'],
  ['_', '_'],
])('the title of %s is %s', (name, title) => {
  expect(titleOf(name)).toBe(title)
})

it.each([
  ['', 3],
  ['gpu', 2],
  ['USAGE gpu', 1],
  ['memory.usage', 1],
  ['nothing', 0],
])('the filter "%s" leaves %i', (filter, count) => {
  const charts = chartsOf([series('hw.gpu.memory.usage'), series('hw.gpu.utilization'), series('loss')])
  expect(filterCharts(charts, filter)).toHaveLength(count)
})
