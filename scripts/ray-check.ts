/**
 * What the emulator kept of a run of the Ray sample, held against what has to be in it.
 *
 *   node scripts/ray-check.ts spans|logs|metrics|keys TELEMETRY_DIR TASKS
 *
 * `TASKS`: the calls of actors that came back. `keys` expects the session `ray-check` in the baggage of the environment,
 * and `deployment.environment.name=check` in OTEL_RESOURCE_ATTRIBUTES. Prints what is not so; ends with 1 then.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject, JsonValue } from '../src/json.ts'
import { itemListsOf } from '../src/otlp/items.ts'
import type { Signal } from '../src/otlp/signals.ts'

/** A span, point or log record with the names and attributes of what it belongs to. */
interface Item {
  readonly scope: string
  /** Of a span, or of the metric of a point. */
  readonly name: string
  readonly body: JsonObject
  readonly attributes: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
}

const attributesOf = (holder: JsonValue | undefined): Readonly<Record<string, string>> => {
  const list = ((holder as JsonObject | undefined)?.attributes ?? []) as readonly JsonObject[]
  return Object.fromEntries(
    list.map(({ key, value }) => [key, String(Object.values((value ?? {}) as JsonObject)[0])]),
  )
}

const readItems = (directory: string, signal: Signal): readonly Item[] =>
  readFileSync(join(directory, `${signal}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => itemListsOf(signal, JSON.parse(line)))
    .flatMap(({ resourceEntry, scopeEntry, metric, items }) =>
      items.map((body) => ({
        scope: String((scopeEntry.scope as JsonObject | undefined)?.name ?? ''),
        name: String(metric?.body.name ?? body.name ?? ''),
        body,
        attributes: attributesOf(body),
        resource: attributesOf(resourceEntry.resource),
      })),
    )

const [, , what = '', directory = '', tasksText = ''] = process.argv
const tasks = Number(tasksText)
const samplesOfTask = 1_000
const instanceOf = ({ resource }: Item) => resource['service.instance.id'] ?? '?'
const isOfSample = ({ scope }: Item) => ['driver', 'trainer'].includes(scope)
const isOfActor = ({ scope }: Item) => scope === 'trainer'

const wrong: string[] = []
const expectThat = (isSo: boolean, otherwise: string) => {
  if (!isSo) wrong.push(otherwise)
}
const expectCount = (thing: string, found: number, wanted: number) =>
  expectThat(found === wanted, `${found} ${thing} instead of ${wanted}`)

const spans = readItems(directory, 'traces')
const actorSpans = spans.filter(isOfActor)
const spansById = new Map(spans.map((span) => [span.body.spanId, span]))

/** The names from a span up to its root, or to the parent that is missing. */
const lineage = (span: Item): readonly string[] => {
  const { parentSpanId } = span.body
  if (parentSpanId === undefined) return [span.name]
  const parent = spansById.get(parentSpanId)
  return [span.name, ...(parent ? lineage(parent) : ['(missing)'])]
}

const checkSpans = () => {
  expectCount('spans of actors', new Set(actorSpans.map(({ body }) => body.spanId)).size, tasks)
  expectCount('times that a span of an actor came', actorSpans.length, tasks)
  expectCount('traces', new Set(spans.map(({ body }) => body.traceId)).size, 1)
  expectCount('spans of the driver', spans.filter(({ name }) => name === 'driver.train').length, 1)
  const wanted = 'trainer.gradient < controller.step < driver.train < taskbeat.task'
  for (const line of new Set(actorSpans.map((span) => lineage(span).join(' < '))))
    expectThat(line === wanted, `a span that is ${line}`)
  const ofActors = new Set(actorSpans.map(instanceOf))
  expectThat(!spans.some((span) => !isOfActor(span) && ofActors.has(instanceOf(span))), 'actors share an id')
}

const checkLogs = () => {
  const records = readItems(directory, 'logs').filter(isOfActor)
  expectCount('log records of actors', records.length, tasks)
  const ofSpans = new Set(actorSpans.map(({ body }) => `${body.traceId} ${body.spanId}`))
  const joined = new Set(records.map(({ body }) => `${body.traceId} ${body.spanId}`))
  expectCount('spans of actors with a log record', joined.intersection(ofSpans).size, tasks)
}

/** The last value of each series of a metric, by the instance that sent it: sums and histograms are cumulative. */
const lastByInstance = (name: string, numberOf: (body: JsonObject) => number) => {
  const last = new Map<string, number>()
  for (const point of readItems(directory, 'metrics').filter((item) => item.name === name))
    last.set(instanceOf(point), Math.max(last.get(instanceOf(point)) ?? 0, numberOf(point.body)))
  return last
}

const checkMetrics = () => {
  const durations = lastByInstance('trainer.task.duration', ({ count }) => Number(count))
  const samples = lastByInstance('trainer.samples', ({ asInt }) => Number(asInt))
  const spansByInstance = Map.groupBy(actorSpans, instanceOf)
  for (const [instance, ofInstance] of spansByInstance) {
    expectCount(`durations of ${instance}`, durations.get(instance) ?? 0, ofInstance.length)
    expectCount(`samples of ${instance}`, samples.get(instance) ?? 0, ofInstance.length * samplesOfTask)
  }
  expectCount(
    'durations in all',
    [...durations.values()].reduce((sum, count) => sum + count, 0),
    tasks,
  )
  const points = readItems(directory, 'metrics').filter(isOfActor)
  for (const attributes of new Set(points.map((point) => JSON.stringify(point.attributes))))
    expectThat(attributes === '{"operation":"gradient"}', `a point with the attributes ${attributes}`)
}

const checkKeys = () => {
  const records = readItems(directory, 'logs')
  const ofSample = [...spans, ...records].filter(isOfSample)
  const count = (isSo: (item: Item) => boolean) => ofSample.filter(isSo).length
  expectCount(
    'items with the session',
    count(({ attributes }) => attributes['taskbeat.session_id'] === 'ray-check'),
    ofSample.length,
  )
  const ofActors = [...actorSpans, ...records.filter(isOfActor)]
  const withRequest = ofActors.filter(
    ({ attributes }) =>
      attributes['taskbeat.operation_type'] === 'step' &&
      attributes['taskbeat.request_id']?.startsWith('step-'),
  )
  expectCount('items of actors with operation and request', withRequest.length, ofActors.length)
  const task = spans.find(({ name }) => name === 'taskbeat.task')
  const wanted = {
    'deployment.environment.name': 'check',
    'taskbeat.run_id': task?.attributes['taskbeat.run_id'],
    'taskbeat.attempt': task?.attributes['taskbeat.attempt'],
  }
  const points = readItems(directory, 'metrics').filter(isOfActor)
  for (const [key, value] of Object.entries(wanted)) {
    const found = new Set([...ofActors, ...points].map(({ resource }) => resource[key]))
    expectThat(
      value !== undefined && found.size === 1 && found.has(value),
      `${key} is ${[...found].join(', ')} on the resource of actors instead of ${value}`,
    )
  }
}

const checks: Readonly<Record<string, () => void>> = {
  spans: checkSpans,
  logs: checkLogs,
  metrics: checkMetrics,
  keys: checkKeys,
}
const check = checks[what]
if (check === undefined) throw new Error(`what to check is one of ${Object.keys(checks).join(', ')}`)
check()
for (const line of wrong) process.stdout.write(`${line}\n`)
process.exitCode = wrong.length === 0 && spans.length > 0 ? 0 : 1
