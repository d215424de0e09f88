/**
 * A training to look at: `node training.ts STEPS [STATUS] [EVERY_MS] [SEED]`. It tells of itself in `TASKBEAT_EVENTS`,
 * saves each tenth step, and prints lines of all kinds, one of which would be a page's own code in a page without care.
 * With `GATE`, it goes no further than the step that this file names.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const [steps = 40, status = 0, everyMs = 25, seed = 0] = process.argv.slice(2).map(Number)
const { TASKBEAT_EVENTS: events, NVCT_RESULTS_DIR: results = 'results', GATE: gate } = process.env

const tell = (line: object) => {
  if (events) appendFileSync(events, `${JSON.stringify({ ...line, time: Date.now() / 1_000 })}\n`)
}
const print = (line: string) => process.stdout.write(`${line}\n`)
/** Between 0 and 1, always the same of a step. */
const noise = (step: number, of: number) => {
  const value = Math.sin(step * 12.9898 + of * 78.233 + seed) * 43_758.5453
  return value - Math.floor(value)
}
const mayTake = (step: number) => {
  if (!gate) return true
  try {
    return Number(readFileSync(gate, 'utf8')) >= step
  } catch {
    // who set the pace has gone
    process.exit(1)
  }
}
const span = async (id: string, name: string, attributes: object, work: () => Promise<unknown>) => {
  tell({ type: 'span_start', id, name, attributes })
  await work()
  const hasFailed = Number(id) % 16 === 0
  tell({ type: 'span_end', id, ...(hasFailed && { error: 'out of memory' }) })
}
const save = async (step: number) => {
  const dir = `checkpoint-${step}`
  tell({ type: 'checkpoint_start', dir })
  mkdirSync(join(results, dir), { recursive: true })
  await setTimeout(2 * everyMs)
  writeFileSync(join(results, dir, 'model.safetensors'), Buffer.alloc(200_000 + 50_000 * step))
  tell({ type: 'checkpoint', dir, step })
}

print('INFO loading 50000 samples')
process.stderr.write('WARNING the tokenizer has no padding token\n')
print(
  `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> is a line like any other`,
)
for (let step = 1; step <= steps; step += 1) {
  while (!mayTake(step)) await setTimeout(20)
  await setTimeout(everyMs)
  const loss = 2.4 * Math.exp((-2.5 * step) / steps) + 0.15 * noise(step, 1)
  const learningRate = 3e-4 * Math.min(1, step / (0.1 * steps)) * Math.cos((1.5 * step) / steps)
  const line = { step, total_steps: steps, loss, lr: learningRate, epoch: step / steps }
  tell({ ...line, samples_per_second: 900 + 80 * noise(step, 2), metrics: { grad_norm: 1 + noise(step, 4) } })
  print(`step ${step}/${steps}  loss ${loss.toFixed(3)}`)
  if (step % 4 === 0) {
    await span(`${step}`, 'evaluate', { 'batch.size': 32, split: 'validation', step }, () =>
      setTimeout(2 * everyMs),
    )
  }
  if (step % 15 === 0) print(`ERROR worker ${step} was restarted: connection reset by peer`)
  if (step % 10 === 0) await save(step)
}
process.exitCode = status
