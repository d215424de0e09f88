import { barMetrics, readBar, shareOf } from './bar.ts'
import { nameMetrics, numbersOf } from './metrics.ts'
import { readNumber } from './numbers.ts'
import { type Position, type ProgressReader, progressEvent } from './reading.ts'

/**
 * `1|10|Loss: 1.23:   3%|▎         | 10/300 [00:12<05:48,  1.20s/it]`, the epoch from 1, the global step, the loss
 *
 * torchtune 0.6 `recipes/full_finetune_single_device.py` and its sisters, `pbar.set_description`.
 */
const readRecipeBar = (text: string) => {
  const bar = readBar(text)
  const [, epoch, step, loss = ''] = /(\d+)\|(\d+)\|Loss: (\S+)$/.exec(bar?.description ?? '') ?? []
  if (!bar || epoch === undefined) return undefined
  const share = shareOf(bar)
  const value = readNumber(loss)
  return {
    position: { step: Number(step), epoch: share === undefined ? undefined : Number(epoch) - 1 + share },
    metrics: { ...barMetrics(bar), ...(value !== undefined && { loss: value }) },
  }
}

/**
 * `Step 10 | loss:1.23 lr:2e-05 tokens_per_second_per_gpu:1234.5 `
 *
 * torchtune 0.6 `torchtune/training/metric_logging.py`, `StdoutLogger.log_dict`.
 */
const readStdoutLogger = (text: string) => {
  const [, step, rest = ''] = /\bStep (\d+) \| (.*)$/.exec(text) ?? []
  if (step === undefined) return undefined
  const pairs = [...rest.matchAll(/([^\s:]+):(\S+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  return { position: { step: Number(step) }, metrics: nameMetrics(numbersOf(pairs)) }
}

/**
 * torchtune's recipes. The bar is an epoch's, but tells the global step; the run's total has to be given.
 * The recipe for PPO has a plain bar of the whole run instead: that is for the preset tqdm.
 */
export const createTorchtuneReader =
  (totalSteps?: number): ProgressReader =>
  (text) => {
    // with both streams in one pipe, the line follows the bar without a line feed
    const bar = readRecipeBar(text)
    const line = readStdoutLogger(text)
    if (!bar && !line) return undefined
    const position: Position = { totalSteps, ...bar?.position, ...line?.position }
    return progressEvent(position, { ...bar?.metrics, ...line?.metrics })
  }
