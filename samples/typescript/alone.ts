/** A training that keeps the progress file and records itself, without `taskbeat run` around it. */
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openProgress } from 'taskbeat/progress'
import { createRecorder, fileExporter } from 'taskbeat/recorder'
import { findLast, nameOf, save } from './checkpoints.ts'
import { type Model, trainStep, untrained } from './regression.ts'

const { NVCT_RESULTS_DIR = 'results', NVCT_PROGRESS_FILE_PATH, NVCT_TASK_ID = '' } = process.env
const { STEPS = '200', PAUSE_MS = '50' } = process.env
const steps = Number(STEPS)
const saveEvery = Math.ceil(steps / 5)
const resultsDir = resolve(NVCT_RESULTS_DIR)

const say = (text: string) => process.stdout.write(`${text}\n`)

// first of all: the platform calls the task ready when the file is there
const progress = openProgress({
  resultsDir,
  taskId: NVCT_TASK_ID,
  ...(NVCT_PROGRESS_FILE_PATH && { file: NVCT_PROGRESS_FILE_PATH }),
  onTrouble: say,
})

const recorder = createRecorder({
  exporters: [fileExporter({ path: `${resultsDir}/.telemetry/training.jsonl` })],
  aggregates: [{ source: 'step', attribute: 'loss', event: 'loss update', every: saveEvery }],
  errorStrategy: 'quiet',
  runId: progress.runId,
})

let mustStop = false
process.on('SIGTERM', () => {
  mustStop = true
})

const saveModel = (model: Model) =>
  recorder.timedSpan('checkpoint_save', { attributes: { step: model.step } }, () => save(resultsDir, model))

// nobody waits for it: each state has its time, and the training goes on
const announce = (model: Model) => {
  const name = nameOf(model)
  if (progress.isUsed(name)) return
  void progress.checkpoint(name, Math.floor((100 * model.step) / steps), { loss: model.loss })
}

/** Up to the end, whose checkpoint is left to be announced with 100, or until it is asked to stop. */
const train = (from: Model) =>
  recorder.timedSpan('training_loop', { attributes: { attempt: progress.attempt } }, async (loop) => {
    let model = from
    while (model.step < steps && !mustStop) {
      await setTimeout(Number(PAUSE_MS))
      model = trainStep(model, 0.3)
      const { step, loss } = model
      recorder.event(loop, 'step', { attributes: { step, loss }, verbosity: 1 })
      if (step % saveEvery > 0 && step < steps && !mustStop) continue
      await saveModel(model)
      if (step < steps) announce(model)
    }
    return model
  })

const runOnce = async () => {
  const from = (await findLast(resultsDir)) ?? untrained
  say(`attempt ${progress.attempt}, from step ${from.step} of ${steps}`)
  // an attempt that was killed may not have come to announce it
  if (from.step > 0 && from.step < steps) announce(from)
  const model = await train(from)
  // before 100, as the platform ends the task the moment that it reads it
  await recorder.close()
  if (model.step === steps) {
    await progress.complete(nameOf(model), { loss: model.loss })
    say(`done: ${model.weights.map((weight) => weight.toFixed(2)).join(', ')} of 1, x and x²`)
    return
  }
  await progress.announced()
  await progress.close()
  say(`stopped at step ${model.step}`)
  process.exitCode = 143
}

if (progress.start === 'complete') {
  say('it was complete before')
  await progress.settled()
  await progress.close()
} else await runOnce()
