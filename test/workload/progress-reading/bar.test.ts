import { expect, it } from 'vitest'
import { readBar } from '../../../src/workload/progress-reading/bar.ts'

it.each([
  [
    ' 45%|████▌     | 45/100 [00:10<00:12,  4.40it/s]',
    {
      description: '',
      colons: 0,
      done: 45,
      total: 100,
      percent: 45,
      unit: 'it',
      rate: 4.4,
      elapsedSeconds: 10,
    },
  ],
  [
    'a: b: 100%|██████████| 3/3 [1:00:01<00:00,  4.00s/batch]',
    { description: 'a: b', colons: 1, done: 3, total: 3, unit: 'batch', rate: 0.25, elapsedSeconds: 3601 },
  ],
  ['  0%|          | 0/3 [00:00<?, ?it/s]', { done: 0, total: 3, percent: 0, unit: 'it', rate: undefined }],
  [
    ' 24%|██        | 1.20k/5.00k [00:10<00:30, 98.6kit/s]',
    { done: 1200, total: 5000, isScaled: true, isBytes: false, rate: 98_600 },
  ],
  [' 24%|██        | 1.20G/5.00G [00:10<00:30, 98.6MB/s]', { isBytes: true }],
  [' 24%|██        | 1.20GiB/5.00GiB [00:10<00:30, 98.6MiB/s]', { isBytes: true }],
  [
    'Map:  24%|██        | 24/100 [00:10<00:30, 16515.29 examples/s]',
    { description: 'Map', unit: 'examples', rate: 16_515.29 },
  ],
  [
    'Epoch 0: |          | 3/? [00:00<00:00, 35.33it/s, v_num=0]',
    { description: 'Epoch 0', done: 3, total: undefined, percent: undefined, rate: 35.33 },
  ],
  [
    'Epoch 0: :  17%|█▋        | 1/6 [00:00<00:00]',
    { description: 'Epoch 0', colons: 2, done: 1, total: 6, unit: undefined, rate: undefined },
  ],
  [
    'Epoch 1: : 1it [00:04,  4.36s/it, reduced_train_loss=0.674]',
    { description: 'Epoch 1', colons: 2, done: 1, total: undefined, unit: 'it' },
  ],
  [
    'desc: 12.5kit [00:04, 98.6kit/s]',
    { description: 'desc', done: 12_500, total: undefined, isScaled: true },
  ],
  [' 33% 1/3 [00:00<00:00, 98.90it/s]', { description: '', done: 1, total: 3, percent: 33 }],
  [
    '1|10|Loss: 1.23:   3%|▎         | 10/300 [00:12<05:48,  1.20s/it]Step 10 | loss:1.23',
    { description: '1|10|Loss: 1.23', done: 10, total: 300, rate: 1 / 1.2, postfix: [] },
  ],
  [
    ' 50%|#####     | 5/10 [00:10<00:12,  4.40it/s, loss=0.5, train_step_timing in s=1.230, acc=91%, note=a b]',
    {
      postfix: [
        ['loss', '0.5'],
        ['train_step_timing in s', '1.230'],
        ['acc', '91%'],
        ['note', 'a'],
      ],
    },
  ],
  [
    ' 50%|#####     | 5/10 [00:10<00:12,  4.40it/s, loss: 0.5 acc: 0.9]',
    {
      postfix: [
        ['loss', '0.5'],
        ['acc', '0.9'],
      ],
    },
  ],
])('%s', (text, bar) => {
  expect(readBar(text)).toMatchObject(bar)
})

it.each([
  '',
  '45/100',
  '45/100 [00:10<00:12]',
  '[00:10] 45%',
  'took 3/10 [1:2]',
  '45/100 [00:10<00:12, 4.40it/s]',
])('%j is no bar', (text) => {
  expect(readBar(text)).toBeUndefined()
})
