import { type Bar, barMetrics, isFinished, isSameBar, readBar } from './bar.ts'
import { nameMetrics, numbersOf } from './metrics.ts'
import { type ProgressReader, progressEvent } from './reading.ts'

/** A bar that has run for so long is taken for the training's, where nothing else tells. */
const longEnoughSeconds = 60

/**
 * `{'loss': 0.6931, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 0.4}`, the `str()` of a dict; since
 * transformers 5 its floats are strings. transformers 5.23 `trainer_callback.py`, `ProgressCallback.on_log` and, without
 * bars, `PrinterCallback.on_log`.
 */
const readLog = (text: string): ReadonlyMap<string, number> | undefined => {
  const from = text.indexOf("{'")
  if (from < 0) return undefined
  // 'key': value, 'value', np.float64(value) or tensor(value)
  const pairs = text.slice(from).matchAll(/'([^']{1,100})': (?:[a-z.\d_]*\()?'?([^\s',)}]+)/gi)
  const values = new Map(numbersOf([...pairs].map(([, name = '', value = '']) => [name, value] as const)))
  // the training's have it all; an evaluation outside of a training has not
  return values.has('epoch') ? values : undefined
}

/** `logger.info(f"  Total optimization steps = {max_steps:,}")`, transformers 5.23 `trainer.py` */
const readTotal = (text: string) => {
  const [, digits] = /Total optimization steps = ([\d,]+)/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''))
}

/**
 * Hugging Face's Trainer, and what is built on it (TRL, sentence-transformers).
 *
 * Bars that have a description are none of the Trainer's (`Map:`, `Loading checkpoint shards:`, downloads). Of those
 * without one, the training's is the one that was there when a loss was logged, or, before that, has run for a
 * minute, or has the total that is known. Evaluations, before it, in between and after, are not. Its count is
 * global: a resumed training starts with what was done before.
 */
export const createHfReader = (totalSteps?: number): ProgressReader => {
  let knownTotal = totalSteps
  /** The bar that is the training's, or may be. */
  let candidate: Bar | undefined
  let isSure = false
  let wasEverSure = false
  /** The Trainer has said so: an early stop leaves its bar unfinished. */
  let isOver = false

  const mayReplace = (earlier: Bar, later: Bar) =>
    isOver ||
    isFinished(earlier) ||
    // a bar that is open beside another began later, so its time is the shorter one
    (!isSure && (later.total === knownTotal || later.elapsedSeconds > earlier.elapsedSeconds))

  const beSure = () => {
    isSure = true
    wasEverSure = true
  }

  /** Whether the bar is the training's, as far as is known by now. */
  const isTraining = (bar: Bar) => {
    if (candidate && !isSameBar(candidate, bar)) {
      if (!mayReplace(candidate, bar)) return false
      isSure = false
      isOver = false
    }
    candidate = bar
    if (bar.total === knownTotal || (!wasEverSure && bar.elapsedSeconds >= longEnoughSeconds)) beSure()
    return isSure
  }

  const positionOf = (bar: Bar | undefined) => bar && { step: bar.done, totalSteps: totalSteps ?? bar.total }

  const readBarOf = (bar: Bar) => {
    if (bar.description !== '' || bar.isBytes || bar.isScaled || bar.total === undefined) return undefined
    return isTraining(bar) ? progressEvent({ ...positionOf(bar) }, barMetrics(bar)) : undefined
  }

  const readLogOf = (log: ReadonlyMap<string, number>) => {
    const { epoch, ...metrics } = Object.fromEntries(log)
    const isOfTraining = log.has('loss')
    if (isOfTraining && candidate) beSure()
    const isLast = log.has('train_runtime')
    isOver ||= isLast
    const position = isOfTraining ? positionOf(candidate) : undefined
    // the last one has the averages of the run
    const named = isLast
      ? nameMetrics(Object.entries(metrics), new Map())
      : nameMetrics(Object.entries(metrics))
    return progressEvent({ ...position, epoch }, named)
  }

  return (text) => {
    const log = readLog(text)
    if (log) return readLogOf(log)
    const bar = readBar(text)
    if (bar) return readBarOf(bar)
    const announced = readTotal(text)
    if (announced === undefined || totalSteps !== undefined) return undefined
    knownTotal = announced
    return progressEvent({ totalSteps: announced }, {})
  }
}
