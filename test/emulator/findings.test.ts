import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type EmulationOptions,
  type FindingId,
  parseFault,
  startEmulation,
} from '../../src/emulator/index.ts'
import { temporaryDirectory } from '../support/run-cli.ts'
import { answerTasks, hasPython, js, py, sh } from './tiny-tasks.ts'

type Options = Partial<Omit<EmulationOptions, 'task' | 'environment'>>

const fault = (text: string) => {
  const parsed = parseFault(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return [parsed.fault]
}

/** With 50 the platform looks every 100 ms, and a file is stale after 6 s. */
const emulate = async (
  command: readonly string[],
  options: Options = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  await using directory = await temporaryDirectory()
  const ask = join(directory.path, 'ask')
  const answers = answerTasks(ask)
  const emulation = await startEmulation({
    task: { command },
    environment: { PATH: process.env.PATH, TEST_ASK: ask, ...environment },
    signals: [],
    timeScale: 50,
    graceMs: 20_000,
    ...options,
  })
  return await emulation.report.finally(answers.stop)
}

interface Bad {
  readonly id: FindingId
  readonly what: string
  readonly task: readonly string[]
  readonly options?: Options
  readonly environment?: Readonly<Record<string, string>>
  /** What it also shows. */
  readonly also?: readonly FindingId[]
}

const none = { resultHandling: 'none' } as const
const poll = { mode: 'poll' } as const
const begin = `say 0 ""; seen; save a`
const traces = { signals: ['traces'], protocols: { traces: 'http', metrics: 'http', logs: 'http' } } as const
const logs = { ...traces, signals: ['logs'] } as const

const good = `const say = (p, name) => { fs.writeFileSync(d + '/.new', JSON.stringify({ percentComplete: p, name, lastUpdatedAt: new Date() })); fs.renameSync(d + '/.new', d + '/progress') };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const seen = async () => { fs.writeFileSync(process.env.TEST_ASK, ''); while (fs.existsSync(process.env.TEST_ASK)) await sleep(20) };
const post = (signal, body) => fetch(process.env['OTEL_EXPORTER_OTLP_' + signal.toUpperCase() + '_ENDPOINT'], { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const span = (spanId, parentSpanId) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId, parentSpanId, name: 's', startTimeUnixNano: '1', endTimeUnixNano: '2' }] }] }] });
const log = (ids) => JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' }, timeUnixNano: '1', ...ids }] }] }] });
say(0, ''); await seen();
`
const end = `fs.mkdirSync(d + '/a'); fs.writeFileSync(d + '/a/f', 'x'); say(100, 'a')`

const bad: readonly Bad[] = [
  { id: 'progress-missing', what: 'never writes a progress file', task: sh('sleep 0.1') },
  { id: 'progress-malformed', what: 'quotes its percentage', task: sh(`${begin}; say '"50"' a; sleep 30`) },
  {
    id: 'progress-malformed',
    what: 'writes Python instead of JSON',
    task: py(`import os,time
p=os.environ['NVCT_RESULTS_DIR']+'/progress'
open(p+'.new','w').write(str({'percentComplete':0,'name':''})); os.rename(p+'.new',p); time.sleep(30)`),
    options: poll,
  },
  {
    id: 'progress-removed',
    what: 'removes its progress file',
    task: sh(`${begin}; rm $d/progress; sleep 30`),
    options: poll,
  },
  {
    id: 'timestamp-invalid',
    what: 'writes local time without a zone',
    task: sh(`${begin}; say 50 a "$(date +%Y-%m-%dT%H:%M:%S)"; sleep 30`),
  },
  {
    id: 'timestamp-future',
    what: 'writes local time as if it were UTC',
    task: sh(`say 0 "" "$(date -u -d '+7 hours' +%Y-%m-%dT%H:%M:%SZ)"; seen; save a; say 100 a`),
  },
  {
    id: 'heartbeat-stale',
    what: 'writes once and then trains in silence',
    task: sh('say 0 ""; sleep 30'),
    options: poll,
  },
  {
    id: 'heartbeat-slow',
    what: 'is silent for longer than the documentation allows',
    task: sh(`say 0 ""; sleep 10; save a; say 100 a`),
    options: { timeScale: 20 },
  },
  {
    id: 'task-id-mismatch',
    what: 'has the id of another task',
    task: sh(
      `printf '{"taskId":"other","percentComplete":0,"name":"","lastUpdatedAt":"%s"}' $(now) >$d/.new; mv $d/.new $d/progress; sleep 30`,
    ),
  },
  {
    id: 'percent-zero-named',
    what: 'names its first state at 0 percent',
    task: sh('save a; say 0 a; sleep 30'),
  },
  { id: 'percent-range', what: 'counts beyond 100', task: sh(`${begin}; say 101 a; sleep 30`) },
  {
    id: 'percent-decreased',
    what: 'falls back, as two writers without a lock do',
    task: sh(`${begin}; say 50 a; seen; save b; say 40 b; sleep 30`),
  },
  {
    id: 'name-empty',
    what: 'reports a percentage without a name',
    task: sh(`${begin}; say 50 ""; sleep 30`),
  },
  {
    id: 'name-too-long',
    what: 'puts its configuration into the name',
    task: sh(`${begin}; say 50 $(printf %0191d 1); sleep 30`),
  },
  { id: 'name-prefix', what: 'writes a relative path', task: sh(`${begin}; say 50 ./a; sleep 30`) },
  {
    id: 'name-characters',
    what: 'has a blank in the name',
    task: sh(`${begin}; say 50 "epoch 1"; sleep 30`),
  },
  {
    id: 'name-repeated',
    what: 'keeps its name while the percentage grows',
    task: sh(`${begin}; say 50 a; seen; say 60 a; sleep 30`),
  },
  {
    id: 'name-reused',
    what: 'uses a name again later',
    task: sh(`${begin}; say 20 a; seen; save b; say 40 b; seen; say 60 a; seen; save c; say 100 c`),
  },
  {
    id: 'name-whole-tree',
    what: 'names the results directory itself',
    task: sh(`${begin}; say 50 .; seen; say 100 a`),
  },
  {
    id: 'metadata-too-large',
    what: 'puts its weights into the metadata',
    task: js(
      `${good} fs.mkdirSync(d + '/b'); fs.writeFileSync(d + '/b/f', 'x'); fs.writeFileSync(d + '/.new', JSON.stringify({ percentComplete: 50, name: 'b', metadata: { weights: 'x'.repeat(11 * 1024 * 1024) }, lastUpdatedAt: new Date() })); fs.renameSync(d + '/.new', d + '/progress'); await seen(); ${end}`,
    ),
  },
  {
    id: 'metadata-ignored',
    what: 'changes the metadata of a state',
    task: js(
      `${good} fs.mkdirSync(d + '/b'); fs.writeFileSync(d + '/b/f', 'x'); for (const loss of [2, 1]) { fs.writeFileSync(d + '/.new', JSON.stringify({ percentComplete: 50, name: 'b', metadata: { loss }, lastUpdatedAt: new Date() })); fs.renameSync(d + '/.new', d + '/progress'); await seen() } ${end}`,
    ),
  },
  {
    id: 'member-unknown',
    what: 'misspells a member',
    task: js(
      `${good} fs.writeFileSync(d + '/.new', JSON.stringify({ percent_complete: 5, percentComplete: 0, name: '', lastUpdatedAt: new Date() })); fs.renameSync(d + '/.new', d + '/progress'); await seen(); ${end}`,
    ),
  },
  {
    id: 'write-in-place',
    what: 'writes into the file, as the sample does at first',
    task: sh(
      `for i in 0 1 2; do printf '{"percentComplete":0,"name":"","lastUpdatedAt":"%s"}' "$(now)" >"$d/progress"; sleep 0.5; done; save a; say 100 a`,
    ),
  },
  {
    id: 'state-missed',
    what: 'replaces a state before anybody looks',
    task: sh(`${begin}; say 20 a; sleep 0.3; save b; say 40 b; sleep 6; save c; say 100 c`),
    options: { ...poll, timeScale: 2 },
  },
  {
    id: 'results-missing',
    what: 'names a result before it is there',
    task: sh('say 0 ""; seen; say 50 a; seen; save b; say 100 b'),
  },
  {
    id: 'results-empty',
    what: 'names an empty directory',
    task: sh('say 0 ""; seen; mkdir $d/a; say 100 a'),
  },
  {
    id: 'results-not-a-directory',
    what: 'names a file',
    task: sh('say 0 ""; seen; echo x >$d/a; say 100 a'),
  },
  { id: 'results-empty-file', what: 'saves an empty file', task: sh(`${begin}; : >$d/a/log; say 100 a`) },
  {
    id: 'results-unnamed',
    what: 'saves a result that it never names',
    task: sh(`${begin}; save b; say 100 a`),
  },
  {
    id: 'results-changed',
    what: 'overwrites a result that is being uploaded',
    task: sh(`${begin}; say 50 a; seen; echo more >>$d/a/weights; save b; say 100 b`),
  },
  {
    id: 'results-directory-replaced',
    what: 'makes its results directory anew',
    task: sh(`say 0 ""; seen; rm -r $d; mkdir $d; sleep 0.2; save a; say 100 a`),
    also: ['exit-without-100'],
  },
  { id: 'exit-without-100', what: 'ends well and does not say so', task: sh(`${begin}; say 50 a; seen`) },
  { id: 'exit-status', what: 'fails', task: sh(`${begin}; say 50 a; seen; echo out of memory; exit 3`) },
  { id: 'exit-by-signal', what: 'crashes', task: sh(`${begin}; say 50 a; seen; kill -SEGV $$`) },
  {
    id: 'exit-by-signal',
    what: 'is killed for memory',
    task: sh('say 0 ""; sleep 30'),
    options: { faults: fault('oom@1s') },
  },
  { id: 'not-started', what: 'is not there', task: ['/nonexistent/train'] },
  {
    id: 'exit-status-after-100',
    what: 'fails after it said that it was done',
    task: sh(`trap '' TERM; ${begin}; say 100 a; seen; exit 3`),
  },
  {
    id: 'sigterm-ignored',
    what: 'does not hear SIGTERM',
    task: sh(`trap '' TERM; ${begin}; say 100 a; while :; do sleep 0.1; done`),
    options: { graceMs: 500 },
  },
  {
    id: 'max-run-time',
    what: 'takes too long',
    task: sh('while :; do say 0 ""; sleep 0.3; done'),
    options: { maxRunTimeMs: 60_000 },
  },
  {
    id: 'canceled',
    what: 'is canceled',
    task: sh('while :; do say 0 ""; sleep 0.3; done'),
    options: { faults: fault('cancel@1s') },
  },
  {
    id: 'progress-malformed',
    what: 'puts a pipe where its progress file was',
    task: sh(`${begin}; rm $d/progress; mkfifo $d/progress; sleep 30`),
    options: poll,
  },
  {
    id: 'exit-status-after-100',
    what: 'crashes after it said that it was done',
    task: sh(`trap 'kill -SEGV $$' TERM; ${begin}; say 100 a; seen`),
  },
  {
    id: 'telemetry-refused',
    what: 'sends to an address where nothing is',
    task: js(
      `${good} await fetch(process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT + '/v1/traces', { method: 'POST', body: '' }); ${end}`,
    ),
    options: traces,
    also: ['telemetry-silent'],
  },
  {
    id: 'telemetry-rejected',
    what: 'sends a span without a trace',
    task: js(
      `${good} await post('traces', span('b'.repeat(16), '').replace('a'.repeat(32), '0'.repeat(32))); ${end}`,
    ),
    options: traces,
  },
  {
    id: 'telemetry-malformed',
    what: 'sends something that is no OTLP',
    task: js(`${good} await post('traces', '{"resourceSpans": 7}'); ${end}`),
    options: traces,
  },
  {
    id: 'telemetry-duplicated',
    what: 'sends a span twice',
    task: js(
      `${good} const s = span('b'.repeat(16), ''); await post('traces', s); await post('traces', s); ${end}`,
    ),
    options: traces,
  },
  {
    id: 'telemetry-rejected',
    what: 'has items that are rejected',
    task: js(`${good} await post('traces', span('b'.repeat(16), '')); ${end}`),
    options: { ...traces, faults: fault('partial=1') },
  },
  {
    id: 'spans-orphaned',
    what: 'ends without ending its root span',
    task: js(`${good} await post('traces', span('b'.repeat(16), 'c'.repeat(16))); ${end}`),
    options: traces,
    also: ['spans-unended'],
  },
  {
    id: 'spans-unended',
    what: 'logs within a span that never ends',
    task: js(`${good} await post('logs', log({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) })); ${end}`),
    options: logs,
  },
  {
    id: 'logs-without-trace',
    what: 'logs outside of any span',
    task: js(`${good} await post('logs', log({})); ${end}`),
    options: logs,
  },
  { id: 'telemetry-silent', what: 'sends nothing', task: js(`${good} ${end}`), options: traces },
  {
    id: 'telemetry-elsewhere',
    what: 'has an endpoint of its own',
    task: js(`${good} ${end}`),
    options: traces,
    environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' },
  },
]

const runs = ({ task }: { readonly task: readonly string[] }) => hasPython || task[0] !== 'python3'

describe.concurrent('a task that', () => {
  it.each(bad.filter(runs))(
    '$what is told: $id',
    async ({ id, task, options, environment, also = [] }) => {
      const report = await emulate(task, options, environment)
      expect(report.findings.map((finding) => finding.id).toSorted()).toEqual([id, ...also].toSorted())
      const [found] = report.findings.filter((finding) => finding.id === id)
      expect(found?.seen).not.toBe('')
      expect(report.isFlawless).toBe(found?.severity === 'note')
    },
    60_000,
  )
})

const whole: readonly {
  readonly what: string
  readonly task: readonly string[]
  readonly options?: Options
}[] = [
  { what: 'in shell', task: sh(`${begin}; say 50 a; seen; save b; say 100 b`) },
  {
    what: 'in shell, its percentage moving alone',
    task: sh(`say 0 ""; seen; say 10 ""; seen; say 100 ""`),
    options: none,
  },
  {
    what: 'in shell, polled',
    task: sh(`${begin}; say 50 a; seen; save b; say 100 b; seen`),
    options: poll,
  },
  {
    what: 'in Python',
    task: py(`import os,time,json,datetime
d=os.environ['NVCT_RESULTS_DIR']
def say(p,n):
  open(d+'/.new','w').write(json.dumps({'taskId':os.environ['NVCT_TASK_ID'],'percentComplete':p,'name':n,'lastUpdatedAt':datetime.datetime.now(datetime.timezone.utc).isoformat()}))
  os.rename(d+'/.new',d+'/progress')
say(0,''); time.sleep(1)
os.mkdir(d+'/a'); open(d+'/a/f','w').write('x')
say(100,'a')`),
  },
  {
    what: 'in JavaScript, with a span',
    task: js(`${good} await post('traces', span('b'.repeat(16), '')); ${end}`),
    options: traces,
  },
]

describe.concurrent('a good task', () => {
  it.each(whole.filter(runs))(
    '$what has no finding, and is COMPLETED',
    async ({ task, options }) => {
      const { findings, verdict, reason, isFlawless } = await emulate(task, options)
      expect({ findings, verdict, reason }).toEqual({
        findings: [],
        verdict: 'COMPLETED',
        reason: '100 percent, and all results are complete',
      })
      expect(isFlawless).toBe(true)
    },
    60_000,
  )
})
