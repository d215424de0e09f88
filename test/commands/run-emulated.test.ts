import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Report, startEmulation } from '../../src/emulator/index.ts'
import { hasPython } from '../emulator/tiny-tasks.ts'
import { buffered } from '../support/buffered.ts'

const cli = [process.execPath, resolve('dist/cli.js')]

interface Emulated {
  readonly flags?: readonly string[]
  readonly command: readonly string[]
}

/** The platform around `taskbeat run`, some of its limits divided by 50. */
const emulate = async ({ flags = [], command }: Emulated) => {
  const [stdout, stderr] = [buffered(), buffered()]
  const emulation = await startEmulation({
    task: { command: [...cli, 'run', '--dwell', '0.6', ...flags, '--', ...command] },
    environment: { PATH: process.env.PATH },
    timeScale: 20,
    keepItems: true,
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  const report: Report = await emulation.report
  const uploaded = report.checkpoints.map(({ name }) => name)
  return { report, uploaded, stdout: stdout.text(), stderr: stderr.text(), ledger: emulation.ledger }
}

const bash = (script: string) => ['bash', '-c', script]
const python = (...lines: string[]) => ['python3', '-c', lines.join('\n')]

const save =
  'save() { mkdir -p "$NVCT_RESULTS_DIR/$1" && echo data >"$NVCT_RESULTS_DIR/$1/weights" && echo yes >"$NVCT_RESULTS_DIR/$1/done"; }'

const complete: readonly (Emulated & {
  readonly what: string
  readonly uploads: readonly string[]
  readonly needsPython?: boolean
})[] = [
  { what: 'a command without any checkpoint', command: ['true'], uploads: ['summary'] },
  {
    what: 'a loop in bash, which tells of its steps',
    flags: ['--checkpoints', 'checkpoint-*', '--marker', 'done', '--total-steps', '3'],
    command: bash(
      `${save}; for i in 1 2 3; do echo "{\\"step\\":$i}" >>"$TASKBEAT_EVENTS"; save checkpoint-$i; sleep 1; done`,
    ),
    uploads: ['checkpoint-1', 'checkpoint-2', 'checkpoint-3'],
  },
  {
    what: 'bars of tqdm, and a name that the platform would refuse',
    flags: ['--progress-preset', 'tqdm', '--checkpoints', 'epoch=*.ckpt', '--quiet', '300ms'],
    command: python(
      'import os, sys, time',
      'results = os.environ["NVCT_RESULTS_DIR"]',
      'for i in range(1, 5):',
      '    print("\\r%3d%%|%-4s| %d/4 [00:0%d<00:0%d,  1.00it/s, loss=0.%d]" % (i * 25, "#" * i, i, i, 4 - i, 9 - i), end="", file=sys.stderr, flush=True)',
      '    if i % 2 == 0: open(f"{results}/epoch={i}.ckpt", "w").write("weights")',
      '    time.sleep(0.4)',
    ),
    uploads: ['epoch_2.ckpt', 'epoch_4.ckpt'],
    needsPython: true,
  },
  {
    what: 'checkpoints that the training itself declares',
    command: bash(
      `${save}; for i in 1 2; do save step-$i; echo "{\\"type\\":\\"checkpoint\\",\\"dir\\":\\"step-$i\\",\\"step\\":$i,\\"metadata\\":{\\"loss\\":0.$i}}" >>"$TASKBEAT_EVENTS"; [ $i = 2 ] || sleep 2; done`,
    ),
    uploads: ['step-1', 'step-2'],
  },
  {
    what: 'a trainer that keeps its last checkpoint only',
    flags: ['--checkpoints', 'checkpoint-*', '--marker', 'huggingface', '--quiet', '200ms'],
    command: bash(
      'cd "$NVCT_RESULTS_DIR"; for i in 1 2 3; do mkdir tmp-checkpoint-$i; echo weights >tmp-checkpoint-$i/model.safetensors; echo "{}" >tmp-checkpoint-$i/trainer_state.json; mv tmp-checkpoint-$i checkpoint-$i; [ $i = 3 ] || sleep 4; done',
    ),
    uploads: ['checkpoint-1', 'checkpoint-2', 'checkpoint-3'],
  },
]

describe.concurrent('the platform says COMPLETED, without a finding, for', () => {
  it.each(complete.filter(({ needsPython }) => hasPython || !needsPython))(
    '$what',
    async ({ uploads, ...task }) => {
      const { report, uploaded, stderr } = await emulate(task)
      expect(report.verdict, stderr).toBe('COMPLETED')
      expect(report.findings).toEqual([])
      expect(uploaded).toEqual(uploads)
      expect(report.telemetry).toMatchObject({ traces: { lost: 0 }, metrics: { lost: 0 }, logs: { lost: 0 } })
    },
    60_000,
  )
})

describe.concurrent('the platform is told the truth about', () => {
  it('a crash: what was complete before is uploaded, what was torn is not, and 100 is never written', async () => {
    const { report, uploaded, stderr } = await emulate({
      flags: ['--checkpoints', 'checkpoint-*', '--marker', 'done'],
      command: bash(
        `${save}; save checkpoint-1; mkdir "$NVCT_RESULTS_DIR/checkpoint-2"; echo torn >"$NVCT_RESULTS_DIR/checkpoint-2/weights"; sleep 3; echo "RuntimeError: CUDA error" >&2; exit 9`,
      ),
    })
    expect(report.verdict).toBe('ERRORED')
    expect(report.task).toMatchObject({ status: 9 })
    expect(uploaded).toEqual(['checkpoint-1'])
    expect(stderr).toMatch(
      /taskbeat: failed with status 9 at \d+ % \(checkpoint-1\): bash exited with status 9\n {2}RuntimeError: CUDA error\n.*last checkpoint checkpoint-1 \(step 1\)\n*$/,
    )
  }, 60_000)

  it('a cancellation with a last checkpoint: it is uploaded', async () => {
    const { report, uploaded } = await emulate({
      flags: ['--checkpoints', 'checkpoint-*', '--marker', 'done'],
      command: bash(
        `${save}; trap 'save checkpoint-9; exit 3' TERM; kill -TERM $PPID; while :; do sleep 0.05; done`,
      ),
    })
    expect(report.task).toMatchObject({ status: 3 })
    expect(uploaded).toEqual(['checkpoint-9'])
  }, 60_000)

  it('a cancellation without one', async () => {
    const { report, uploaded } = await emulate({ command: bash('kill -TERM $PPID; exec sleep 60') })
    expect(report.task).toMatchObject({ status: 143 })
    expect(uploaded).toEqual([])
    expect(report.verdict).not.toBe('COMPLETED')
  }, 60_000)

  it('a stall: 124', async () => {
    const { report } = await emulate({ flags: ['--stall', '500ms'], command: ['sleep', '60'] })
    expect(report.task).toMatchObject({ status: 124 })
  }, 60_000)
})
