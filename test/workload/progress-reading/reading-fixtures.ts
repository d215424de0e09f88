import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createProgressReader,
  type ProgressReaderOptions,
} from '../../../src/workload/progress-reading/presets.ts'
import type { ProgressEvent } from '../../../src/workload-events.ts'

/** What is between two line feeds or carriage returns, in order. */
const piecesOf = (text: string) => text.split(/[\r\n]/)

export const readText = (text: string, options: ProgressReaderOptions): readonly ProgressEvent[] => {
  const read = createProgressReader(options)
  return piecesOf(text).flatMap((piece) => read(piece) ?? [])
}

export const readFixture = (name: string, options: ProgressReaderOptions): readonly ProgressEvent[] =>
  readText(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.txt`), 'utf8'), options)

const show = (value: number) => String(Math.round(value * 100) / 100)

/** `3/10 30% epoch 0.3`: what is known of how far the run is. */
const showPosition = ({ step, totalSteps, percent, epoch }: ProgressEvent) =>
  [
    ...(step === undefined ? [] : [totalSteps === undefined ? show(step) : `${step}/${totalSteps}`]),
    ...(step === undefined && totalSteps !== undefined ? [`of ${totalSteps}`] : []),
    ...(percent === undefined ? [] : [`${show(percent)}%`]),
    ...(epoch === undefined ? [] : [`epoch ${show(epoch)}`]),
  ].join(' ')

/** The positions, one after the other, without repetitions. */
export const positionsOf = (events: readonly ProgressEvent[]): readonly string[] =>
  events
    .map(showPosition)
    .filter((position) => position !== '')
    .filter((position, index, all) => position !== all[index - 1])

/** The last value of each metric. */
export const lastMetricsOf = (
  events: readonly ProgressEvent[],
): Readonly<Record<string, number | undefined>> => Object.assign({}, ...events.map(({ metrics }) => metrics))
