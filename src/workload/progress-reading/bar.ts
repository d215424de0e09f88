import type { StepMetrics } from '../../workload-events.ts'
import { nameMetrics, numbersOf } from './metrics.ts'

/**
 * Progress bars as tqdm prints them.
 *
 * `tqdm/std.py` 4.70, `tqdm.format_meter`:
 *
 *     {desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}{postfix}]
 *     {desc}: {percentage:3.0f}% {n_fmt}/{total_fmt} [...]      with ncols=0
 *     {desc}: {n_fmt}{unit} [{elapsed}, {rate_fmt}{postfix}]    without a total
 *
 * Lightning (`pytorch/callbacks/progress/tqdm_progress.py`) prints `{desc}: |{bar}| 3/? [...]` without a total; NeMo
 * (`lightning/pytorch/callbacks/progress_bar.py`) has no rate, and a second colon after the description.
 */
export interface Bar {
  /** Without its colon. */
  readonly description: string
  /** How many colons end the description: NeMo's has two. */
  readonly colons: number
  readonly done: number
  readonly total: number | undefined
  /** As it is printed, rounded; only where there is a total. */
  readonly percent: number | undefined
  /** `done` and `total` are rounded, such as `1.20k/5.00k`. */
  readonly isScaled: boolean
  /** Bytes are counted: a download. */
  readonly isBytes: boolean
  /** What is counted, such as `it`, `batch` or `epoch`; undefined while the bar does not tell. */
  readonly unit: string | undefined
  readonly elapsedSeconds: number
  /** Per second. */
  readonly rate: number | undefined
  /** What follows the rate, such as `loss=0.5`. */
  readonly postfix: readonly (readonly [name: string, text: string])[]
}

/** `loss: 0.5 acc: 0.9` or `loss=0.5 acc=0.9`, as people write it. */
export const readPairs = (text: string): readonly (readonly [name: string, text: string])[] =>
  [...text.matchAll(/([A-Za-z][\w./-]*)\s*[=:]\s*([^\s=:,]+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )

const elapsed = String.raw`(\d+:\d\d(?::\d\d)?)`
const withTotal = new RegExp(
  String.raw`(\d[\d.]*)([kMGTPEZY]?i?B?)/(\d[\d.]*|\?)([kMGTPEZY]?i?B?) \[${elapsed}(?:<[^,\]]*)?(?:,([^\]]*))?`,
)
const withoutTotal = new RegExp(String.raw`(\d[\d.]*)([kMGTPEZY]?) ?([A-Za-z]+) \[${elapsed},([^\]]*)`)

const scaleOf = (letter: string) => (letter === '' ? 1 : 1000 ** ('kMGTPEZY'.indexOf(letter) + 1))
const scaled = (digits: string, suffix: string) => Number(digits) * scaleOf(suffix.replace(/i?B$/, ''))

const secondsOf = (clock: string) => clock.split(':').reduce((total, part) => total * 60 + Number(part), 0)

/** `98.6kit/s`, `1.20s/it`, `?it/s`; units of people's own may begin with a space. */
const readRate = (text: string): Pick<Bar, 'unit' | 'rate'> => {
  const [, digits, letter = '', one = '', other = ''] =
    /^\s*([\d.]+|\?)([kMGTPEZY](?=[A-Za-z ]))? ?([A-Za-z]+)\/([A-Za-z]+)\s*$/.exec(text) ?? []
  if (digits === undefined) return { unit: undefined, rate: undefined }
  const isInverse = one === 's' && other !== 's'
  const value = scaled(digits, letter)
  return { unit: isInverse ? other : one, rate: value > 0 ? (isInverse ? 1 / value : value) : undefined }
}

/** `loss=0.5, train_step_timing in s=1.230`, as `set_postfix` puts it. */
const readPostfix = (text: string): Bar['postfix'] =>
  text.split(', ').flatMap((item) => {
    const [, name, value] = /^\s*([A-Za-z][^=:]*?)\s*[=:]\s*(\S+)\s*$/.exec(item) ?? []
    return name !== undefined && value !== undefined ? [[name, value] as const] : readPairs(item)
  })

/** `, 98.90it/s, loss=0.5` */
const readTail = (tail: string) => {
  const [first = '', ...rest] = tail.split(', ')
  const speed = readRate(first)
  return { ...speed, postfix: readPostfix(speed.unit === undefined ? tail : rest.join(', ')) }
}

const readDescription = (text: string): Pick<Bar, 'description' | 'colons'> => {
  const [ending = ''] = /[:\s]*$/.exec(text) ?? []
  return {
    description: text.slice(0, text.length - ending.length).trim(),
    colons: ending.replaceAll(/\s/g, '').length,
  }
}

/** What stands left of the counts: description, percentage, bar. Undefined if it is not the left side of a bar. */
const readLeft = (left: string) => {
  const text = left.trimEnd()
  const hasBar = text.endsWith('|')
  const opening = hasBar ? text.lastIndexOf('|', text.length - 2) : text.length
  if (opening < 0) return undefined
  const before = text.slice(0, opening).trimEnd()
  const [printed, percent] = /(\d{1,3})%$/.exec(before) ?? []
  if (!hasBar && printed === undefined) return undefined
  return {
    ...readDescription(before.slice(0, before.length - (printed ?? '').length)),
    percent: percent === undefined ? undefined : Number(percent),
  }
}

const readWithTotal = (text: string): Bar | undefined => {
  const match = withTotal.exec(text)
  const left = match && readLeft(text.slice(0, match.index))
  if (!left) return undefined
  const [, done = '', doneScale = '', total = '', totalScale = '', time = '', tail = ''] = match
  const { unit, rate, postfix } = readTail(tail)
  return {
    ...left,
    done: scaled(done, doneScale),
    total: total === '?' ? undefined : scaled(total, totalScale),
    isScaled: /[.A-Za-z]/.test(`${done}${doneScale}${total}${totalScale}`),
    isBytes: `${doneScale}${totalScale}`.includes('B') || unit?.endsWith('B') === true,
    unit,
    elapsedSeconds: secondsOf(time),
    rate,
    postfix,
  }
}

const readWithoutTotal = (text: string): Bar | undefined => {
  const match = withoutTotal.exec(text)
  if (!match) return undefined
  const [, done = '', doneScale = '', unit = '', time = '', tail = ''] = match
  const { rate, postfix } = readTail(tail)
  return {
    ...readDescription(text.slice(0, match.index)),
    done: scaled(done, doneScale),
    total: undefined,
    percent: undefined,
    isScaled: doneScale !== '' || done.includes('.'),
    isBytes: unit.endsWith('B'),
    unit,
    elapsedSeconds: secondsOf(time),
    rate,
    postfix,
  }
}

/** The bar that a piece of output shows, if it shows one. */
export const readBar = (text: string): Bar | undefined =>
  // most of what a program prints is no bar; each bar has its elapsed time in brackets
  text.includes(' [') ? (readWithTotal(text) ?? readWithoutTotal(text)) : undefined

/** What the bar tells beside how far it is; its rate is the training's only where it counts the training's steps. */
export const barMetrics = (bar: Bar, { countsSteps = true } = {}): StepMetrics =>
  nameMetrics([
    ...numbersOf(bar.postfix),
    ...(countsSteps && bar.rate !== undefined ? ([['stepsPerSecond', bar.rate]] as const) : []),
  ])

/** Done from 0 to 1; undefined where there is no total. */
export const shareOf = ({ done, total }: Pick<Bar, 'done' | 'total'>): number | undefined =>
  total !== undefined && total > 0 ? Math.min(1, done / total) : undefined

export const isFinished = ({ done, total }: Bar): boolean => total !== undefined && done >= total

/** Whether `later` can be a later state of the same bar. tqdm drops a total once it is surpassed. */
export const isSameBar = (earlier: Bar, later: Bar): boolean =>
  (later.total === earlier.total || (later.total === undefined && isFinished(earlier))) &&
  later.done >= earlier.done &&
  later.elapsedSeconds >= earlier.elapsedSeconds
