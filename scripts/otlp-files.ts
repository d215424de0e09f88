import { readFileSync } from 'node:fs'

type Json = { readonly [key: string]: unknown }

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])

/** One item in a file of OTLP JSON lines. */
export interface FiledItem {
  /** `service.name` of its resource. */
  readonly service: string
  /** Of a span or a metric. */
  readonly name: string
  /** Of a number point. */
  readonly value: number | undefined
  readonly timeUnixNano: bigint
}

const keys = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const

export type FiledSignal = keyof typeof keys

const serviceOf = (entry: Json) => {
  const attributes = list((entry.resource as Json | undefined)?.attributes)
  const found = attributes.find(({ key }) => key === 'service.name')?.value as Json | undefined
  return String(found?.stringValue ?? '')
}

/** The points of a metric; spans and log records are their own. */
const pointsOf = (item: Json): readonly Json[] => {
  const data = ['gauge', 'sum', 'histogram'].map((kind) => item[kind] as Json | undefined).find(Boolean)
  return data === undefined ? [item] : list(data.dataPoints)
}

/** All items of a file that the Collector's file exporter wrote. */
export const readOtlpFile = (path: string, signal: FiledSignal): readonly FiledItem[] => {
  const [resources, scopes, items] = keys[signal]
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => list(JSON.parse(line)[resources]))
    .flatMap((entry) =>
      list(entry[scopes])
        .flatMap((scope) => list(scope[items]))
        .flatMap((item) =>
          pointsOf(item).map((point) => ({
            service: serviceOf(entry),
            name: String(item.name ?? ''),
            value: Number(point.asDouble ?? point.asInt ?? Number.NaN),
            timeUnixNano: BigInt(String(point.timeUnixNano ?? 0)),
          })),
        ),
    )
}

/** `node scripts/otlp-files.ts DIR SIGNAL`: how many items the Collector wrote. */
if (import.meta.main) {
  const [directory = '.', signal = 'traces'] = process.argv.slice(2)
  process.stdout.write(`${readOtlpFile(`${directory}/${signal}.jsonl`, signal as FiledSignal).length}\n`)
}
