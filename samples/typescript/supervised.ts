/** The same training under `taskbeat run`: it needs no library, only a line in a file here and there. */
import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findLast, nameOf, save } from './checkpoints.ts'
import { type Model, trainStep, untrained } from './regression.ts'

const { NVCT_RESULTS_DIR = 'results', TASKBEAT_EVENTS, STEPS = '200', PAUSE_MS = '50' } = process.env
const steps = Number(STEPS)
const saveEvery = Math.ceil(steps / 5)
const resultsDir = resolve(NVCT_RESULTS_DIR)

const say = (text: string) => process.stdout.write(`${text}\n`)
const tell = (line: Readonly<Record<string, unknown>>) => {
  if (TASKBEAT_EVENTS) appendFileSync(TASKBEAT_EVENTS, `${JSON.stringify(line)}\n`)
}
const tellProgress = ({ step, loss }: Model) => tell({ step, total_steps: steps, loss })
const tellCheckpoint = (model: Model) =>
  tell({ type: 'checkpoint', dir: nameOf(model), step: model.step, metadata: { loss: model.loss } })

let mustStop = false
process.on('SIGTERM', () => {
  mustStop = true
})

let model = (await findLast(resultsDir)) ?? untrained
say(`from step ${model.step} of ${steps}`)
if (model.step > 0) {
  // an attempt that was killed may not have come to tell of it; nothing is announced twice
  tellProgress(model)
  tellCheckpoint(model)
}
while (model.step < steps && !mustStop) {
  await setTimeout(Number(PAUSE_MS))
  model = trainStep(model, 0.3)
  tellProgress(model)
  if (model.step % saveEvery > 0 && model.step < steps && !mustStop) continue
  await save(resultsDir, model)
  tellCheckpoint(model)
}
say(`${model.weights.map((weight) => weight.toFixed(2)).join(', ')} of 1, x and x²`)
if (model.step < steps) process.exitCode = 143
