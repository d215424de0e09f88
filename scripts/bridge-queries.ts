/**
 * The queries of the sidecar challenge's README, asked of a Prometheus, and what they have to answer for the record that
 * is in the metrics file now. The job must be at rest: nothing that it writes meanwhile would be expected.
 *
 *   node scripts/bridge-queries.ts PROMETHEUS_URL COLLECTOR_PAGE_URL METRICS_FILE STEPS_PER_EPOCH [literal]
 *
 * `literal`: the Collector adds no suffixes. Prints a table; ends with 1 if an answer is another one.
 */
import { readFileSync } from 'node:fs'

const [, , prometheusUrl = '', pageUrl = '', path = '', stepsText = '', strategy = ''] = process.argv
const isLiteral = strategy === 'literal'

const { job_metadata, training_metrics: job } = JSON.parse(readFileSync(path, 'utf8')) as {
  job_metadata: { job_id: string; model_name: string; dataset: string }
  training_metrics: Record<string, number>
}
const { job_id, model_name, dataset } = job_metadata
const jobLabels = { job_id, model_name, dataset, exported_job: 'ml-training/ml-metrics-bridge' }

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

const ask = async (query: string): Promise<readonly Series[]> => {
  const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`
  const answer = (await (await fetch(url)).json()) as { data?: { result: readonly Series[] }; error?: string }
  if (!answer.data) throw new Error(`${query}: ${answer.error}`)
  return answer.data.result
}

/** What the one series that answers has to be like; text says what was expected instead. */
type Expectation = (series: Series, value: number) => Promise<string> | string

const isValue =
  (wanted: number, labels: Readonly<Record<string, string>> = jobLabels): Expectation =>
  ({ metric }, value) => {
    const wrong = Object.entries(labels).filter(([label, text]) => metric[label] !== text)
    if (wrong.length > 0) return wrong.map(([label, text]) => `${label}=${text}`).join(', ')
    return Math.abs(value - wanted) <= Math.abs(wanted) * 1e-12 ? '' : String(wanted)
  }

const field = (name: string, labels?: Readonly<Record<string, string>>) =>
  isValue(job[name] ?? Number.NaN, labels)

/** By how much a counter grew in the window, from its samples. */
const increase = async (query: string) => {
  const values = (await ask(query))[0]?.values ?? []
  return Number(values.at(-1)?.[1]) - Number(values[0]?.[1])
}

const total = (name: string) => (isLiteral ? name : `${name}_total`)
const prefix = 'ml_metrics_ml_training'
const time = `${prefix}_processing_time_ms`
const rate = `${prefix}_samples_per_second`
const steps = ((job.epoch ?? 0) - 1) * Number(stepsText) + (job.batch_number ?? 0)
const records = (await ask(total('ml_metrics_taskbeat_bridge_records')))[0]?.value?.[1]
const none = 'none: a histogram has series of other names'

const table: readonly (readonly [query: string, expected: Expectation | typeof none])[] = [
  // basic metric queries
  [`${prefix}_loss`, field('training_loss')],
  [`${prefix}_validation_loss`, field('validation_loss')],
  [`${prefix}_accuracy`, field('accuracy')],
  [`${prefix}_gpu_utilization`, field('gpu_utilization')],
  [`${prefix}_learning_rate`, field('learning_rate')],
  // filtered by attributes: resnet-50, training-job-123 and imagenet are those of the challenge's own job
  [`${prefix}_loss{model_name="${model_name}"}`, field('training_loss')],
  [`${prefix}_accuracy{job_id="${job_id}"}`, field('accuracy')],
  [`${prefix}_accuracy{dataset="${dataset}"}`, field('accuracy')],
  // counter metrics
  [total(`${prefix}_batch_number`), isValue(steps)],
  [total(`${prefix}_epoch`), field('epoch')],
  // histogram metrics
  [time, none],
  [`${time}_count`, isValue(Number(records))],
  [`${time}_bucket{le="+Inf"}`, isValue(Number(records))],
  [`${time}_sum`, (_, value) => (value > 0 ? '' : 'more than 0')],
  [rate, none],
  [`${rate}_count`, isValue(Number(records))],
  [`${rate}_bucket{le="+Inf"}`, isValue(Number(records))],
  [`${rate}_sum`, (_, value) => (value > 0 ? '' : 'more than 0')],
  [
    `rate(${time}_sum[5m]) / rate(${time}_count[5m])`,
    async (_, value) => {
      const wanted = (await increase(`${time}_sum[5m]`)) / (await increase(`${time}_count[5m]`))
      return Math.abs(value - wanted) < 1e-6 * wanted ? '' : String(wanted)
    },
  ],
  // aggregated queries
  [`avg(${prefix}_loss)`, field('training_loss', {})],
  [`max(${prefix}_gpu_utilization)`, field('gpu_utilization', {})],
  [`rate(${prefix}_loss[1m])`, (_, value) => (value >= 0 ? '' : 'at least 0')],
]

let failures = 0
const tell = (query: string, said: string, problem: string) => {
  if (problem !== '') failures += 1
  process.stdout.write(`${problem === '' ? 'ok    ' : 'FAILED'} ${query.padEnd(62)} ${said}${problem}\n`)
}

for (const [query, expected] of table) {
  const found = await ask(query)
  const [first] = found
  const said = first?.value?.[1] ?? 'nothing'
  if (expected === none) tell(query, said, first ? `, expected ${none}` : '')
  else if (found.length !== 1 || !first) tell(query, `${found.length} series`, ', expected 1')
  else {
    const problem = await expected(first, Number(said))
    tell(query, said, problem && `, expected ${problem}, from ${JSON.stringify(first.metric)}`)
  }
}

// command line verification: curl and grep
const lines = (await (await fetch(pageUrl)).text()).split('\n')
for (const [what, isMatch] of [
  ['curl | grep ml_metrics', (line: string) => line.includes('ml_metrics')],
  ['curl | grep ml_training_loss', (line: string) => line.includes('ml_training_loss')],
  ['curl | grep "^ml_metrics" | wc -l', (line: string) => line.startsWith('ml_metrics')],
  ['curl | grep ml_metrics | grep -v "^#"', (line: string) => /^[^#].*ml_metrics|^ml_metrics/.test(line)],
] as const) {
  const count = lines.filter(isMatch).length
  tell(what, `${count} lines`, count > 0 ? '' : ', expected some')
}
process.exitCode = failures === 0 ? 0 : 1
