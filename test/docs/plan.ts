/**
 * How the blocks of the documentation are checked. Shell blocks are run as they are written, in an empty directory,
 * and have to end with 0, unless a table here says otherwise and why. Every other language is parsed.
 *
 * What a block finds when it is run:
 * - `taskbeat` is the built command, `python` is Python 3; `npm` and `scripts/` work as in a clone.
 * - `NVCT_RESULTS_DIR` is `results`, as the platform would set it to a directory that can be written.
 * - `train.py` is a training that is over in half a second (`fixtures/train.py`), unless the sample has its own; a page
 *   of a sample has the sample's files.
 * - A block of a page that begins with a comment such as `# outage.yaml: …` is that file, for the page's other blocks.
 * - The rewriting below, and nothing else, is done to its text.
 */
import type { Block } from './markdown.ts'
import type { Bed } from './run-block.ts'

/** What needs more than this machine: only its syntax is checked. */
export const notHere: readonly { readonly uses: RegExp; readonly why: string }[] = [
  {
    uses: /\bdocker\b|image-build\.sh|image-push\.sh|--image\b|\bmake [a-z]/,
    why: 'Docker: scripts/image-smoke.sh and bridge-stack-check.sh',
  },
  { uses: /\b(kubectl|helm|kind)\b/, why: 'a cluster, or its tools' },
  { uses: /\b(ngc|nvcf-cli)\b|api\.(nvcf|ngc)|nvcr\.io/, why: 'an account with the platform' },
  {
    uses: /\bnpm (ci|install)\b|\bpip3? install\b|\bapt(-get)? install\b|\buv (pip|run|sync)\b|\bnpx\b/,
    why: 'an installation: .ci/run (install, start) and scripts/package-check.sh',
  },
  {
    uses: /\b(torchrun|accelerate|deepspeed|mpirun|srun|ray job|RAY_ADDRESS)\b/,
    why: 'PyTorch, MPI, Slurm or Ray',
  },
  { uses: /\bnvidia-smi\b|\bdcgm/, why: 'a GPU' },
  {
    uses: /\b(otelcol|prometheus|tritonserver|perf_analyzer|opentelemetry-instrument)\b/,
    why: 'a program of others, or a network service',
  },
  { uses: /\bcurl\b/, why: 'a network service' },
  { uses: /\bssh\b/, why: 'another machine' },
  { uses: /\bscripts\/release\/|npm publish\b/, why: 'a release' },
]

/** What a block's text says of places that are not here. */
export const rewriting: readonly {
  readonly from: RegExp
  readonly to: (bed: Bed) => string
  readonly why: string
}[] = [
  {
    from: /\b(otel-)?collector:4317\b/g,
    to: ({ receiver }) => receiver.grpcUrl.replace('http://', ''),
    why: 'a collector is a receiver in the process of the test',
  },
  {
    from: /\b(otel-)?collector:4318\b/g,
    to: ({ receiver }) => receiver.httpUrl.replace('http://', ''),
    why: 'the same, by HTTP',
  },
  {
    from: /(?<=[= '"])\/shared\//g,
    to: ({ directory }) => `${directory}/shared/`,
    why: 'a volume is a directory',
  },
  {
    from: /(taskbeat emulate|npm run emulate --) /g,
    to: () => '$1 --ports auto --time-scale 20 ',
    why: "the platform's ports may be taken, and its minutes are long",
  },
]

export interface RunPlan {
  readonly page: string
  /** A part of the block's text. */
  readonly has: string
  /** @default 0 */
  readonly status?: number
  /** What the platform would have set beside `NVCT_*`. */
  readonly env?: Readonly<Record<string, string>>
  /** What the page says was done before. */
  readonly before?: string
  /** Files, by their paths in the directory, and the ones that they are copies of. */
  readonly files?: Readonly<Record<string, string>>
  /** It goes on for ever: it is stopped with SIGTERM when this holds, and must have been running until then. */
  readonly until?: (bed: Bed) => boolean | Promise<boolean>
  /** It is what a supervised command does: `taskbeat run -- sh BLOCK`. */
  readonly isSupervised?: boolean
  readonly why: string
}

const undelivered =
  'taskbeat simulate --endpoint http://127.0.0.1:9 --delay 0.001 --drain 0.2 2>/dev/null; test -d results/.taskbeat/spool'
const metrics = 'mkdir -p shared/metrics && cp current.json shared/metrics/'
const hasPoints = ({ receiver }: Bed) => receiver.received.points.length > 0

/** Blocks that need something, or end with another status. */
export const runs: readonly RunPlan[] = [
  {
    page: 'README.md',
    has: 'npm run emulate',
    status: 1,
    why: 'the task never says 100: the platform would end it',
  },
  { page: 'README.md', has: 'taskbeat bridge', before: metrics, until: hasPoints, why: 'a sidecar' },
  { page: 'docs/bridge.md', has: 'taskbeat bridge', before: metrics, until: hasPoints, why: 'a sidecar' },
  {
    page: 'docs/bridge.md',
    has: 'explain-names',
    files: { 'otel-collector.yaml': 'samples/metrics-sidecar/collector.yaml' },
    why: "the sample's Collector",
  },
  { page: 'docs/child-events.md', has: 'TASKBEAT_EVENTS', isSupervised: true, why: 'what a command tells' },
  {
    page: 'docs/emulate.md',
    has: 'taskbeat emulate -- python',
    status: 1,
    why: 'the training tells the platform nothing, and is told so',
  },
  {
    page: 'docs/emulate.md',
    has: '--scenario',
    status: 1,
    why: 'telemetry that is on its way when the task ends is a finding, as are faults',
  },
  {
    page: 'docs/judge.md',
    has: 'taskbeat judge recorded/',
    before: `mkdir recorded && (cd recorded &&
      echo '{"taskId":"t","percentComplete":0,"name":"","lastUpdatedAt":"{{now}}"}' > progress-1 &&
      echo '{"taskId":"t","percentComplete":10,"name":"a","lastUpdatedAt":"{{now}}"}' > progress-2 &&
      echo '{"taskId":"t","percentComplete":9,"name":"b","lastUpdatedAt":"{{now}}"}' > progress-3) &&
      cat vectors.jsonl timelines.jsonl > cases.jsonl`,
    files: {
      'vectors.jsonl': 'test/progress/conformance/progress-vectors.jsonl',
      'timelines.jsonl': 'test/progress/conformance/progress-timelines.jsonl',
    },
    why: 'progress files that were recorded',
  },
  {
    page: 'docs/judge.md',
    has: 'while sleep 1',
    before: 'mkdir recorded; echo "{}" > results/progress',
    until: async ({ exists }) => exists('recorded/progress-1'),
    why: 'a loop without an end',
  },
  { page: 'docs/replay.md', has: '--endpoint', before: undelivered, why: 'a run whose collector was away' },
  { page: 'docs/replay.md', has: '--export', before: undelivered, why: 'a run whose collector was away' },
  { page: 'docs/simulate.md', has: '--fail-at 70', status: 1, why: 'it is to fail' },
  {
    page: 'docs/view.md',
    has: 'report first second',
    env: { NVCT_PROGRESS_FILE_PATH: '' },
    why: 'two tasks, each with a progress file of its own',
  },
  {
    page: 'docs/triton.md',
    has: 'trace-config',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    why: 'where a collector is named',
  },
]

/** TypeScript that leaves out what its page has told, or what is the reader's own. */
export const typescript: readonly {
  readonly page: string
  readonly has: string
  /** Stands before the block. */
  readonly given?: string
  /** The block is a part of this, at the place of `…`. */
  readonly within?: string
}[] = [
  {
    page: 'docs/context.md',
    has: 'queue.send',
    given: `interface Message { readonly work: string; readonly context: Readonly<Record<string, string>> }
declare const queue: { send(message: Message): Promise<void>; onMessage(take: (message: Message) => void): void }
declare const work: string
declare const doIt: (work: string) => void`,
  },
  {
    page: 'docs/progress.md',
    has: 'openProgress',
    given: 'declare const train: (epoch: number) => Promise<void>',
  },
  { page: 'docs/recorder-exporters.md', has: 'await using', given: 'declare const runId: string' },
  {
    page: 'docs/recorder-exporters.md',
    has: 'watchExports()',
    given: `import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createRecorder } from 'taskbeat/recorder'
import { otelExporter, watchExports } from 'taskbeat/recorder/otel'`,
  },
  {
    page: 'docs/recorder-training.md',
    has: 'createTrainingRecorder',
    given: 'declare const train: (step: number) => Promise<number>',
  },
  {
    page: 'docs/recorder.md',
    has: 'aggregates:',
    given: "import { createRecorder } from 'taskbeat/recorder'",
    within: 'createRecorder({ exporters: [],\n…\n})',
  },
  { page: 'docs/telemetry.md', has: 'openWorkflow', given: 'declare const train: () => Promise<void>' },
]

/** JSON that is not JSON, on purpose. */
export const looseJson: readonly { readonly page: string; readonly has: string; readonly why: string }[] = [
  { page: 'docs/bridge.md', has: '"loss": NaN', why: 'Python writes NaN, and the bridge reads it' },
  {
    page: 'docs/child-events.md',
    has: '"loss":NaN',
    why: 'Python writes NaN, and the events file may have it',
  },
]

export const planOf = <P extends { readonly page: string; readonly has: string }>(
  plans: readonly P[],
  { page, text }: Block,
): P | undefined => plans.find((plan) => plan.page === page && text.includes(plan.has))

/** Why a block of the shell cannot be run here; undefined if it can. */
export const whyNotHere = ({ text }: Block): string | undefined =>
  notHere.find(({ uses }) => uses.test(text))?.why
