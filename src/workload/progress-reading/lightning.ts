import type { StepMetrics } from '../../workload-events.ts'
import { type Bar, barMetrics, readBar, readPairs, shareOf } from './bar.ts'
import { nameMetrics, numbersOf } from './metrics.ts'
import { keepFromFalling, type ProgressReader, progressEvent } from './reading.ts'

/** One epoch's bar, of either kind. */
interface EpochBar {
  /** From 0. */
  readonly epoch: number
  /** Of the whole run, where the bar tells. */
  readonly epochs: number | undefined
  readonly done: number
  readonly total: number | undefined
  readonly metrics: StepMetrics
}

/** `v_num` is the version of Lightning's own logs. */
const withoutVersion = ({ v_num: _, ...metrics }: StepMetrics): StepMetrics => metrics

/**
 * `Epoch 3:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s, v_num=0, train_loss=0.500]`
 *
 * lightning 2.6 `pytorch/callbacks/progress/tqdm_progress.py`, `TQDMProgressBar`; its bars of sanity checks, validation,
 * tests and predictions have other descriptions.
 */
export const readEpochBar = (bar: Bar): EpochBar | undefined => {
  const [, epoch] = /^Epoch (\d+)$/.exec(bar.description) ?? []
  if (epoch === undefined || bar.isScaled) return undefined
  return {
    epoch: Number(epoch),
    epochs: undefined,
    done: bar.done,
    total: bar.total,
    metrics: withoutVersion(barMetrics(bar)),
  }
}

/**
 * `Epoch 3/9 ━━━━━━━╸━━━━━ 45/100 0:00:10 • 0:00:12 4.40it/s v_num: 0.000 train_loss: 0.500`
 *
 * lightning 2.6 `pytorch/callbacks/progress/rich_progress.py`, `RichProgressBar`. After the slash is the number of the
 * last epoch, `max_epochs - 1`; -2 where only `max_steps` ends the run.
 */
const readRichBar = (text: string): EpochBar | undefined => {
  const [, epoch, last, done, total, rate, tail = ''] =
    /Epoch (\d+)(?:\/(-?\d+))?[\s━╸╺-]+(\d+)\/(\d+|--) [\d:]+ • [\d:-]+ +([\d.]+)it\/s(.*)$/.exec(text) ?? []
  if (epoch === undefined) return undefined
  const speed = Number(rate)
  return {
    epoch: Number(epoch),
    epochs: last === undefined || Number(last) < 0 ? undefined : Number(last) + 1,
    done: Number(done),
    total: total === '--' ? undefined : Number(total),
    metrics: withoutVersion(
      nameMetrics([
        ...numbersOf(readPairs(tail)),
        ...(speed > 0 ? ([['stepsPerSecond', speed]] as const) : []),
      ]),
    ),
  }
}

/**
 * Lightning 2, with its default bar or Rich's.
 *
 * Each epoch has a bar of its own, so only the epoch is known, and how many batches the run has done if all its epochs
 * but the last have as many: that is the step. The percentage of the run is known where `totalSteps`, the batches of all epochs,
 * is given, or where Rich's bar tells the last epoch.
 */
export const createLightningReader = (totalSteps?: number): ProgressReader => {
  const notFalling = keepFromFalling()
  /** Of a whole epoch: `max_steps` cuts the last one short. */
  let batches: number | undefined
  return (text) => {
    const bar = readBar(text)
    const shown = bar ? readEpochBar(bar) : text.includes('Epoch') ? readRichBar(text) : undefined
    if (!shown) return undefined
    const { epoch, epochs, done, total, metrics } = shown
    if (total !== undefined) batches = Math.max(batches ?? 0, total)
    const epochsDone = epoch + (shareOf({ done, total: batches }) ?? 0)
    const isPercentKnown = epochs !== undefined && totalSteps === undefined
    const position = notFalling({
      step: batches === undefined ? undefined : epoch * batches + done,
      totalSteps,
      percent: isPercentKnown ? Math.min(100, (100 * epochsDone) / epochs) : undefined,
      epoch: epochsDone,
    })
    return progressEvent(position, metrics)
  }
}
