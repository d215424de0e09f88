import { describe, expect, it } from 'vitest'
import type { ProgressPreset, ProgressReaderOptions } from '../../../src/workload/progress-reading/presets.ts'
import { createProgressReader } from '../../../src/workload/progress-reading/presets.ts'
import { lastMetricsOf, positionsOf, readFixture, readText } from './reading-fixtures.ts'

type Case = ProgressReaderOptions & { readonly fixture: string; readonly positions: readonly string[] }

describe('what is read of what libraries print', () => {
  it.each<Case>([
    {
      preset: 'tqdm',
      fixture: 'tqdm-plain',
      positions: ['0 0%', '1 20%', '2 40%', '3 60%', '4 80%', '5 100%'],
    },
    { preset: 'tqdm', fixture: 'tqdm-without-total', positions: ['0', '1', '2', '3', '4'] },
    { preset: 'tqdm', fixture: 'tqdm-slow', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-scaled', positions: ['0%', '20%', '40%', '60%', '80%', '100%'] },
    { preset: 'tqdm', fixture: 'tqdm-description', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-ascii', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-no-bar', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-colour', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-unit', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-cleared', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-write', positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%'] },
    { preset: 'tqdm', fixture: 'tqdm-overrun', positions: ['0 0%', '1 50%', '2 100%', '3'] },
    { preset: 'tqdm', fixture: 'tqdm-resumed', positions: ['60 60%', '61 61%', '62 62%', '63 63%'] },
    {
      preset: 'tqdm',
      fixture: 'tqdm-ascii-epoch',
      positions: ['10% epoch 1', '13.33% epoch 1.33', '16.67% epoch 1.67', '20% epoch 2'],
    },
    {
      preset: 'tqdm',
      fixture: 'tqdm-epochs',
      positions: [
        '0% epoch 0',
        '11.11% epoch 0.33',
        '22.22% epoch 0.67',
        '33.33% epoch 1',
        '44.44% epoch 1.33',
        '55.56% epoch 1.67',
        '66.67% epoch 2',
        '77.78% epoch 2.33',
        '88.89% epoch 2.67',
        '100% epoch 3',
      ],
    },
    {
      preset: 'tqdm',
      totalSteps: 9,
      fixture: 'tqdm-epochs',
      positions: [
        '0/9 epoch 0',
        '1/9 epoch 0.33',
        '2/9 epoch 0.67',
        '3/9 epoch 1',
        '4/9 epoch 1.33',
        '5/9 epoch 1.67',
        '6/9 epoch 2',
        '7/9 epoch 2.33',
        '8/9 epoch 2.67',
        '9/9 epoch 3',
      ],
    },
    {
      preset: 'tqdm',
      fixture: 'tqdm-bare-epochs',
      positions: ['0 0%', '1 33.33%', '2 66.67%', '3 100%', '3', '4', '5', '6', '7', '8', '9'],
    },
    {
      preset: 'tqdm',
      totalSteps: 9,
      fixture: 'tqdm-bare-epochs',
      positions: ['0/9', '1/9', '2/9', '3/9', '4/9', '5/9', '6/9', '7/9', '8/9', '9/9'],
    },
    {
      preset: 'tqdm',
      fixture: 'tqdm-nested',
      positions: [
        '0% epoch 0',
        '16.67% epoch 0.33',
        '33.33% epoch 0.67',
        '50% epoch 1',
        '66.67% epoch 1.33',
        '83.33% epoch 1.67',
        '100% epoch 2',
      ],
    },
    {
      preset: 'hf',
      fixture: 'hf4-no-bars',
      positions: ['of 40', 'epoch 0.5', 'epoch 1', 'epoch 1.5', 'epoch 2'],
    },
    {
      preset: 'hf',
      fixture: 'hf4-evaluation-first',
      positions: [
        '7/40 epoch 0.5',
        '10/40',
        '14/40',
        'epoch 0.75',
        '15/40',
        '15/40 epoch 1',
        '20/40',
        '21/40',
        '29/40',
        '29/40 epoch 1.5',
        '30/40',
        'epoch 1.5',
        '30/40',
        '36/40',
        '36/40 epoch 2',
        '40/40',
        'epoch 2',
        '40/40',
      ],
    },
    {
      preset: 'hf',
      fixture: 'hf5',
      positions: [
        '10/40 epoch 0.5',
        '10/40',
        '20/40',
        '20/40 epoch 1',
        '20/40',
        'epoch 1',
        '20/40',
        '30/40',
        '30/40 epoch 1.5',
        '30/40',
        '40/40',
        '40/40 epoch 2',
        '40/40',
        'epoch 2',
      ],
    },
    { preset: 'lightning', fixture: 'lightning-unsized', positions: ['epoch 0', 'epoch 1'] },
    { preset: 'lightning', fixture: 'lightning-rich-pipe', positions: ['20 100% epoch 2'] },
    {
      preset: 'nemo',
      fixture: 'nemo-bar',
      positions: [
        '0/6 epoch 0',
        '1/6 epoch 0',
        '2/6 epoch 0',
        '3/6 epoch 0',
        '4/6 epoch 0',
        '5/6 epoch 0',
        '6/6 epoch 0',
      ],
    },
    {
      preset: 'nemo',
      fixture: 'megatron',
      positions: ['1/1000', '100/1000', '200/1000', '300/1000', '1000/1000'],
    },
    {
      preset: 'nemo',
      fixture: 'nemo-printer',
      positions: [
        '1/10 epoch 0',
        '2/10 epoch 0',
        '3/10 epoch 0',
        '4/10 epoch 0',
        '5/10 epoch 0',
        '6/10 epoch 0',
        '7/10 epoch 1',
        '8/10 epoch 1',
        '9/10 epoch 1',
        '10/10 epoch 1',
      ],
    },
    {
      preset: 'torchtune',
      fixture: 'torchtune',
      positions: [
        '1 epoch 0.25',
        '1 epoch 0.5',
        '2 epoch 0.5',
        '2 epoch 0.75',
        '3 epoch 0.75',
        '3 epoch 1',
        '4 epoch 1',
        '5 epoch 1.25',
        '5 epoch 1.5',
        '6 epoch 1.5',
        '6 epoch 1.75',
        '7 epoch 1.75',
        '7 epoch 2',
        '8 epoch 2',
      ],
    },
  ])('$preset: $fixture, of $totalSteps steps', ({ fixture, positions, ...options }) => {
    expect(positionsOf(readFixture(fixture, options))).toEqual(positions)
  })

  it.each<{ preset: ProgressPreset; fixture: string; metrics: object }>([
    {
      preset: 'tqdm',
      fixture: 'tqdm-postfix',
      metrics: { loss: 0.125, learningRate: 5e-5, stepsPerSecond: 83.92 },
    },
    { preset: 'tqdm', fixture: 'tqdm-slow', metrics: { stepsPerSecond: 1 / 1.2 } },
    { preset: 'tqdm', fixture: 'tqdm-scaled', metrics: { stepsPerSecond: 92_100 } },
    {
      preset: 'tqdm',
      fixture: 'tqdm-nan',
      metrics: { loss: Number.NaN, learningRate: 5e-5, stepsPerSecond: 94.8 },
    },
    {
      preset: 'hf',
      fixture: 'hf4-no-bars',
      metrics: {
        loss: 1.4497,
        grad_norm: 2.471444845199585,
        learningRate: 0,
        train_runtime: 0.5527,
        train_samples_per_second: 578.985,
        train_steps_per_second: 72.373,
        train_loss: 1.4502157688140869,
      },
    },
    {
      preset: 'lightning',
      fixture: 'lightning-tqdm',
      metrics: { loss: 0.168, val_loss: 0.445, stepsPerSecond: 32.61 },
    },
    {
      preset: 'lightning',
      fixture: 'lightning-rich',
      metrics: { loss: 0.5, val_loss: 0.345, stepsPerSecond: 39.52 },
    },
    {
      preset: 'nemo',
      fixture: 'megatron',
      metrics: {
        consumed_samples: 512_000,
        elapsed_time_per_iteration_ms: 2000,
        'throughput_per_GPU_TFLOP/s/GPU': 239.8,
        learningRate: 1e-4,
        global_batch_size: 512,
        loss: 5.8,
        loss_scale: 1,
        grad_norm: 1.426,
        number_of_skipped_iterations: 0,
        number_of_nan_iterations: 0,
        stepsPerSecond: 0.5,
        samplesPerSecond: 256,
      },
    },
    {
      preset: 'nemo',
      fixture: 'nemo-printer',
      metrics: {
        learningRate: 1e-4,
        global_batch_size: 8,
        loss: 1.103,
        train_step_timing_in_s: 0.5,
        consumed_samples: 80,
        stepsPerSecond: 2,
      },
    },
    {
      preset: 'nemo',
      fixture: 'nemo-bar',
      metrics: { loss: 1.84, consumed_samples: 192, train_step_timing_in_s: 1.23, learningRate: 1e-4 },
    },
    {
      preset: 'torchtune',
      fixture: 'torchtune',
      metrics: {
        loss: 0.29320986265432086,
        learningRate: 2e-5,
        tokens_per_second_per_gpu: 1234.5678,
        grad_norm: 1.25,
        stepsPerSecond: 8.19,
      },
    },
  ])('$preset: the last metrics of $fixture', ({ preset, fixture, metrics }) => {
    expect(lastMetricsOf(readFixture(fixture, { preset }))).toEqual(metrics)
  })
})

describe('what is not the training is no progress', () => {
  const presets = ['tqdm', 'hf', 'lightning', 'nemo', 'torchtune'] as const
  it.each(['datasets', 'checkpoint-shards', 'tqdm-download'])('%s, with any preset', (fixture) => {
    for (const preset of presets) expect(readFixture(fixture, { preset })).toEqual([])
  })

  it.each([
    'Tokenizing train dataset:  45%|████▌     | 45/100 [00:10<00:12,  4.40 examples/s]',
    'Packing train dataset:  45%|████▌     | 45/100 [00:10<00:12,  4.40 examples/s]',
    'Downloading shards:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s]',
    'Loading weights:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s]',
    'Fetching 5 files:  20%|██        | 1/5 [00:10<00:12,  4.40s/it]',
    'Evaluating:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s]',
    'Epoch 1/3 [val]:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s]',
    'Sanity Checking DataLoader 0:  50%|█████     | 1/2 [00:06<00:06,  0.16it/s]',
    'Validation DataLoader 0:  50%|█████     | 1/2 [00:06<00:06,  0.16it/s]',
    'Testing DataLoader 0:  50%|█████     | 1/2 [00:06<00:06,  0.16it/s]',
    'data.bin:  45%|████▌     | 450M/1.00G [00:10<00:12, 45.0MB/s]',
    'Validation: iteration 3/10',
    'a line that says 3/10, [00:10] and 45%',
    '[10:00:05] step 3/10 [INFO] hello',
    "{'id': 3, 'name': 'x'}",
    '',
  ])('%j, with any preset', (piece) => {
    for (const preset of presets) expect(createProgressReader({ preset })(piece)).toBeUndefined()
  })
})

describe('hf', () => {
  const trainingAt = (done: number, time: string) => ` 10%|█         | ${done}/300 [${time}<10:00,  1.00it/s]`
  const evaluationAt = (done: number, time: string) =>
    ` 10%|█         | ${done}/90 [${time}<10:00,  1.00it/s]`
  const log = "{'loss': 0.5, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 0.4}"
  const lastLog = "{'train_runtime': 1.0, 'train_loss': 0.5, 'epoch': 1.0}"

  it.each<{ of: string; pieces: readonly string[]; totalSteps?: number; positions: readonly string[] }>([
    {
      of: 'a bar that nothing vouches for',
      pieces: [trainingAt(0, '00:00'), trainingAt(20, '00:20')],
      positions: [],
    },
    {
      of: 'a bar that has run for a minute',
      pieces: [trainingAt(20, '00:20'), trainingAt(60, '01:00')],
      positions: ['60/300'],
    },
    {
      of: 'a bar with the total that was given',
      pieces: [evaluationAt(3, '00:03'), trainingAt(1, '00:01')],
      totalSteps: 300,
      positions: ['1/300'],
    },
    {
      of: 'a bar with the total that was announced',
      pieces: ['  Total optimization steps = 300', evaluationAt(3, '00:03'), trainingAt(1, '00:01')],
      positions: ['of 300', '1/300'],
    },
    {
      of: 'a bar that was there when a loss was logged',
      pieces: [trainingAt(1, '00:01'), log, trainingAt(2, '00:02')],
      positions: ['1/300 epoch 0.4', '2/300'],
    },
    {
      of: 'an evaluation before, in between, longer than the training so far, and after',
      pieces: [
        evaluationAt(30, '00:30'),
        evaluationAt(90, '00:59'),
        trainingAt(1, '00:01'),
        evaluationAt(1, '00:01'),
        trainingAt(2, '00:02'),
        log,
        evaluationAt(90, '30:00'),
        trainingAt(3, '30:03'),
        trainingAt(300, '40:00'),
        lastLog,
        evaluationAt(1, '00:01'),
        evaluationAt(80, '10:00'),
      ],
      positions: ['2/300 epoch 0.4', '3/300', '300/300', 'epoch 1'],
    },
    {
      of: 'an evaluation that has as many steps as the training',
      pieces: [trainingAt(40, '00:40'), log, trainingAt(45, '00:05')],
      positions: ['40/300 epoch 0.4'],
    },
    {
      of: 'a second training after one that stopped early',
      pieces: [
        trainingAt(1, '00:01'),
        log,
        trainingAt(50, '00:50'),
        lastLog,
        trainingAt(0, '00:00'),
        trainingAt(1, '00:01'),
        log,
      ],
      positions: ['1/300 epoch 0.4', '50/300', 'epoch 1', '1/300 epoch 0.4'],
    },
    {
      of: 'a bar that counts bytes or has no total',
      pieces: ['  5%|▌   | 5.00M/100M [02:00<10:00, 1.00MB/s]', '5it [02:00, 1.00it/s]'],
      positions: [],
    },
    {
      of: 'a resumed training',
      pieces: [trainingAt(200, '00:00'), trainingAt(260, '01:00')],
      positions: ['260/300'],
    },
  ])('$of', ({ pieces, totalSteps, positions }) => {
    expect(positionsOf(readText(pieces.join('\r'), { preset: 'hf', totalSteps }))).toEqual(positions)
  })

  it('values may be numbers, strings, NaN, or what NumPy and PyTorch make of them', () => {
    const text =
      "{'loss': nan, 'grad_norm': 'inf', 'eval_f1': np.float64(0.5), 'eval_mcc': tensor(0.25), 'note': 'no', 'epoch': '1.5'}"
    expect(readText(text, { preset: 'hf' })).toEqual([
      {
        type: 'progress',
        epoch: 1.5,
        metrics: { loss: Number.NaN, grad_norm: Infinity, eval_f1: 0.5, eval_mcc: 0.25 },
      },
    ])
  })
})

describe('lightning', () => {
  it('a step is a batch of the run, and never falls when an epoch begins', () => {
    const steps = readFixture('lightning-tqdm', { preset: 'lightning' }).flatMap(({ step }) => step ?? [])
    expect([...new Set(steps)]).toEqual(Array.from({ length: 21 }, (_, index) => index))
    expect(steps.toSorted((a, b) => a - b)).toEqual(steps)
  })

  it("an epoch's percentage is not the run's", () => {
    expect(
      readFixture('lightning-tqdm', { preset: 'lightning' }).filter(({ percent }) => percent !== undefined),
    ).toEqual([])
  })

  it('of --total-steps steps', () => {
    const positions = positionsOf(readFixture('lightning-tqdm', { preset: 'lightning', totalSteps: 20 }))
    expect(positions.slice(9, 12)).toEqual(['9/20 epoch 0.9', '10/20 epoch 1', '11/20 epoch 1.1'])
  })

  it("Rich's bar tells how many epochs there are", () => {
    const positions = positionsOf(readFixture('lightning-rich', { preset: 'lightning' }))
    expect(positions.filter((_, index) => index % 5 === 0)).toEqual([
      '0 0% epoch 0',
      '5 25% epoch 0.5',
      '10 50% epoch 1',
      '15 75% epoch 1.5',
      '20 100% epoch 2',
    ])
  })

  it('without max_epochs, it does not', () => {
    expect(positionsOf(readFixture('lightning-rich-max-steps', { preset: 'lightning' }))).toEqual([
      '10 epoch 2',
    ])
  })

  it('max_steps cuts the last epoch short', () => {
    const text = [
      'Epoch 0: 100%|███| 10/10 [00:10<00:00, 1.00it/s, v_num=3]',
      'Epoch 1:  60%|██ | 3/5 [00:03<00:02, 1.00it/s, v_num=3]',
    ].join('\r')
    expect(positionsOf(readText(text, { preset: 'lightning' }))).toEqual(['10 epoch 1', '13 epoch 1.3'])
  })
})

describe('nemo', () => {
  it.each([
    {
      line: '0: Training epoch 0, iteration 28/99 | lr: 5.6e-06 | global_step: 28 | val_loss: 2.861',
      position: '29/100 epoch 0',
    },
    { line: 'Training epoch 0, iteration 10/100 | lr: 5.6e-06 | global_step: 9', position: '10/100 epoch 0' },
    { line: 'Training epoch 0, iteration 9/99', position: '10/100 epoch 0' },
    { line: 'Training epoch 3, iteration 9/99', position: 'epoch 3' },
    {
      line: '[default3]: iteration       10/  292968 | consumed samples:        10240 | elapsed time per iteration (s): 35.8651 |',
      position: '10/292968',
    },
    {
      line: 'Epoch 1: : 50%|█████ | 50/100 [16:26<00:00, v_num=gjbq, global_step=149.0]',
      position: '150/100 epoch 1',
    },
    { line: 'Epoch 1: : 1it [00:04,  4.36s/it, v_num=d3c7, reduced_train_loss=0.674]', position: 'epoch 1' },
    { line: 'Epoch 2:  50%|█████ | 50/100 [16:26<00:00,  4.36s/it, v_num=0]', position: '250 epoch 2.5' },
  ])('$line', ({ line, position }) => {
    expect(positionsOf(readText(line, { preset: 'nemo' }))).toEqual([position])
  })

  it('samples a second are told where the batch is', () => {
    const line = 'iteration 10/ 20 | elapsed time per iteration (s): 4.0 | global batch size: 8 |'
    expect(lastMetricsOf(readText(line, { preset: 'nemo' }))).toMatchObject({
      stepsPerSecond: 0.25,
      samplesPerSecond: 2,
    })
  })
})

describe('torchtune', () => {
  it('of --total-steps steps', () => {
    expect(positionsOf(readFixture('torchtune', { preset: 'torchtune', totalSteps: 8 })).at(-1)).toBe(
      '8/8 epoch 2',
    )
  })
})

it('colours, movements of the cursor and prefixes do no harm', () => {
  const piece =
    '\u001b[2K\u001b[1A\u001b[35mEpoch 1/3\u001b[0m:  50%|█████     | 5/10 [00:10<00:12,  4.40it/s]\u001b[0m\u001b[A'
  expect(positionsOf(readText(piece, { preset: 'tqdm' }))).toEqual(['16.67% epoch 0.5'])
})

it('a pattern is tried before the preset', () => {
  const read = createProgressReader({ preset: 'nemo', pattern: /^my step (?<step>\d+)/ })
  expect([read('my step 5'), read('iteration 10/ 20 | x: 1 |')]).toMatchObject([{ step: 5 }, { step: 10 }])
})

it('without preset and pattern, nothing is progress', () => {
  expect(createProgressReader({})('50%|█████     | 5/10 [00:10<00:12,  4.40it/s]')).toBeUndefined()
})

it('a piece of a megabyte is no trouble, whatever is in it', () => {
  const nasty = [
    '1'.repeat(2 ** 20),
    `${'1.'.repeat(2 ** 19)} [`,
    `|${' '.repeat(2 ** 20)}`,
    "{'".repeat(2 ** 19),
    '|'.repeat(2 ** 20),
    `Epoch 1${' '.repeat(2 ** 20)}`,
  ]
  for (const preset of ['tqdm', 'hf', 'lightning', 'nemo', 'torchtune'] as const)
    for (const piece of nasty) expect(createProgressReader({ preset })(piece)).toBeUndefined()
})
