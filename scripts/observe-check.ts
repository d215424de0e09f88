/**
 * The dashboards and alerts of samples/observe, asked of a real Prometheus that real runs of taskbeat send to:
 *
 *   node scripts/observe-check.ts PROMETHEUS PROMTOOL [PORT]
 *
 * Every query has to be one that Prometheus takes. Each has to answer, but those that say why they may not, which are
 * listed. The alerts are tried with series of their own, too, as nobody here waits for ten minutes.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promtoolTests } from './observe/alert-cases.ts'
import { alerts } from './observe/alerts.ts'
import { queriesOf } from './observe/dashboard.ts'
import { fleetDashboard } from './observe/fleet-dashboard.ts'
import { asking } from './observe/query.ts'
import { runDashboard } from './observe/run-dashboard.ts'
import { silentAfter, state, states } from './observe/states.ts'
import { breakGpu, buildPretendedGpus, expectedStates, startRuns, type TryRun } from './observe/try-runs.ts'

const [prometheus = '', promtool = '', port = '24390'] = process.argv.slice(2)
const url = `http://127.0.0.1:${port}`
const directory = mkdtempSync(join(tmpdir(), 'taskbeat-observe-'))

let failures = 0
const tell = (isRight: boolean, what: string, detail = '') => {
  if (!isRight) failures += 1
  process.stdout.write(
    `${isRight ? 'ok      ' : 'FAILED  '} ${what}\n${detail.replaceAll(/^(?=.)/gm, '         | ')}`,
  )
}

/** What grafana/otel-lgtm 0.31 tells its Prometheus of OTLP; the names follow from what it does not tell. */
const configuration = `otlp:
  keep_identifying_resource_attributes: true
  promote_resource_attributes: [service.instance.id, service.name, service.namespace, service.version, host.name]
storage: {tsdb: {out_of_order_time_window: 10m}}
`

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** The answer, or what Prometheus says is wrong with the question. */
const ask = async (query: string, atSeconds = Date.now() / 1_000): Promise<readonly Sample[] | string> => {
  const body = new URLSearchParams({ query, time: String(atSeconds) })
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  const { data, error } = (await answer.json()) as { data?: { result: readonly Sample[] }; error?: string }
  return data?.result ?? String(error)
}

const until = async (seconds: number, isTrue: () => boolean | Promise<boolean>): Promise<boolean> => {
  const end = Date.now() + seconds * 1_000
  while (Date.now() < end) {
    if (await isTrue()) return true
    await setTimeout(250)
  }
  return false
}

const startPrometheus = (): ChildProcess => {
  writeFileSync(join(directory, 'prometheus.yml'), configuration)
  return spawn(
    prometheus,
    [
      ...['--config.file', join(directory, 'prometheus.yml'), '--storage.tsdb.path', join(directory, 'data')],
      ...['--web.listen-address', `127.0.0.1:${port}`, '--web.enable-otlp-receiver', '--log.level=warn'],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
}

const isReady = () =>
  fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

const runs = ['trains', 'tells'].map((name) => `task-${name}`)

/** What Grafana would ask, for each run that the dashboard may show. */
const filled = (expr: string): readonly string[] =>
  (expr.includes('"$service"') ? runs : ['.*']).map((service) =>
    expr
      .replaceAll('$service', service)
      .replaceAll('$instance', '.*')
      .replaceAll('$task', '.*')
      .replaceAll('$__rate_interval', '2m'),
  )

interface Asked {
  readonly place: string
  readonly expr: string
  readonly emptyWhen: string | undefined
  /** What its answer must have: a series without it has an empty one. */
  readonly label?: string
}

/** Of `label_values(SERIES, LABEL)`, what has a series for each value. */
const valuesQuery = (text: string) => {
  const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/s.exec(text) ?? []
  return { expr: `count by (${label}) (${series})`, label }
}

const asked: readonly Asked[] = [runDashboard, fleetDashboard].flatMap(({ uid, sections, variables }) => [
  ...variables.flatMap(({ name, from }) =>
    'prometheus' in from
      ? [{ place: `${uid}: variable ${name}`, ...valuesQuery(from.prometheus), emptyWhen: undefined }]
      : [],
  ),
  ...sections.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      queriesOf(panel).map(({ expr, emptyWhen }, index) => ({
        place: `${uid}: ${title}: ${panel.title} ${String.fromCharCode(65 + index)}`,
        ...{ expr, emptyWhen },
      })),
    ),
  ),
])

const isAnswer = (sample: Sample | string, label: string | undefined) =>
  typeof sample !== 'string' && (label === undefined || Boolean(sample.metric[label]))

const checkQueries = async (): Promise<void> => {
  const empty: string[] = []
  let answered = 0
  for (const { place, expr, emptyWhen, label } of asked) {
    const answers = await Promise.all(filled(expr).map((query) => ask(query)))
    const wrong = answers.find((answer) => typeof answer === 'string')
    if (wrong !== undefined) tell(false, place, `${wrong}: ${expr}\n`)
    else if (answers.flat().some((sample) => isAnswer(sample, label))) answered += 1
    else if (emptyWhen === undefined) tell(false, `${place}: no answer`, `${expr}\n`)
    else empty.push(`${place}: ${emptyWhen}\n`)
  }
  tell(answered > 0, `${answered} of ${asked.length} queries of the dashboards answer`)
  process.stdout.write(`         without an answer here, all of which say why that may be:\n`)
  for (const line of empty) process.stdout.write(`         | ${line}`)
}

const named = (samples: readonly Sample[]) =>
  samples.map(({ metric, value }) => {
    const [text = 'unknown'] = states[Number(value[1]) as keyof typeof states] ?? []
    return [metric.job ?? '', text] as const
  })

const checkStates = async (): Promise<void> => {
  const all = asking(['job=~"task-.*"'], '1m')
  const now = await ask(state(all))
  const found = typeof now === 'string' ? {} : Object.fromEntries(named(now))
  for (const [service, wanted] of Object.entries(expectedStates))
    tell(
      found[service] === wanted,
      `${service} is shown as: ${wanted}`,
      found[service] === wanted ? '' : `${JSON.stringify(found)} ${typeof now === 'string' ? now : ''}\n`,
    )
  // nobody waits for it: Prometheus is asked what it would say then
  const later = await ask(state(all), Date.now() / 1_000 + silentAfter + 60)
  const then = typeof later === 'string' ? {} : Object.fromEntries(named(later))
  tell(
    then['task-dies'] === 'silent',
    'task-dies, killed, is shown as: silent',
    then['task-dies'] === 'silent' ? '' : `${JSON.stringify(then)}\n`,
  )
  tell(then['task-trains'] === 'done', 'task-trains still as: done')
}

/** Alerts that these runs give reason for, by their service. */
const reasons: Readonly<Record<string, string>> = {
  TaskbeatEndedEarly: 'task-fails',
  TaskbeatLossNotANumber: 'task-diverges',
  TaskbeatTelemetryLost: 'task-trains',
}

const checkAlerts = async (hasGpus: boolean): Promise<void> => {
  const expected = { ...reasons, ...(hasGpus && { TaskbeatGpuError: 'task-trains' }) }
  for (const { name, expr } of alerts) {
    const answer = await ask(expr)
    if (typeof answer === 'string') {
      tell(false, `${name}: ${answer}`, `${expr}\n`)
      continue
    }
    const notPositive = answer.filter(({ value }) => !(Number(value[1]) > 0))
    if (notPositive.length > 0)
      tell(false, `${name}: values that are not positive`, `${JSON.stringify(notPositive)}\n`)
    const service = (expected as Readonly<Record<string, string>>)[name]
    if (service !== undefined)
      tell(
        answer.some(({ metric }) => metric.job === service),
        `${name} has reason to fire for ${service}`,
      )
  }
  tell(true, `${alerts.length} alerts were asked`)
}

const promtoolSays = (what: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8', cwd: directory })
  tell(status === 0, what, status === 0 ? '' : `${stdout}${stderr}\n`)
}

const checkRules = () => {
  const { rules, tests } = promtoolTests('rules.yaml')
  writeFileSync(join(directory, 'rules.yaml'), rules)
  writeFileSync(join(directory, 'tests.yaml'), tests)
  promtoolSays(
    'promtool accepts the rules',
    'check',
    'rules',
    resolve('samples/observe/alerts/prometheus-rules.yaml'),
  )
  promtoolSays('every alert fires when it should, and not for others', 'test', 'rules', 'tests.yaml')
}

checkRules()
const server = startPrometheus()
let started: readonly TryRun[] = []
try {
  if (!(await until(20, isReady))) throw new Error('Prometheus does not start')
  const gpus = buildPretendedGpus(directory)
  if (gpus === undefined) process.stdout.write('skipped  GPUs: there is no C compiler to make any\n')
  started = startRuns({ directory, url }, gpus)
  await setTimeout(8_000)
  if (gpus !== undefined) breakGpu(gpus)
  const ending = started.filter(({ name }) => name !== 'diverges')
  const haveEnded = () =>
    ending.every(({ process: { exitCode, signalCode } }) => (exitCode ?? signalCode) !== null)
  const allEnded = await until(60, haveEnded)
  tell(allEnded, 'the runs have ended, but the one that goes on')
  await checkQueries()
  await checkStates()
  await checkAlerts(gpus !== undefined)
  if (failures > 0)
    for (const { name, output } of started) process.stdout.write(`--- ${name}\n${output().slice(-3_000)}\n`)
} finally {
  for (const { process: child } of started) child.kill('SIGKILL')
  server.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
}
if (failures > 0) process.exitCode = 1
