import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTrainingRecorder, type TrainingRecorder } from '../../../src/recorder/training/index.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { openRecording, type Recorded } from './recorded.ts'

interface Line {
  readonly do?: keyof TrainingRecorder | 'pause'
  readonly with?: never
  readonly record?: Recorded
}

/** What ours adds. */
const ours = [
  /^interval_/,
  /^avg_tokens_per_second$/,
  /^save_checkpoint_sync_time_(avg_sec|count)$/,
  // of a single iteration, not of running averages
  /^train_throughput_per_gpu_(min|max)$/,
  // of another package
  /^one_logger_training_telemetry_version$/,
]

const comparable = (record: Recorded): Recorded =>
  'attributes' in record
    ? {
        ...record,
        attributes: Object.fromEntries(
          Object.entries(record.attributes).filter(
            ([name]) => !ours.some((deviation) => deviation.test(name)),
          ),
        ),
      }
    : record

// recorded with Python and nv-one-logger-training-telemetry 2.3.1, on clocks that stand still between the operations
it.each(['sync', 'async'])('a training with %s saves is recorded as by OneLogger 2.3.1', async (strategy) => {
  const text = readFileSync(join(import.meta.dirname, 'upstream', `${strategy}.jsonl`), 'utf8')
  const [{ config, startedAtMs }, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const clock = manualClock(new Date(startedAtMs))
  const { recorder, recorded } = openRecording(clock)
  const training = createTrainingRecorder({
    ...{ recorder, clock, environment: {} },
    config: { ...config, nodeName: 'node-1' },
  })
  for (const { do: name, with: options } of lines as Line[]) {
    if (name === 'pause') clock.suspend(Number(options) * 1_000)
    else if (name) await training[name](options as never)
  }
  const expected = (lines as Line[]).flatMap(({ record }) => (record ? [comparable(record)] : []))
  expect(recorded().map(comparable)).toEqual([...expected, { closed: true }])
})
