import { join } from 'node:path'
import {
  decimal,
  endpoint,
  exporterNames,
  headers,
  integer,
  keyValues,
  oneOf,
  onOff,
  path,
  protocol,
  text,
  type ValueKind,
} from './value.ts'

export type Group = 'general' | 'progress' | 'simulation' | 'telemetry' | 'platform'

/** What later defaults may depend on. */
export interface Basics {
  readonly resultsDir: string
  readonly taskId: string | undefined
}

/**
 * One setting: a row of the table in README.md and of `--help`.
 *
 * A row without a flag is read from the environment and the file only: it comes from the platform, or it
 * holds secrets, which do not belong on a command line.
 */
export interface Row<T, D = T> {
  readonly kind: ValueKind<T>
  readonly group: Group
  readonly flag?: string
  readonly env?: string
  readonly default: D | ((basics: Basics) => D)
  /** The default in words, where the value itself does not say it. */
  readonly defaultText?: string
  readonly example?: string
  readonly doc: string
  /** The value never appears in a message. */
  readonly isSecret?: boolean
}

/** A setting that may stay unset. */
const optional = <T>(row: Omit<Row<T>, 'default'>): Row<T, T | undefined> => ({ ...row, default: undefined })

const setting = <T>(row: Row<NoInfer<T>> & { readonly kind: ValueKind<T> }): Row<T> => row

const step = (flag: string, doc: string) =>
  optional({
    kind: integer({ min: 1 }),
    group: 'simulation',
    flag,
    env: `TASKBEAT_${flag.toUpperCase().replace('-', '_')}`,
    example: '120',
    doc,
  })

const platform = (env: string, doc: string) => optional({ kind: text, group: 'platform', env, doc })

const general = {
  configFile: optional({
    kind: path,
    group: 'general',
    flag: 'config',
    env: 'TASKBEAT_CONFIG',
    defaultText: '`taskbeat.yaml`, if there is one',
    example: 'prod.yaml',
    doc: 'a YAML file of settings',
  }),
  console: setting({
    kind: oneOf('text', 'json'),
    group: 'general',
    flag: 'console',
    env: 'TASKBEAT_CONSOLE',
    default: 'text',
    example: 'json',
    doc: 'how telemetry looks on the console',
  }),
  dropRoot: setting({
    kind: onOff,
    group: 'general',
    env: 'TASKBEAT_DROP_ROOT',
    default: false,
    example: 'true',
    doc: 'started as root, become the owner of the results directory (the image sets it)',
  }),
} as const

const progress = {
  resultsDir: setting({
    kind: path,
    group: 'progress',
    flag: 'results-dir',
    env: 'NVCT_RESULTS_DIR',
    default: '/var/task/results',
    example: './results',
    doc: 'where checkpoints and the progress file go',
  }),
  progressFile: setting({
    kind: path,
    group: 'progress',
    flag: 'progress-file',
    env: 'NVCT_PROGRESS_FILE_PATH',
    default: ({ resultsDir }) => join(resultsDir, 'progress'),
    defaultText: '`<results>/progress`',
    example: './results/progress',
    doc: 'the progress file',
  }),
  results: setting({
    kind: oneOf('upload', 'none'),
    group: 'progress',
    flag: 'results',
    env: 'TASKBEAT_RESULTS',
    default: 'upload',
    example: 'none',
    doc: "the task's result strategy, which the platform does not tell; `none` lets percent move alone",
  }),
  heartbeatSeconds: setting({
    kind: decimal({ min: 0.1, max: 150 }),
    group: 'progress',
    flag: 'heartbeat',
    env: 'TASKBEAT_HEARTBEAT',
    default: 60,
    example: '30',
    doc: 'seconds between two writes of `lastUpdatedAt`',
  }),
  dwellSeconds: setting({
    kind: decimal({ min: 0, max: 3600 }),
    group: 'progress',
    flag: 'dwell',
    env: 'TASKBEAT_DWELL',
    default: ({ taskId }) => (taskId === undefined ? 0 : 6),
    defaultText: '6 with `NVCT_TASK_ID`, else 0',
    example: '6',
    doc: 'least seconds that a state stays in the progress file: the platform looks every 5 s',
  }),
  runId: optional({
    kind: text,
    group: 'progress',
    flag: 'run-id',
    env: 'TASKBEAT_RUN_ID',
    defaultText: 'kept in the results directory',
    example: 'llama-7b-3',
    doc: 'name of the training run, the same across restarts',
  }),
} as const

const simulation = {
  numOfResults: setting({
    kind: integer({ min: 0, max: 1_000_000 }),
    group: 'simulation',
    flag: 'num-of-results',
    env: 'NUM_OF_RESULTS',
    default: 1,
    example: '5',
    doc: 'results (checkpoints) to write; 0 counts as 1',
  }),
  delayMinutes: setting({
    kind: decimal({ min: 0, max: 525_600 }),
    group: 'simulation',
    flag: 'delay',
    env: 'DELAY_BETWEEN_RESULTS_IN_MINUTES',
    default: 1,
    example: '0.05',
    doc: 'minutes of training before each result',
  }),
  fileSizeBytes: setting({
    kind: integer({ min: 0, max: 2 ** 40 }),
    group: 'simulation',
    flag: 'file-size',
    env: 'FILE_SIZE_BYTES',
    default: 1_048_576,
    example: '65536',
    doc: 'bytes of the file in each result; less than 8192 counts as 8192',
  }),
  includeMetadata: setting({
    kind: onOff,
    group: 'simulation',
    flag: 'metadata',
    env: 'INCLUDE_METADATA',
    default: true,
    example: 'false',
    doc: 'describe each result in the `metadata` of the progress file',
  }),
  modelsDir: setting({
    kind: path,
    group: 'simulation',
    flag: 'models-dir',
    env: 'INPUT_MODELS_DIR',
    default: '/config/models',
    example: './models',
    doc: 'models to list in the metadata',
  }),
  resourcesDir: setting({
    kind: path,
    group: 'simulation',
    flag: 'resources-dir',
    env: 'INPUT_RESOURCES_DIR',
    default: '/config/resources',
    example: './data',
    doc: 'resources to list in the metadata',
  }),
  stepsPerResult: setting({
    kind: integer({ min: 1, max: 1_000_000 }),
    group: 'simulation',
    flag: 'steps-per-result',
    env: 'TASKBEAT_STEPS_PER_RESULT',
    default: 50,
    example: '200',
    doc: 'training steps in each epoch; an epoch ends with a result',
  }),
  seed: setting({
    kind: integer({ min: 0, max: 2 ** 32 - 1 }),
    group: 'simulation',
    flag: 'seed',
    env: 'TASKBEAT_SEED',
    default: 1,
    example: '42',
    doc: 'seed of the loss curve and its noise',
  }),
  metricsFile: optional({
    kind: path,
    group: 'simulation',
    flag: 'metrics-file',
    env: 'METRICS_FILE_PATH',
    example: '/shared/metrics/current.json',
    doc: 'a JSON file to rewrite with the current training metrics',
  }),
  writeIntervalSeconds: setting({
    kind: decimal({ min: 0.01, max: 86_400 }),
    group: 'simulation',
    flag: 'write-interval',
    env: 'WRITE_INTERVAL',
    default: 10,
    example: '2',
    doc: 'seconds between two writes of the metrics file',
  }),
  failAt: step('fail-at', 'step at which the training fails with status 1'),
  crashAt: step('crash-at', 'step at which the process dies as if killed for memory'),
  stallAt: step('stall-at', 'step at which the training hangs, its heartbeat going on'),
  nanAt: step('nan-at', 'step from which the loss is NaN'),
} as const

const signalDoc = {
  otlp: 'all signals',
  traces: 'traces',
  metrics: 'metrics',
  logs: 'logs',
} as const

type Scope = keyof typeof signalDoc

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
      defaultText: scope === 'otlp' ? 'unset: console' : 'the one for all signals',
      example: scope === 'otlp' ? 'http://collector:4317' : `http://127.0.0.1:14358/v1/${scope}`,
      doc: `where to send ${what}${scope === 'otlp' ? '; HTTP appends `/v1/<signal>`' : '; used as it is'}`,
    }),
    protocol: optional({
      kind: protocol,
      group: 'telemetry',
      flag: `${flag}protocol`,
      env: `${env}PROTOCOL`,
      defaultText: scope === 'otlp' ? '`grpc`' : 'the one for all signals',
      example: 'http',
      doc: `protocol for ${what}: grpc, http or http/protobuf`,
    }),
    headers: optional({
      kind: headers,
      group: 'telemetry',
      env: `${env}HEADERS`,
      ...(scope !== 'otlp' && { defaultText: 'those for all signals' }),
      example: 'api-key=…',
      doc: `request headers for ${what}${scope === 'otlp' ? '' : ', before those for all'}`,
      isSecret: true,
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
    }),
    insecure: optional({
      kind: onOff,
      group: 'telemetry',
      env: `${env}INSECURE`,
      defaultText: scope === 'otlp' ? '`true`' : 'the one for all signals',
      example: 'false',
      doc: `plain HTTP for ${what} where the endpoint names no scheme`,
    }),
    certificate: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CERTIFICATE`,
      example: '/etc/ssl/ca.pem',
      doc: `trusted certificates for ${what}`,
    }),
    clientKey: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CLIENT_KEY`,
      example: '/etc/ssl/client.key',
      doc: `private key for mTLS of ${what}`,
    }),
    clientCertificate: optional({
      kind: path,
      group: 'telemetry',
      env: `${env}CLIENT_CERTIFICATE`,
      example: '/etc/ssl/client.pem',
      doc: `certificate for mTLS of ${what}`,
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
    defaultText: '`otlp` with an endpoint, else `console`',
    example: 'none',
    doc: `otlp, console, none for ${signal}`,
  })

const milliseconds = (env: string, fallback: number, doc: string) =>
  setting({ kind: integer({ min: 1, max: 86_400_000 }), group: 'telemetry', env, default: fallback, doc })

const telemetry = {
  sdkDisabled: setting({
    kind: onOff,
    group: 'telemetry',
    env: 'OTEL_SDK_DISABLED',
    default: false,
    doc: 'no telemetry at all, not even on the console',
  }),
  serviceName: optional({
    kind: text,
    group: 'telemetry',
    flag: 'service-name',
    env: 'OTEL_SERVICE_NAME',
    defaultText: '`NVCT_TASK_NAME`, else `taskbeat`',
    example: 'llama-pretrain',
    doc: '`service.name`',
  }),
  resourceAttributes: setting({
    kind: keyValues,
    group: 'telemetry',
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    default: {},
    defaultText: '',
    example: 'team=speech',
    doc: 'resource attributes; they win over ours',
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
  metricTimeoutMs: milliseconds(
    'OTEL_METRIC_EXPORT_TIMEOUT',
    30_000,
    'milliseconds for one export of metrics',
  ),
  spanDelayMs: milliseconds('OTEL_BSP_SCHEDULE_DELAY', 5_000, 'milliseconds between two exports of spans'),
  logDelayMs: milliseconds(
    'OTEL_BLRP_SCHEDULE_DELAY',
    1_000,
    'milliseconds between two exports of log records',
  ),
} as const

const fromPlatform = {
  taskId: platform('NVCT_TASK_ID', "the task's id; written to the progress file"),
  taskName: platform('NVCT_TASK_NAME', "the task's name"),
  ncaId: platform('NVCT_NCA_ID', 'the NVIDIA Cloud account'),
  instanceId: platform('NVCT_INSTANCE_ID', 'the instance that the task runs on'),
  region: platform('NVCF_REGION', 'sent as `cloud.region`'),
  backend: platform('NVCF_BACKEND', 'sent as `nvcf.backend`'),
  environment: platform('NVCF_ENV', 'sent as `deployment.environment.name`'),
  instanceType: platform('NVCF_INSTANCETYPE', 'sent as `host.type`'),
  instanceTypeValue: platform('NVCF_INSTANCETYPE_VALUE', 'sent as `nvcf.instance_type.value`'),
  accountsSecretsFile: platform(
    'ACCOUNTS_SECRETS_PATH',
    'known from the sample, which waits for it; not needed',
  ),
  healthCheckEndpoint: platform(
    'OTEL_HEALTH_CHECK_ENDPOINT',
    'known from the sample, which waits for it; training starts at once',
  ),
} as const

/** Every setting, in the order of the README. */
export const table = { ...general, ...progress, ...simulation, ...telemetry, ...fromPlatform } as const

export type Field = keyof typeof table

type ValueOf<R> = R extends { readonly default: infer D } ? Exclude<D, (basics: Basics) => unknown> : never

/** All settings of one process, resolved and frozen. */
export type Settings = { readonly [F in Field]: ValueOf<(typeof table)[F]> }
