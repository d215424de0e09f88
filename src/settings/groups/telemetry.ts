import { optional, setting } from '../row.ts'
import {
  decimal,
  duration,
  endpoint,
  exporterNames,
  headers,
  integer,
  keyValues,
  namePresets,
  offOn,
  oneOf,
  onOff,
  path,
  protocol,
  text,
} from '../value.ts'

const signalDoc = {
  otlp: 'all signals',
  traces: 'traces',
  metrics: 'metrics',
  logs: 'logs',
} as const

type Scope = keyof typeof signalDoc

/** The part of the file that a program's telemetry usually has there. */
const inSection = (key: string) => ({ name: 'telemetry', key })

const otlpRows = (scope: Scope) => {
  const flag = scope === 'otlp' ? '' : `${scope}-`
  const env = scope === 'otlp' ? 'OTEL_EXPORTER_OTLP_' : `OTEL_EXPORTER_OTLP_${scope.toUpperCase()}_`
  const what = signalDoc[scope]
  return {
    endpoint: optional({
      kind: endpoint,
      group: 'telemetry',
      flag: `${flag}endpoint`,
      env: `${env}ENDPOINT`,
      defaultText: scope === 'otlp' ? 'unset: console; nowhere in `run`' : 'the one for all signals',
      example: scope === 'otlp' ? 'http://collector:4317' : `http://127.0.0.1:14358/v1/${scope}`,
      doc: `where to send ${what}${scope === 'otlp' ? '; HTTP appends `/v1/<signal>`' : '; used as it is'}`,
      ...(scope === 'otlp' && { section: inSection('endpoint') }),
      passesOn: true,
    }),
    protocol: optional({
      kind: protocol,
      group: 'telemetry',
      flag: `${flag}protocol`,
      env: `${env}PROTOCOL`,
      defaultText: scope === 'otlp' ? '`grpc`' : 'the one for all signals',
      example: 'http',
      doc: `protocol for ${what}: grpc, http or http/protobuf`,
      passesOn: true,
    }),
    headers: optional({
      kind: headers,
      group: 'telemetry',
      env: `${env}HEADERS`,
      ...(scope !== 'otlp' && { defaultText: 'those for all signals' }),
      example: 'api-key=…',
      doc: `request headers for ${what}${scope === 'otlp' ? '' : ', before those for all'}`,
      isSecret: true,
      passesOn: true,
    }),
    timeoutMs: optional({
      kind: integer({ min: 1, max: 3_600_000 }),
      group: 'telemetry',
      env: `${env}TIMEOUT`,
      defaultText: scope === 'otlp' ? '`10000`' : 'the one for all signals',
      example: '3000',
      doc: `milliseconds for one request with ${what}`,
    }),
    compression: optional({
      kind: oneOf('gzip', 'none'),
      group: 'telemetry',
      env: `${env}COMPRESSION`,
      defaultText: scope === 'otlp' ? '`none`' : 'the one for all signals',
      example: 'gzip',
      doc: `compression of ${what}`,
      passesOn: true,
    }),
    insecure: optional({
      kind: onOff,
      group: 'telemetry',
      env: `${env}INSECURE`,
      defaultText: scope === 'otlp' ? '`true`' : 'the one for all signals',
      example: 'false',
      doc: `plain HTTP for ${what} where the endpoint names no scheme`,
      passesOn: true,
    }),
    certificate: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CERTIFICATE`,
      example: '/etc/ssl/ca.pem',
      doc: `trusted certificates for ${what}`,
      passesOn: true,
    }),
    clientKey: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CLIENT_KEY`,
      example: '/etc/ssl/client.key',
      doc: `private key for mTLS of ${what}`,
      passesOn: true,
    }),
    clientCertificate: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CLIENT_CERTIFICATE`,
      example: '/etc/ssl/client.pem',
      doc: `certificate for mTLS of ${what}`,
      passesOn: true,
    }),
  } as const
}

type OtlpRows = ReturnType<typeof otlpRows>
type Scoped<S extends Scope> = {
  readonly [K in keyof OtlpRows as `${S}${Capitalize<K & string>}`]: OtlpRows[K]
}

const scoped = <S extends Scope>(scope: S): Scoped<S> =>
  Object.fromEntries(
    Object.entries(otlpRows(scope)).map(([name, row]) => [
      `${scope}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      row,
    ]),
  ) as Scoped<S>

const exporter = (signal: Exclude<Scope, 'otlp'>) =>
  optional({
    kind: exporterNames,
    group: 'telemetry',
    flag: `${signal}-exporter`,
    env: `OTEL_${signal.toUpperCase()}_EXPORTER`,
    defaultText: '`otlp` with an endpoint, else `console`; in `run` `none`',
    example: 'none',
    doc: `otlp, console, none for ${signal}`,
    passesOn: true,
  })

const milliseconds = (env: string, fallback: number, doc: string) =>
  setting({ kind: integer({ min: 1, max: 86_400_000 }), group: 'telemetry', env, default: fallback, doc })

/** Where telemetry goes, as the OpenTelemetry specification and NVCF name it. */
export const telemetry = {
  console: optional({
    kind: oneOf('text', 'json'),
    group: 'telemetry',
    flag: 'console',
    env: 'TASKBEAT_CONSOLE',
    defaultText: '`text`',
    example: 'json',
    doc: 'how telemetry looks on the console; `run` uses the console only if this is given',
  }),
  debug: setting({
    kind: onOff,
    group: 'telemetry',
    env: 'TASKBEAT_DEBUG',
    default: false,
    doc: 'all telemetry goes to the console as well',
    section: inSection('debug'),
  }),
  sdkDisabled: setting({
    kind: onOff,
    group: 'telemetry',
    env: 'OTEL_SDK_DISABLED',
    default: false,
    doc: 'no telemetry at all, not even on the console',
    section: { ...inSection('enabled'), kind: offOn },
    passesOn: true,
  }),
  serviceName: optional({
    kind: text,
    group: 'telemetry',
    flag: 'service-name',
    env: 'OTEL_SERVICE_NAME',
    defaultText: '`NVCT_TASK_NAME`, else `taskbeat`',
    example: 'llama-pretrain',
    doc: '`service.name`',
    section: inSection('serviceName'),
  }),
  resourceAttributes: setting({
    kind: keyValues,
    group: 'telemetry',
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    default: {},
    defaultText: '',
    example: 'team=speech',
    doc: 'resource attributes; they win over ours, and those of the environment over those of the file',
    section: inSection('resourceAttributes'),
  }),
  names: setting({
    kind: namePresets,
    group: 'telemetry',
    alsoIn: ['naming'],
    flag: 'names',
    env: 'TASKBEAT_NAMES',
    default: [],
    defaultText: '`none`',
    example: 'onelogger',
    doc: "names of other tools' dashboards: tuft renames metrics, onelogger adds spans and events",
  }),
  drainSeconds: setting({
    kind: decimal({ min: 0, max: 3600 }),
    group: 'telemetry',
    flag: 'drain',
    env: 'TASKBEAT_DRAIN',
    default: 5,
    example: '10',
    doc: 'most seconds that the end waits for telemetry',
  }),
  delivery: setting({
    kind: oneOf('outbox', 'direct'),
    group: 'telemetry',
    env: 'TASKBEAT_DELIVERY',
    default: 'outbox',
    doc: 'how OTLP is sent: through the outbox, which loses nothing silently, or by the stock exporters, for comparison',
  }),
  outboxMb: setting({
    kind: integer({ min: 1, max: 65_536 }),
    group: 'telemetry',
    env: 'TASKBEAT_OUTBOX_MB',
    default: 64,
    example: '16',
    doc: 'most MiB of telemetry in memory; from half of it on it goes to disk',
  }),
  spoolDir: optional({
    kind: path,
    group: 'telemetry',
    flag: 'spool-dir',
    env: 'TASKBEAT_SPOOL_DIR',
    defaultText: '`<results>/.taskbeat/spool`; of `bridge` `<state-dir>/spool`',
    example: '/var/spool/taskbeat',
    doc: 'where telemetry waits that cannot be delivered now',
  }),
  spoolMb: setting({
    kind: integer({ min: 1, max: 1_048_576 }),
    group: 'telemetry',
    env: 'TASKBEAT_SPOOL_MB',
    default: 1_024,
    example: '200',
    doc: 'most MiB of telemetry on disk; the oldest goes first',
  }),
  spoolAgeMs: setting({
    kind: duration,
    group: 'telemetry',
    env: 'TASKBEAT_SPOOL_AGE',
    default: 604_800_000,
    defaultText: '`168h`',
    example: '24h',
    doc: 'how long telemetry waits on disk at most',
  }),
  tallyDir: optional({
    kind: path,
    group: 'telemetry',
    env: 'TASKBEAT_TALLY_DIR',
    example: '/tmp/tallies',
    doc: 'keep counts of emitted and delivered items in a file there, exact even after SIGKILL; `emulate` sets it',
  }),
  ...scoped('otlp'),
  tracesExporter: exporter('traces'),
  ...scoped('traces'),
  metricsExporter: exporter('metrics'),
  ...scoped('metrics'),
  logsExporter: exporter('logs'),
  ...scoped('logs'),
  metricIntervalMs: milliseconds(
    'OTEL_METRIC_EXPORT_INTERVAL',
    60_000,
    'milliseconds between two exports of metrics',
  ),
  metricsTemporality: setting({
    kind: oneOf('cumulative', 'delta', 'lowmemory'),
    group: 'telemetry',
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    default: 'cumulative',
    doc: 'whether counters count from the start, or from the last export',
    passesOn: true,
  }),
  metricTimeoutMs: milliseconds(
    'OTEL_METRIC_EXPORT_TIMEOUT',
    30_000,
    'milliseconds for one export of metrics, with `TASKBEAT_DELIVERY=direct`',
  ),
  spanDelayMs: milliseconds('OTEL_BSP_SCHEDULE_DELAY', 5_000, 'milliseconds between two exports of spans'),
  logDelayMs: milliseconds(
    'OTEL_BLRP_SCHEDULE_DELAY',
    1_000,
    'milliseconds between two exports of log records',
  ),
} as const
