import { barMetrics, readBar } from './bar.ts'
import { createLightningReader } from './lightning.ts'
import { nameMetrics, numbersOf } from './metrics.ts'
import { type Position, type ProgressReader, progressEvent } from './reading.ts'

/** `lr: 0.0001 | global_step: 10`, and Megatron-LM's `lm loss: 6.9E+00 |` */
const readFields = (text: string): ReadonlyMap<string, number> =>
  new Map(
    numbersOf(
      text.split('|').flatMap((field) => {
        const colon = field.lastIndexOf(':')
        return colon < 0 ? [] : [[field.slice(0, colon).trim(), field.slice(colon + 1)] as const]
      }),
    ),
  )

/**
 * ` iteration      100/   1000 | consumed samples: … | elapsed time per iteration (ms): … | lm loss: 6.9E+00 | …`
 *
 * Megatron-LM `megatron/training/training.py`, `training_log`, since 2024 with a time stamp before it; Megatron-DeepSpeed
 * has seconds. The iteration is global, and counts from 1.
 */
const readMegatron = (text: string, totalSteps: number | undefined) => {
  const [, step, total, rest = ''] = /\biteration +(\d+) *\/ *(\d+) \|(.*)$/.exec(text) ?? []
  if (step === undefined) return undefined
  const fields = readFields(rest)
  const milliseconds = fields.get('elapsed time per iteration (ms)')
  const seconds =
    milliseconds === undefined ? fields.get('elapsed time per iteration (s)') : milliseconds / 1000
  const batch = fields.get('global batch size')
  const derived =
    seconds === undefined || !(seconds > 0)
      ? []
      : ([
          ['stepsPerSecond', 1 / seconds],
          ...(batch === undefined ? [] : ([['samplesPerSecond', batch / seconds]] as const)),
        ] as const)
  return progressEvent(
    { step: Number(step), totalSteps: totalSteps ?? Number(total) },
    nameMetrics([...fields, ...derived]),
  )
}

/**
 * `Training epoch 0, iteration 9/99 | lr: … | global_step: 9 | reduced_train_loss: 11.03 | train_step_timing in s: …`
 *
 * NeMo 2 `nemo/lightning/pytorch/callbacks/progress_printer.py`, `ProgressPrinter`. Both numbers count from 0, and the
 * last is `max_steps - 1`: NeMo's data modules refuse a trainer without `max_steps`. The iteration starts over in
 * each epoch; `global_step`, which counts from 0 too, does not. Before October 2024 the iteration counted from 1.
 */
const readPrinter = (text: string, totalSteps: number | undefined) => {
  const [, epoch, iteration, last, rest = ''] =
    /\bTraining epoch (\d+), iteration (\d+)\/(-?\d+)(?: \|(.*))?$/.exec(text) ?? []
  if (epoch === undefined) return undefined
  const { global_step: globalStep, ...fields } = Object.fromEntries(readFields(rest))
  const isFirstEpoch = Number(epoch) === 0
  const countsFromOne = isFirstEpoch && globalStep !== undefined && Number(iteration) === globalStep + 1
  const iterations = countsFromOne ? Number(iteration) : Number(iteration) + 1
  const step = globalStep === undefined ? (isFirstEpoch ? iterations : undefined) : globalStep + 1
  const position: Position = {
    step,
    totalSteps:
      step === undefined ? undefined : (totalSteps ?? (countsFromOne ? Number(last) : Number(last) + 1)),
    epoch: Number(epoch),
  }
  const timing = fields['train_step_timing in s']
  return progressEvent(
    position,
    nameMetrics([
      ...Object.entries(fields),
      ...(timing !== undefined && timing > 0 ? ([['stepsPerSecond', 1 / timing]] as const) : []),
    ]),
  )
}

/**
 * `Epoch 0: :   1%|▏         | 795/77225 [9:07:58<878:01:48, v_num=, reduced_train_loss=3.090, global_step=794.0]`
 *
 * `nemo/lightning/pytorch/callbacks/progress_bar.py`, `MegatronProgressBar`, known by its second colon. Its total is
 * `max_steps`, but its count starts over in each epoch.
 */
const readMegatronBar = (text: string, totalSteps: number | undefined) => {
  const bar = readBar(text)
  const [, epoch] = /\bEpoch (\d+)$/.exec(bar?.description ?? '') ?? []
  if (!bar || bar.colons < 2 || epoch === undefined) return undefined
  const { v_num: _, global_step: globalStep, ...metrics } = barMetrics(bar)
  const later = globalStep === undefined ? undefined : globalStep + 1
  const step = Number(epoch) === 0 ? bar.done : later
  const total = step === undefined ? undefined : (totalSteps ?? bar.total)
  return progressEvent({ step, totalSteps: total, epoch: Number(epoch) }, metrics)
}

/**
 * NeMo and Megatron-LM: the lines that Megatron-LM and NeMo 2 print, the bar of Megatron models, and, for the models
 * of NeMo that Lightning trains as it is (speech), Lightning's.
 */
export const createNemoReader = (totalSteps?: number): ProgressReader => {
  const lightning = createLightningReader(totalSteps)
  return (text) =>
    readPrinter(text, totalSteps) ??
    readMegatron(text, totalSteps) ??
    readMegatronBar(text, totalSteps) ??
    lightning(text)
}
