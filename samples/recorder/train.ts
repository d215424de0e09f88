/** A training that trains nothing, and records what it does. */
import { setTimeout } from 'node:timers/promises'
import { consoleExporter, createRecorder, fileExporter } from 'taskbeat/recorder'

const recorder = createRecorder({
  exporters: [
    fileExporter({ path: 'results/telemetry.jsonl' }),
    // for people: no single steps, only what they came to
    { exporter: consoleExporter(), filter: { maxVerbosity: 0 } },
  ],
  aggregates: [
    { source: 'step', attribute: 'loss', event: 'loss update', every: 50 },
    { source: 'checkpoint_save', attribute: 'duration_msec', event: 'checkpoint stats update' },
  ],
  errorStrategy: 'quiet',
  ...(process.env.TRACEPARENT && { traceparent: process.env.TRACEPARENT }),
  ...(process.env.TASKBEAT_RUN_ID && { runId: process.env.TASKBEAT_RUN_ID }),
})

const saveCheckpoint = (step: number) =>
  recorder.timedSpan('checkpoint_save', { attributes: { step } }, async () => {
    await setTimeout(20 + 20 * Math.random())
    if (step === 60) throw new Error('no space left')
  })

await recorder.timedSpan('application', { attributes: { app_tag: 'sample' } }, async () => {
  await recorder.timedSpan('training_loop', {}, async (loop) => {
    for (let step = 1; step <= 100; step += 1) {
      await setTimeout(2)
      recorder.event(loop, 'step', { attributes: { step, loss: 3 / Math.sqrt(step) }, verbosity: 1 })
      // its error is recorded already, and a later checkpoint may work
      if (step % 20 === 0) await saveCheckpoint(step).catch(() => {})
    }
    loop.setAttributes({ steps: 100 })
  })
})

await recorder.close()
