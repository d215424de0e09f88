import { type Bar, barMetrics, isFinished, isSameBar, readBar, readPairs, shareOf } from './bar.ts'
import { nameMetrics, numbersOf } from './metrics.ts'
import { keepFromFalling, type Position, type ProgressReader, progressEvent } from './reading.ts'

/** What bars of libraries and scripts begin with that prepare data, fetch a model or save one. */
const preparing =
  /^\W*(?:(?:map|filter|download|running tokenizer)\b|(?:flatten|tokeni[sz]|truncat|pack|download|upload|fetch|extract|resolv|load|read|sav|writ|creat|cast|convert|comput|generat|prepar|preprocess|process|copy|sett|add|apply|captur|quanti[sz]|index|shuffl|sort|scan|group|cach|build|collect|compil)ing\b)/i
const evaluating = /\b(?:val|valid\w*|eval\w*|tests?|testing|predict\w*|infer\w*|sampling|sanity)\b/i
const training = /\btrain\w*/i

/** Whether the bar may show a training, going by its description and by what it counts. */
const mayBeTraining = ({ description, isBytes }: Bar) =>
  !isBytes && !preparing.test(description) && (!evaluating.test(description) || training.test(description))

/** `Epoch 3`, `Epoch 3/10`, `Training epoch [3/10]`, `epoch: 3 of 10` */
const epochOf = (description: string) =>
  /\bepochs?\b\W{0,4}(?<number>\d+)(?:\s*(?:\/|of)\s*(?<last>\d+))?/i.exec(description)?.groups

/** `Epoch 3/10 …` or nothing but `Epoch 3`, on a line of its own, as scripts print it before the bar of an epoch. */
const epochOfLine = (line: string) =>
  (
    /^\W*epoch\W{0,4}(?<number>\d+)\s*(?:\/|of)\s*(?<last>\d+)/i.exec(line) ??
    /^\W*epoch #?(?<number>\d+)\W*$/i.exec(line)
  )?.groups

type Epoch = NonNullable<ReturnType<typeof epochOf>>

/** A bar called `Epoch` may also be one of an epoch. */
const countsEpochs = ({ description, unit }: Bar) =>
  /^epochs?$/i.test(unit ?? '') || /\bepochs$/i.test(description)

/** Also pairs such as `loss=0.5` that scripts put into the description. */
const metricsOf = (bar: Bar, countsSteps: boolean) => {
  const pairs = readPairs(bar.description).filter(([name]) => !/^epochs?$/i.test(name))
  return { ...nameMetrics(numbersOf(pairs)), ...barMetrics(bar, { countsSteps }) }
}

/** The bar of the whole run, as far as is known. */
interface Run {
  readonly bar: Bar
  /** What the bars before it had done. */
  readonly doneBefore: number
  /** It is the only one so far, and has not started over: its total is the run's. */
  readonly isWhole: boolean
}

/** Bars within the run's that are told apart. */
const mostWithin = 16

/**
 * Any program with bars of tqdm. It is not told which bar is what, so these are the rules:
 *
 * - Bars that count bytes, and bars whose description is that of a preparation or an evaluation, are nothing.
 * - With an epoch in its description, or in a line before it, a bar is that epoch's: `Epoch 3/10` at 45 % is 24.5 % of
 *   the run, `Epoch 3` at 45 % is epoch 2.45 and no percentage.
 * - A bar that counts epochs is the run's.
 * - Any other bar is taken for the run's. A bar within it adds to its percentage, up to one step of it. Once it starts
 *   over, or another follows it, no percentage is told any more, and steps go on where they were.
 * - With `totalSteps`, a bar of that total is the run's; bars of other totals are parts of it, one after the other.
 */
export const createTqdmReader = (totalSteps?: number): ProgressReader => {
  const notFalling = keepFromFalling()
  let countsFromZero = false
  /** What a line before the bars told. */
  let announced: Epoch | undefined
  let run: Run | undefined
  /** The totals of bars that were within the run's. */
  const within = new Set<number | undefined>()

  const positionInEpoch = (bar: Bar, { number, last }: Epoch): Position => {
    countsFromZero ||= Number(number) === 0
    const before = countsFromZero ? Number(number) : Number(number) - 1
    const epoch = before + (shareOf(bar) ?? 0)
    if (totalSteps !== undefined && bar.total !== undefined)
      return { step: before * bar.total + bar.done, totalSteps, epoch }
    return { epoch, percent: last === undefined ? undefined : (100 * epoch) / Number(last) }
  }

  const positionOfRun = ({ bar, doneBefore, isWhole }: Run, part = 0): Position => {
    if (countsEpochs(bar)) {
      const epoch = bar.done + part
      return { epoch, percent: bar.total === undefined ? undefined : (100 * epoch) / bar.total }
    }
    const step = bar.isScaled ? undefined : doneBefore + bar.done
    if (totalSteps !== undefined) return { step, totalSteps }
    const share = shareOf(bar)
    if (!isWhole || share === undefined || bar.total === undefined) return { step }
    return { step, percent: Math.min(100, 100 * (share + part / bar.total)) }
  }

  /** Of a bar that is open while the run's is not finished. */
  const positionWithin = (outer: Run, bar: Bar): Position => {
    if (within.size < mostWithin) within.add(bar.total)
    // what is within what is within the run's adds nothing
    const [first] = within
    return positionOfRun(outer, bar.total === first ? shareOf(bar) : 0)
  }

  /** Of a bar that is not an epoch's: the run's, a part of it, or one within it. */
  const positionOf = (bar: Bar): Position | undefined => {
    if (!run) run = { bar, doneBefore: 0, isWhole: true }
    else if (isSameBar(run.bar, bar)) run = { ...run, bar }
    else if (bar.total === run.bar.total || (isFinished(run.bar) && !within.has(bar.total)))
      run = { bar, doneBefore: run.doneBefore + run.bar.done, isWhole: false }
    else return isFinished(run.bar) ? undefined : positionWithin(run, bar)
    return positionOfRun(run)
  }

  /** A bar had the total that was given: what it says is certain, and no other says more. */
  let isCertain = false
  const readCertain = (bar: Bar) =>
    bar.total === totalSteps ? progressEvent({ step: bar.done, totalSteps }, metricsOf(bar, true)) : undefined

  const read = (bar: Bar, epoch: Epoch | undefined) => {
    isCertain ||= totalSteps !== undefined && bar.total === totalSteps && !bar.isScaled
    if (isCertain) return readCertain(bar)
    const position = epoch ? positionInEpoch(bar, epoch) : positionOf(bar)
    if (!position) return undefined
    const isInEpochs = epoch !== undefined || (run !== undefined && countsEpochs(run.bar))
    const countsSteps = !countsEpochs(bar) && (isInEpochs || run?.bar === bar)
    return progressEvent(notFalling(position), metricsOf(bar, countsSteps))
  }

  return (text) => {
    const bar = readBar(text)
    if (!bar) {
      announced = epochOfLine(text) ?? announced
      return undefined
    }
    if (!mayBeTraining(bar)) return undefined
    return read(bar, epochOf(bar.description) ?? (bar.description === '' ? announced : undefined))
  }
}
