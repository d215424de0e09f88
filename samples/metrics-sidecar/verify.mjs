// Asks Prometheus for everything that the bridge sends, prints what it found, and ends with 1 if a metric, a label or
// freshness is missing. Needs Node.js 20 or later and nothing else:
//   node verify.mjs
//   PROMETHEUS_URL=http://prometheus:9090 MAX_AGE=60 node verify.mjs

const {
  PROMETHEUS_URL: prometheusUrl = 'http://localhost:9090',
  // empty: it is not asked
  COLLECTOR_HEALTH_URL: healthUrl = 'http://localhost:13133',
  PREFIX: prefix = 'ml_metrics_ml_training_',
  // what each series has to have; name=value where the value is known
  LABELS: labelsText = 'job_id,model_name,dataset,exported_job',
  // seconds since the record that a value is from
  MAX_AGE: maxAgeText = '60',
  // seconds to wait for what is missing: a job takes a while to begin
  WAIT: waitText = '60',
} = process.env

const wanted = labelsText.split(',').map((text) => text.split('='))
const maxAge = Number(maxAgeText)

// what to ask for, and what a value has to be like
const isNumber = () => true
const isShare = (value) => value >= 0 && value <= 1
const isCount = (value) => Number.isInteger(value) && value >= 0
const isPositive = (value) => value > 0
const metrics = [
  ['loss', isNumber],
  ['validation_loss', isNumber],
  ['accuracy', isShare],
  ['learning_rate', isNumber],
  ['gpu_utilization', isShare],
  ['current_epoch', isCount],
  ['current_batch', isCount],
  // without _total where the Collector leaves suffixes away
  ['batch_number_total', isCount, 'batch_number'],
  ['epoch_total', isCount, 'epoch'],
  ...['processing_time_ms', 'samples_per_second'].flatMap((name) => [
    [`${name}_count`, isCount],
    [`${name}_sum`, isPositive],
    [`${name}_bucket{le="+Inf"}`, isCount],
  ]),
]

const ask = async (query) => {
  const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  const { status, error, data } = await response.json()
  if (status !== 'success') throw new Error(error)
  return data.result
}

const row = (query, value, labels, age, verdict) => ({ query, value, labels, age, verdict })

// one row for each series; one that is missing has a row too
const look = async ([name, isRight, otherName]) => {
  let query = prefix + name
  let found = await ask(query)
  if (found.length === 0 && otherName !== undefined) {
    const other = await ask(prefix + otherName)
    if (other.length > 0) [query, found] = [prefix + otherName, other]
  }
  if (found.length === 0) return [row(query, '', '', '', 'missing')]
  const ages = await ask(`time() - timestamp(${query})`)
  const keyOf = ({ __name__, ...labels }) => JSON.stringify(Object.entries(labels).toSorted())
  return found.map(({ metric, value: [, text] }) => {
    const value = Number(text)
    const age = Number(ages.find((one) => keyOf(one.metric) === keyOf(metric))?.value[1])
    const problems = [
      // NaN is what a training says that has diverged
      ...(isRight(value) || Number.isNaN(value) ? [] : ['wrong value']),
      ...wanted
        .filter(([label, expected]) => (expected === undefined ? !metric[label] : metric[label] !== expected))
        .map((label) => `no ${label.join('=')}`),
      ...(age <= maxAge ? [] : ['stale']),
    ]
    const labels = wanted.map(([label]) => `${label}=${metric[label] ?? ''}`).join(' ')
    return row(query, text, labels, `${age.toFixed(1)} s`, problems.join(', ') || 'ok')
  })
}

const lookAtCollector = async () => {
  if (healthUrl === '') return []
  const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(5_000) }).catch((error) => error)
  return [row('health of the Collector', answer.status ?? '', healthUrl, '', answer.ok ? 'ok' : 'missing')]
}

const lookAtAll = async () => {
  try {
    return [...(await lookAtCollector()), ...(await Promise.all(metrics.map(look))).flat()]
  } catch (error) {
    const why = error.cause?.code ?? error.message
    return [row('Prometheus', '', prometheusUrl, '', `no answer (${why})`)]
  }
}

const print = (rows) => {
  const all = [row('query', 'value', 'labels', 'age', ''), ...rows]
  const columns = Object.keys(all[0])
  const width = (column) => Math.max(...all.map((one) => String(one[column]).length))
  const widths = columns.map(width)
  for (const one of all)
    process.stdout.write(
      `${columns
        .map((column, index) => String(one[column]).padEnd(widths[index]))
        .join('  ')
        .trimEnd()}\n`,
    )
}

const until = Date.now() + Number(waitText) * 1_000
let rows = await lookAtAll()
while (rows.some(({ verdict }) => verdict !== 'ok') && Date.now() < until) {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  rows = await lookAtAll()
}
print(rows)
const bad = rows.filter(({ verdict }) => verdict !== 'ok')
process.stdout.write(
  bad.length === 0 ? 'all there\n' : `${bad.length} of ${rows.length} are not as they should be\n`,
)
process.exitCode = bad.length === 0 ? 0 : 1
