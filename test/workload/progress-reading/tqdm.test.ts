import { describe, expect, it } from 'vitest'
import { lastMetricsOf, positionsOf, readFixture, readText } from './reading-fixtures.ts'

const bar = (description: string, done: number, total: number, time: string) =>
  `${description}${Math.floor((100 * done) / total)}%|████      | ${done}/${total} [${time}<00:12,  4.40it/s]`

describe('which bar is the run', () => {
  it.each<{ of: string; pieces: readonly string[]; totalSteps?: number; positions: readonly string[] }>([
    {
      of: 'one bar, and evaluations within it',
      pieces: [bar('', 10, 100, '00:10'), bar('Evaluating: ', 5, 20, '00:05'), bar('', 11, 100, '00:20')],
      positions: ['10 10%', '11 11%'],
    },
    {
      of: 'one bar, and a bar without description within it',
      pieces: [
        bar('', 10, 100, '00:10'),
        bar('', 0, 20, '00:00'),
        bar('', 10, 20, '00:05'),
        bar('', 20, 20, '00:10'),
        bar('', 11, 100, '00:20'),
      ],
      positions: ['10 10%', '10 10.5%', '10 11%', '11 11%'],
    },
    {
      of: 'epochs that a line announces',
      pieces: [
        'Epoch 1/4',
        bar('', 5, 10, '00:05'),
        bar('', 10, 10, '00:10'),
        'Epoch 2/4',
        bar('', 0, 10, '00:00'),
        bar('', 5, 10, '00:05'),
      ],
      positions: ['12.5% epoch 0.5', '25% epoch 1', '37.5% epoch 1.5'],
    },
    {
      of: 'epochs that a line announces without their number',
      pieces: ['--- Epoch 3 ---', bar('', 5, 10, '00:05')],
      positions: ['epoch 2.5'],
    },
    {
      of: 'epochs that count from 0',
      pieces: [bar('Epoch 0/4: ', 5, 10, '00:05'), bar('Epoch 1/4: ', 5, 10, '00:05')],
      positions: ['12.5% epoch 0.5', '37.5% epoch 1.5'],
    },
    {
      of: 'epochs in brackets, with a loss',
      pieces: [bar('Training Epoch [2/4] loss=0.50: ', 5, 10, '00:05')],
      positions: ['37.5% epoch 1.5'],
    },
    {
      of: 'epochs, a training and a validation in each',
      pieces: [
        bar('Epoch 1/2 [train]: ', 10, 10, '00:10'),
        bar('Epoch 1/2 [val]: ', 1, 4, '00:01'),
        bar('Epoch 2/2 [train]: ', 5, 10, '00:05'),
      ],
      positions: ['50% epoch 1', '75% epoch 1.5'],
    },
    {
      of: 'a bar that counts epochs by its unit',
      pieces: ['train:  20%|██        | 2/10 [01:00<04:00, 30.00s/epoch]'],
      positions: ['20% epoch 2'],
    },
    {
      of: 'epochs with a running loss',
      pieces: [bar('Epochs 0/2. Running Loss:    0.1234: ', 5, 10, '00:05')],
      positions: ['25% epoch 0.5'],
    },
    {
      of: 'a bar called Epoch, and the steps of each within it',
      pieces: [
        bar('Epoch: ', 1, 10, '00:10'),
        bar('Iteration: ', 5, 20, '00:05'),
        bar('Epoch: ', 2, 10, '00:20'),
      ],
      positions: ['1 10%', '1 12.5%', '2 20%'],
    },
    {
      of: 'a bar for each epoch, with the total of all',
      pieces: [
        bar('', 9, 10, '00:09'),
        bar('', 10, 10, '00:10'),
        bar('', 0, 10, '00:00'),
        bar('', 5, 10, '00:05'),
      ],
      totalSteps: 20,
      positions: ['9/20', '10/20', '15/20'],
    },
    {
      of: 'a preparation without description, and a bar with the total that was given',
      pieces: [bar('', 10, 10, '00:10'), bar('', 0, 20, '00:00'), bar('', 5, 20, '00:05')],
      totalSteps: 20,
      positions: ['10/20', '0/20', '5/20'],
    },
    {
      of: 'a bar with the total that was given, and an evaluation within it and after it',
      pieces: [
        bar('', 5, 20, '00:05'),
        bar('', 1, 4, '00:01'),
        bar('', 20, 20, '00:20'),
        bar('', 1, 4, '00:01'),
      ],
      totalSteps: 20,
      positions: ['5/20', '20/20'],
    },
    {
      of: 'a bar for each epoch, cleared before it was full',
      pieces: [
        bar('', 9, 10, '00:09'),
        bar('', 0, 10, '00:00'),
        bar('', 5, 10, '00:05'),
        bar('', 9, 10, '00:09'),
        bar('', 1, 10, '00:01'),
      ],
      positions: ['9 90%', '9', '14', '18', '19'],
    },
  ])('$of', ({ pieces, totalSteps, positions }) => {
    expect(positionsOf(readText(pieces.join('\n'), { preset: 'tqdm', totalSteps }))).toEqual(positions)
  })
})

it('of bars three deep, the outer one is the run, and the next adds to it', () => {
  expect(positionsOf(readFixture('tqdm-three-deep', { preset: 'tqdm' }))).toEqual([
    '0 0%',
    '0 16.67%',
    '0',
    '0 33.33%',
    '0',
    '0 50%',
    '1 50%',
    '1 66.67%',
    '1',
    '1 83.33%',
    '1',
    '1 100%',
    '2 100%',
  ])
})

it.each([
  ['Training loss=0.50 lr=1e-4: ', { loss: 0.5, learningRate: 1e-4 }],
  ['Epoch: 3 loss: 0.50 acc: 91.2: ', { loss: 0.5, acc: 91.2 }],
  ['loss nan: ', {}],
])('metrics in the description %j', (description, metrics) => {
  const events = readText(bar(description, 5, 10, '00:05'), { preset: 'tqdm' })
  expect(lastMetricsOf(events)).toEqual({ ...metrics, stepsPerSecond: 4.4 })
})

it("a bar that counts epochs has no steps a second, and an evaluation's are not the training's", () => {
  const pieces = [bar('Epochs: ', 1, 10, '00:10')]
  expect(lastMetricsOf(readText(pieces.join('\n'), { preset: 'tqdm' }))).toEqual({})
  const within = [bar('', 1, 10, '00:10'), bar('', 1, 4, '00:01').replace('4.40', '9.90')]
  expect(lastMetricsOf(readText(within.join('\n'), { preset: 'tqdm' }))).toEqual({ stepsPerSecond: 4.4 })
})
