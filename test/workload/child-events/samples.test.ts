import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { decodeLine } from '../../../src/workload/child-events/decode.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0
const now = new Date('2026-11-20T10:00:00.000Z')

interface PythonRun {
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** Folders under samples/ to import from, beside python-events. */
  readonly folder?: string
}

/** Runs Python as a training would; resolves to what it printed and to the lines that it wrote. */
const runPython = async (code: string, { env = {}, args = [], folder = '' }: PythonRun = {}) => {
  await using directory = await temporaryDirectory()
  const events = join(directory.path, 'events.jsonl')
  await writeFile(events, '')
  const { stdout, stderr } = await promisify(execFile)('python3', code ? ['-c', code] : [...args], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: [resolve('samples/python-events'), resolve('samples', folder)].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      TASKBEAT_EVENTS: events,
      NVCT_RESULTS_DIR: directory.path,
      ...env,
    },
  })
  const lines = (await readFile(events, 'utf8')).split('\n').slice(0, -1)
  const decoded = lines.map((line) => decodeLine(line, now))
  const told = decoded.flatMap((one) => (one.ok ? one.events : []))
  // paths differ from run to run
  const text = JSON.stringify(told).replaceAll(directory.path, '/results')
  const badFields = decoded.map((one) => (one.ok ? one.badFields : one.reason)).filter((bad) => bad !== 0)
  return { stdout, stderr, told: JSON.parse(text) as Record<string, unknown>[], raw: told, badFields, lines }
}

describe.skipIf(!hasPython)('taskbeat_events.py (needs python3, 3.8 or later)', () => {
  it('the sample training tells of everything that it does', async () => {
    const { told, badFields, stderr } = await runPython('', {
      args: ['samples/python-events/train.py'],
      env: { STEPS: '5', STEP_SECONDS: '0' },
    })
    expect({ badFields, stderr }).toEqual({ badFields: [], stderr: '' })
    expect(told.slice(0, 6)).toMatchObject([
      { type: 'event', name: 'data loaded', attributes: { samples: 50_000 } },
      { type: 'progress', step: 1, totalSteps: 5, epoch: 0.2, metrics: { learningRate: 3e-4 } },
      { type: 'checkpoint-started', path: '/results/checkpoint-1' },
      { type: 'checkpoint-declared', path: '/results/checkpoint-1', step: 1 },
      { type: 'span-started', name: 'evaluate', attributes: { step: 1 } },
      { type: 'metric', name: 'eval.accuracy', unit: '1', kind: 'gauge' },
    ])
    expect(told.length).toBe(1 + 5 * 6)
  })

  it.each([
    { problem: 'taskbeat does not run', env: { TASKBEAT_EVENTS: '' }, said: /^$/ },
    {
      problem: 'the file cannot be written',
      env: { TASKBEAT_EVENTS: '/nowhere/events' },
      said: /^taskbeat_events: an event could not be written: .*\n$/,
    },
  ])('does no harm when $problem', async ({ env, said }) => {
    const code = `
import taskbeat_events as taskbeat
taskbeat.progress(1, loss=1)
with taskbeat.span("a"):
    taskbeat.error(ValueError("x"))
print("trained")`
    const { stdout, stderr, lines } = await runPython(code, { env })
    expect({ stdout, lines }).toEqual({ stdout: 'trained\n', lines: [] })
    expect(stderr).toMatch(said)
  })

  it('takes numbers of NumPy and PyTorch, NaN, and anything else as well as it can', async () => {
    const code = `
import taskbeat_events as taskbeat
class Scalar:
    def __init__(self, value): self.value = value
    def item(self): return self.value
class Awkward:
    def __str__(self): raise RuntimeError("no")
taskbeat.progress(Scalar(3), metrics={"train/loss": Scalar(0.5)}, loss=float("nan"), grad=float("-inf"))
taskbeat.event("x", device=Awkward(), path={"a": {1, 2}}, text="é😀\\ud800", name="own", none=None)
loop = []; loop.append(loop)
taskbeat.event("loop", loop=loop)
taskbeat.checkpoint("checkpoint-1", metadata={"loss": Scalar(0.5), 5: "five", (1, 2): "no key"})
taskbeat.checkpoint(None)
taskbeat.metric("steps", 1, unit="{step}", kind="counter", gpu=0)`
    const { raw, badFields, stderr } = await runPython(code, { env: { RANK: '0' } })
    expect(raw).toEqual([
      {
        type: 'progress',
        at: expect.any(Date),
        step: 3,
        metrics: { 'train/loss': 0.5, loss: Number.NaN, grad: Number.NEGATIVE_INFINITY },
      },
      {
        type: 'event',
        at: expect.any(Date),
        name: 'x',
        rank: 0,
        attributes: { device: '<Awkward>', path: '{"a":"{1, 2}"}', text: 'é😀\ud800', name: 'own' },
      },
      { type: 'checkpoint-declared', path: 'checkpoint-1', metadata: { loss: 0.5, 5: 'five' } },
      {
        type: 'metric',
        name: 'steps',
        value: 1,
        unit: '{step}',
        kind: 'counter',
        attributes: { 'taskbeat.rank': 0, gpu: 0 },
      },
    ])
    expect(badFields).toEqual(['incomplete'])
    expect(stderr).toMatch(/^taskbeat_events: an event could not be written: .*\n$/)
  })

  it('spans lie within one another, fail with what is raised, and let it pass', async () => {
    const code = `
import taskbeat_events as taskbeat
try:
    with taskbeat.span("outer", n=1):
        with taskbeat.span("inner"):
            raise ValueError("no good")
except ValueError as exception:
    taskbeat.error(exception, step=5)
with taskbeat.span("next"):
    pass`
    const { told, badFields } = await runPython(code, { env: { SLURM_PROCID: '3' } })
    const [outer, inner, , , error, next] = told
    expect(badFields).toEqual([])
    expect(told).toMatchObject([
      { type: 'span-started', name: 'outer', rank: 3, attributes: { n: 1 } },
      { type: 'span-started', name: 'inner', parentId: outer?.id },
      { type: 'span-ended', id: inner?.id, error: 'ValueError: no good' },
      { type: 'span-ended', id: outer?.id, error: 'ValueError: no good' },
      { type: 'error', message: 'no good', errorType: 'ValueError', rank: 3, attributes: { step: 5 } },
      { type: 'span-started', name: 'next' },
      { type: 'span-ended', id: next?.id },
    ])
    expect(error?.stack).toMatch(/^Traceback[\s\S]*ValueError: no good\n$/)
    expect(next).not.toHaveProperty('parentId')
    expect(new Set([outer?.id, inner?.id, next?.id]).size).toBe(3)
  })

  it('of threads and processes that write at once nothing is lost', async () => {
    const code = `
import os, threading
import taskbeat_events as taskbeat
for _ in range(2):
    if os.fork() == 0:
        def work(number):
            for step in range(500):
                taskbeat.event("x", number=number, step=step, pad="p" * 500)
        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        os._exit(0)
for _ in range(2): os.wait()`
    const { told, badFields } = await runPython(code)
    expect({ events: told.length, badFields }).toEqual({ events: 2_000, badFields: [] })
  })

  it('the lines of Python on the page work', async () => {
    const page = readFileSync('docs/child-events.md', 'utf8')
    const [, lines = '', call = ''] = /```python\n(def tell.*?# (tell\(.*?\))\n.*?)```/s.exec(page) ?? []
    const { told, badFields } = await runPython(`import json, os\n${lines}\n${call}`)
    expect(badFields).toEqual([])
    expect(told).toEqual([{ type: 'progress', step: 5, totalSteps: 100, metrics: { loss: 0.7 } }])
  })
})

/** Stands for the Trainer of transformers 5.23: the order of its calls, and what they are given. */
const trainerOfTransformers = `
import os
from types import SimpleNamespace as Bag
from taskbeat_callback import TaskbeatCallback

args = Bag(output_dir=os.environ["NVCT_RESULTS_DIR"])
control = Bag(should_save=False)
state = Bag(global_step=0, max_steps=4, epoch=0, is_world_process_zero=os.environ.get("RANK", "0") == "0")
callback = TaskbeatCallback(every_seconds=1000)
everything = dict(model=None, optimizer=None, lr_scheduler=None, train_dataloader=None)
callback.on_train_begin(args, state, control, **everything)
for step in range(1, 5):
    state.global_step, state.epoch, control.should_save = step, step / 4, step % 2 == 0
    callback.on_step_end(args, state, control, **everything)
    if step == 2:
        callback.on_log(args, state, control, logs={"loss": 0.5, "learning_rate": 1e-5, "epoch": 0.5, "note": "x"})
    if control.should_save:
        os.makedirs(os.path.join(args.output_dir, f"checkpoint-{step}"), exist_ok=True)
        callback.on_save(args, state, control, **everything)
    control.should_save = False
callback.on_epoch_end(args, state, control, **everything)
callback.on_train_end(args, state, control, **everything)`

/** Stands for the Trainer of Lightning 2.6. */
const trainerOfLightning = `
import os
from types import SimpleNamespace as Bag
from taskbeat_callback import TaskbeatCallback

root = os.environ["NVCT_RESULTS_DIR"]
saved = []
trainer = Bag(
    global_step=0, current_epoch=0, is_global_zero=True, sanity_checking=False, estimated_stepping_batches=4,
    callback_metrics={"val_loss": 0.25}, optimizers=[Bag(param_groups=[{"lr": 1e-5}])],
    checkpoint_callbacks=[Bag(dirpath=root)],
    save_checkpoint=lambda filepath, weights_only=None: saved.append(filepath),
)
callback = TaskbeatCallback(every_seconds=1000)
callback.setup(trainer, None, "fit")
callback.setup(trainer, None, stage="validate")
callback.on_train_start(trainer, None)
for step in range(1, 5):
    trainer.global_step = step
    callback.on_train_batch_end(trainer, None, {"loss": 0.5}, None, step - 1)
trainer.save_checkpoint(os.path.join(root, "checkpoint-4", "model.ckpt"), True)
trainer.save_checkpoint(os.path.join(root, "last.ckpt"))
trainer.is_global_zero = False
trainer.save_checkpoint(os.path.join(root, "other.ckpt"))
callback.on_train_batch_end(trainer, None, None, None, 5)
trainer.is_global_zero = True
callback.on_exception(trainer, None, KeyboardInterrupt())
print(len(saved))`

describe.skipIf(!hasPython)('the callbacks (need python3, 3.8 or later, and not their libraries)', () => {
  it('tell what a Trainer of Hugging Face does', async () => {
    const { told, badFields, stderr } = await runPython(trainerOfTransformers, { folder: 'huggingface' })
    const step = { type: 'progress', at: expect.any(String), totalSteps: 4, metrics: {} }
    const metadata = { loss: 0.5, learning_rate: 1e-5 }
    expect({ badFields, stderr }).toEqual({ badFields: [], stderr: '' })
    expect(told).toEqual([
      { ...step, step: 0, epoch: 0 },
      { type: 'checkpoint-started', at: expect.any(String), path: '/results/checkpoint-2' },
      { ...step, step: 2, epoch: 0.5, metrics: { loss: 0.5, learningRate: 1e-5 } },
      { type: 'checkpoint-declared', path: '/results/checkpoint-2', step: 2, metadata },
      { ...step, step: 4, epoch: 1 },
      { type: 'checkpoint-started', at: expect.any(String), path: '/results/checkpoint-4' },
      { type: 'checkpoint-declared', path: '/results/checkpoint-4', step: 4, metadata },
      { ...step, step: 4, epoch: 1 },
    ])
  })

  it('a second rank of Hugging Face tells nothing', async () => {
    const { lines } = await runPython(trainerOfTransformers, { folder: 'huggingface', env: { RANK: '1' } })
    expect(lines).toEqual([])
  })

  it('tell what a Trainer of Lightning does, and save as it would', async () => {
    const { told, badFields, stderr, stdout } = await runPython(trainerOfLightning, { folder: 'lightning' })
    const step = { type: 'progress', at: expect.any(String), totalSteps: 4, epoch: 0 }
    const metadata = { epoch: 0, val_loss: 0.25 }
    expect({ badFields, stderr, stdout }).toEqual({ badFields: [], stderr: '', stdout: '3\n' })
    expect(told).toEqual([
      { ...step, step: 0, metrics: { learningRate: 1e-5, val_loss: 0.25 } },
      { ...step, step: 4, metrics: { loss: 0.5, learningRate: 1e-5, val_loss: 0.25 } },
      { type: 'checkpoint-started', at: expect.any(String), path: '/results/checkpoint-4' },
      { type: 'checkpoint-declared', path: '/results/checkpoint-4', step: 4, metadata },
      { type: 'checkpoint-started', at: expect.any(String), path: '/results/last.ckpt' },
      { type: 'checkpoint-declared', path: '/results/last.ckpt', step: 4, metadata },
      expect.objectContaining({ type: 'error', errorType: 'KeyboardInterrupt', attributes: { step: 4 } }),
    ])
  })
})

it('every sample says how it is run', () => {
  for (const sample of ['python-events', 'huggingface', 'lightning']) {
    expect(readdirSync(join('samples', sample))).toContain('README.md')
    expect(readFileSync(join('samples', sample, 'README.md'), 'utf8')).toMatch(
      /taskbeat run .*-- python train\.py/,
    )
  }
})
