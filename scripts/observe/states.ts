/** In what state tasks are: for the dashboards and the alerts alike. */
import { type Asking, countBy, maxBy, minBy, onTask, sumBy, task } from './query.ts'

/** Seconds without a sign, after which a task is silent: three times what lies between two exports. */
export const silentAfter = 180
/** Seconds without progress, after which people should look. */
export const idleAfter = 600
/** For how long a task is remembered that is not heard of any more. */
export const memory = '1h'

/** Seconds since the newest point of each task, of those of the last hour. */
export const silence = ({ of }: Asking): string => {
  const at = `timestamp(${of('taskbeat.progress.age')})`
  // Prometheus forgets a series after five minutes; what it remembers is looked at twice a minute
  return `time() - ${maxBy(task, `${at} or max_over_time(${at}[${memory}:30s])`)}`
}

const lastOf = (series: string) => `last_over_time(${series}[${memory}])`

export const lastPercent = ({ of }: Asking): string => maxBy(task, lastOf(of('taskbeat.progress.percent')))

/** How many models each task said last that it trains: one that tells neither steps nor percent has none to tell of. */
const models = ({ of }: Asking): string => sumBy(task, lastOf(of('taskbeat.training.models.active')))

/** Tasks whose last words were that the training is over. */
export const ended = (asking: Asking): string => `${models(asking)} == 0`

/** Tasks that ended, and did not say that all is done. */
export const endedEarly = (asking: Asking): string =>
  `${lastPercent(asking)} < 100 and ${onTask} ${ended(asking)}`

const silent = (asking: Asking): string => `${silence(asking)} > ${silentAfter}`

/** Tasks that were training when they fell silent, without a last word, and for how many seconds they are. */
export const vanished = (asking: Asking): string =>
  `${silent(asking)} and ${onTask} ${models(asking)} > 0 unless ${onTask} ${lastPercent(asking)} >= 100`

/** Tasks whose loss is no number, or has no end. */
export const diverged = ({ of }: Asking): string => {
  const loss = of('taskbeat.training.loss')
  return countBy(task, `${loss} != ${loss} or abs(${loss}) == Inf`)
}

/** Seconds since the training last made progress, of tasks that are heard of. */
export const progressAge = ({ of }: Asking): string => maxBy(task, of('taskbeat.progress.age'))

/** The later, the more it wants people. */
export const states = {
  0: ['done', 'green'],
  1: ['over', 'blue'],
  2: ['running', 'green'],
  3: ['no progress', 'orange'],
  4: ['loss is no number', 'red'],
  5: ['ended before 100 %', 'orange'],
  6: ['silent', 'red'],
} as const

/** One of `states` for each task that was heard of within the last hour. */
export const state = (asking: Asking): string => {
  const cases = [
    [`${lastPercent(asking)} >= 100`, 0],
    [endedEarly(asking), 5],
    [ended(asking), 1],
    [vanished(asking), 6],
    [silent(asking), 1],
    [diverged(asking), 4],
    [`${progressAge(asking)} > ${idleAfter}`, 3],
    [silence(asking), 2],
  ] as const
  return cases.map(([query, number]) => `(${query}) * 0 + ${number}`).join('\nor ')
}

/** The part of the time in which the GPU of a task that had the most to do had nothing to do. */
export const leastIdle = ({ rate }: Asking): string => minBy(task, rate('taskbeat.gpu.idle.time'))
