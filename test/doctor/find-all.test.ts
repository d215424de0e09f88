import { describe, expect, it } from 'vitest'
import { doctor } from '../../src/commands/doctor.ts'
import type { Canary, DirectoryFacts, Facts, Probe } from '../../src/doctor/facts.ts'
import { type FindingId, findingKinds } from '../../src/doctor/findings/catalogue.ts'
import { findAll } from '../../src/doctor/findings/find-all.ts'
import { isLikePattern } from '../../src/doctor/findings/like-pattern.ts'
import { gatherConfiguration } from '../../src/doctor/gather/configuration.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'

const nowMs = Date.UTC(2026, 10, 20)
const place = 'http://collector:4317'

const probe: Probe = {
  ...{ place, refusal: undefined, speaksTls: false, http1: false, http2: true },
  ...{ certificateFault: undefined, certificateEndsMs: undefined, clockAheadMs: undefined },
}

const canary: Canary = {
  ...{
    signal: 'traces',
    place,
    destination: `${place} (grpc)`,
    outcome: 'delivered',
    reason: '',
    durationMs: 12,
  },
}

const directory: DirectoryFacts = {
  ...{ path: '/results', tried: '/results', trial: { outcome: 'works' }, device: 1 },
  space: { availableBytes: 2 ** 40, freeFiles: 2 ** 20 },
  fileSystem: { type: 'ext4', source: '/dev/sda1' },
}

/** Facts in which nothing is wrong, but for what is changed; the settings are those of a variables and flags. */
const factsOf = async (
  change: (facts: Facts) => Partial<Facts>,
  { env = {}, argv = [] }: Settled = {},
): Promise<Facts> => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: place, OTEL_SERVICE_NAME: 'llama', ...env }
  const resolution = await resolveSettings({ argv, env: environment }, doctor.groups)
  const resolved = resolution.ok ? resolution : resolution.rest
  if (!resolved) throw new Error('there are no settings')
  const problems = resolution.ok ? [] : resolution.problems
  const facts: Facts = {
    ...gatherConfiguration({ ...resolved, problems, environment }),
    surroundings: { kind: 'machine', reasons: [] },
    ...{ results: directory, spool: undefined, spoolDir: '/results/.taskbeat/spool' },
    spoolWaiting: { traces: 0, metrics: 0, logs: 0 },
    progress: { kind: 'absent', path: '/results/progress', isInside: true, device: 1 },
    checkpoints: { kind: 'not asked' },
    ...{ probes: [probe], canaries: [], health: undefined, gpu: { kind: 'no driver' }, program: undefined },
    machine: {
      ...{ nodeVersion: '24.15.0', system: 'linux', uid: 1_000, nowMs, timeZone: 'UTC', hasKoffi: true },
      ...{ memoryLimitBytes: undefined, cpuLimit: undefined },
    },
  }
  return { ...facts, ...change(facts) }
}

interface Settled {
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
}

interface Case extends Settled {
  readonly id: FindingId
  /** What its text has to say. */
  readonly says: string
  readonly change?: (facts: Facts) => Partial<Facts>
}

const httpEnv = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }
const httpsEnv = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4317' }
const https = 'https://collector:4317'

const onFileSystem = (type: string, source = 'x') => ({
  change: () => ({ results: { ...directory, fileSystem: { type, source } } }),
})

const failing = (step: 'look' | 'write' | 'rename' | 'rename a directory', code: string) => ({
  change: () => ({
    results: { ...directory, trial: { outcome: 'failed', step, code, path: '/results' } as const },
  }),
})

const withSpace = (availableBytes: number, freeFiles: number | undefined) => ({
  change: () => ({ results: { ...directory, space: { availableBytes, freeFiles } } }),
})

const answered = (outcome: Canary['outcome'], reason: string) => ({
  change: () => ({ canaries: [{ ...canary, outcome, reason }] }),
})

const device = { id: 'GPU-1', index: 0, state: 'ok' } as const
const gpu = (change: object) => ({
  change: () => ({
    gpu: { kind: 'driver', hasSmi: false, sample: undefined, notices: [], ...change } as const,
  }),
})

const machine = (change: Partial<Facts['machine']>) => ({
  change: (facts: Facts) => ({ machine: { ...facts.machine, ...change } }),
})

const progressIs = (change: object) => ({
  change: ({ progress }: Facts) => ({ progress: { ...progress, ...change } as Facts['progress'] }),
})

const cases: readonly Case[] = [
  {
    id: 'setting-invalid',
    says: 'unix socket',
    env: { ...httpEnv, OTEL_EXPORTER_OTLP_ENDPOINT: 'unix:///x' },
  },
  { id: 'setting-invalid', says: "TASKBEAT_DWELL is 'x'", env: { TASKBEAT_DWELL: 'x' } },
  { id: 'variable-misspelt', says: 'OTEL_SERVICE_NAME', env: { OTEL_SERVCE_NAME: 'x' } },
  { id: 'variable-misspelt', says: 'NVCT_RESULTS_DIR', env: { NVCT_RESULT_DIR: 'x' } },
  { id: 'variable-misspelt', says: 'meant is OTEL_EXPORTER_OTLP_ENDPOINT', env: { OTLP_ENDPONIT: 'x' } },
  { id: 'variable-misspelt', says: 'meant is OTEL_SERVICE_NAME', env: { otel_service_name: 'x' } },
  ...[
    ['OTLE_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['OTELEXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['NVTC_TASK_ID', 'NVCT_TASK_ID'],
    ['TASKBEET_DWELL', 'TASKBEAT_DWELL'],
    ['TASK_BEAT_DWELL', 'TASKBEAT_DWELL'],
    ['NUM_OF_RESULT', 'NUM_OF_RESULTS'],
  ].map(
    ([name = '', near]): Case => ({
      ...{ id: 'variable-like-ours', says: `${name} is set, which is nearly ${near}` },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: '', [name]: 'x' },
    }),
  ),
  { id: 'variable-unknown', says: 'OTEL_SERVICE_NAMESPACE is set', env: { OTEL_SERVICE_NAMESPACE: 'x' } },
  { id: 'variable-ignored', says: 'OTEL_PROPAGATORS: ', env: { OTEL_PROPAGATORS: 'b3' } },
  {
    id: 'variable-blank',
    says: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: ' ' },
  },
  {
    id: 'exporter-ignores-endpoint',
    says: 'all have another exporter',
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'none' },
  },
  { id: 'sdk-disabled', says: 'OTEL_SDK_DISABLED', env: { OTEL_SDK_DISABLED: 'true' } },
  {
    id: 'endpoint-missing',
    says: 'logs go nowhere',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: place,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: place,
    },
  },
  { id: 'telemetry-nowhere', says: 'there is no endpoint', env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' } },
  { id: 'service-unnamed', says: "'taskbeat'", env: { OTEL_SERVICE_NAME: '' } },
  ...Object.entries({
    'OTEL_EXPORTER_OTLP_HEADERS has': { OTEL_EXPORTER_OTLP_HEADERS: `api-key=\${TOKEN}` },
    'OTEL_EXPORTER_OTLP_LOGS_HEADERS has': { OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=b,x-key=Bearer $TOKEN' },
    "OTEL_SERVICE_NAME is '$(POD)'": { OTEL_SERVICE_NAME: '$(POD)' },
    'OTEL_RESOURCE_ATTRIBUTES has a placeholder in b.c': { OTEL_RESOURCE_ATTRIBUTES: 'a=b,b.c={{ .x }}' },
    'NVCT_RESULTS_DIR is': { NVCT_RESULTS_DIR: `/r/\${RUN}` },
    "NVCT_PROGRESS_FILE_PATH is '/r/$RUN'": { NVCT_PROGRESS_FILE_PATH: '/r/$RUN' },
    "OTEL_EXPORTER_OTLP_CERTIFICATE is '$(CA)'": { OTEL_EXPORTER_OTLP_CERTIFICATE: '$(CA)' },
    'KUBEFLOW_TRAINER_SERVER_TOKEN has': {
      KUBEFLOW_TRAINER_SERVER_URL: 'https://trainer',
      KUBEFLOW_TRAINER_SERVER_TOKEN: '$(TOKEN)',
    },
  }).map(([says, env]): Case => ({ id: 'setting-placeholder', says, env })),
  {
    id: 'endpoint-placeholder',
    says: '{{ .Values.host }}',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317/{{ .Values.host }}' },
  },
  {
    id: 'endpoint-no-scheme',
    says: "'collector:4317'",
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
  },
  {
    id: 'endpoint-no-path',
    says: "to '/'",
    env: {
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://collector:4318',
    },
  },
  {
    id: 'endpoint-path-of-other-signal',
    says: 'for logs',
    env: {
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://collector:4318/v1/traces',
    },
  },
  {
    id: 'endpoint-path-twice',
    says: '/otlp/v1/logs/v1/traces',
    env: { ...httpEnv, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/otlp/v1/logs/' },
  },
  {
    id: 'endpoint-path-ignored',
    says: 'no use for the path',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317/v1/traces' },
  },
  {
    id: 'endpoint-localhost',
    says: 'localhost:4317',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317' },
    change: () => ({
      surroundings: { kind: 'docker', reasons: [] },
      probes: [{ ...probe, place: 'http://localhost:4317', refusal: 'connect ECONNREFUSED' }],
    }),
  },
  {
    id: 'protocol-port',
    says: 'a port for HTTP, and the protocol is grpc',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:14358' },
  },
  {
    id: 'protocol-port',
    says: 'a port for gRPC, and the protocol is http/protobuf',
    env: { ...httpEnv, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:14357' },
  },
  {
    id: 'insecure-ignored',
    says: 'OTEL_EXPORTER_OTLP_INSECURE',
    env: { OTEL_EXPORTER_OTLP_INSECURE: 'true' },
  },
  {
    id: 'headers-quoted',
    says: 'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
    env: { OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'api-key="abc"' },
  },
  {
    id: 'headers-quoted',
    says: 'OTEL_EXPORTER_OTLP_HEADERS',
    env: { OTEL_EXPORTER_OTLP_HEADERS: "'api-key=abc'" },
  },
  {
    id: 'headers-without-tls',
    says: 'traces, metrics, logs',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otlp.example.com:4317',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x',
    },
  },
  { id: 'tls-file', says: '/no/ca.pem', env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca.pem' } },
  {
    id: 'tls-unused',
    says: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
    env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca.pem' },
  },
  {
    id: 'trainer-url',
    says: "KUBEFLOW_TRAINER_SERVER_URL is 'http://…@trainer'",
    env: { KUBEFLOW_TRAINER_SERVER_URL: 'http://me:hush@trainer' },
  },
  {
    id: 'trainer-url',
    says: "KUBEFLOW_TRAINER_STATUS_URL is 'trainer'",
    env: { KUBEFLOW_TRAINER_STATUS_URL: 'trainer' },
  },
  {
    id: 'trainer-file',
    says: 'KUBEFLOW_TRAINER_SERVER_TOKEN names a file that cannot be read (ENOENT)',
    env: { KUBEFLOW_TRAINER_SERVER_URL: 'https://t', KUBEFLOW_TRAINER_SERVER_TOKEN: '/no/token' },
  },
  {
    id: 'trainer-file',
    says: 'KUBEFLOW_TRAINER_SERVER_CA_CERT names a file that cannot be read (EISDIR)',
    env: { KUBEFLOW_TRAINER_SERVER_URL: 'https://t', KUBEFLOW_TRAINER_SERVER_CA_CERT: '/' },
  },
  {
    id: 'trainer-file',
    says: 'KUBEFLOW_TRAINER_STATUS_CA_CERT names',
    env: { KUBEFLOW_TRAINER_STATUS_URL: 'https://t', KUBEFLOW_TRAINER_STATUS_CA_CERT: 'no/ca.pem' },
  },
  {
    id: 'proxy-captures-endpoint',
    says: 'https_proxy',
    env: { https_proxy: 'http://p:1', no_proxy: 'localhost,other' },
  },
  {
    id: 'proxy-stops-canary',
    says: 'grpc_proxy',
    env: { grpc_proxy: 'http://p:1' },
    ...answered('retry', 'UNAVAILABLE: undefined'),
  },
  {
    id: 'timeout-short',
    says: 'OTEL_EXPORTER_OTLP_TIMEOUT is 10,',
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '10' },
  },
  { id: 'interval-odd', says: 'OTEL_BSP_SCHEDULE_DELAY is 5,', env: { OTEL_BSP_SCHEDULE_DELAY: '5' } },
  { id: 'drain-none', says: '--drain is 0', argv: ['--drain', '0'] },
  { id: 'dwell-short', says: 'TASKBEAT_DWELL is 5', env: { TASKBEAT_DWELL: '5', NVCT_TASK_ID: 't' } },
  { id: 'heartbeat-slow', says: '--heartbeat is 120', argv: ['--heartbeat', '120'] },
  { id: 'traceparent-invalid', says: 'TRACEPARENT', env: { TRACEPARENT: 'yes' } },
  {
    id: 'collector-unreachable',
    says: 'ENOTFOUND',
    change: () => ({ probes: [{ ...probe, refusal: 'getaddrinfo ENOTFOUND collector' }] }),
  },
  {
    id: 'collector-unreachable',
    says: 'spans',
    ...answered('retry', 'UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:1'),
  },
  {
    id: 'scheme-https-plain',
    says: https,
    env: httpsEnv,
    change: () => ({ probes: [{ ...probe, place: https }] }),
  },
  { id: 'scheme-http-tls', says: place, change: () => ({ probes: [{ ...probe, speaksTls: true }] }) },
  {
    id: 'protocol-grpc-at-http',
    says: place,
    change: () => ({ probes: [{ ...probe, http1: true, http2: false }] }),
  },
  { id: 'protocol-http-at-grpc', says: place, env: httpEnv },
  {
    id: 'certificate-refused',
    says: 'CERT_HAS_EXPIRED',
    env: httpsEnv,
    change: () => ({
      probes: [{ ...probe, place: https, speaksTls: true, certificateFault: 'CERT_HAS_EXPIRED' }],
    }),
  },
  {
    id: 'certificate-refused',
    says: 'spans',
    ...answered('retry', 'UNAVAILABLE: the certificate is not accepted: x'),
  },
  {
    id: 'certificate-expires',
    says: 'in 3 days',
    env: httpsEnv,
    change: () => ({
      probes: [{ ...probe, place: https, speaksTls: true, certificateEndsMs: nowMs + 3.5 * 86_400_000 }],
    }),
  },
  { id: 'canary-unauthorised', says: 'HTTP 403', ...answered('refused', 'HTTP 403: Forbidden') },
  { id: 'canary-unauthorised', says: 'UNAUTHENTICATED', ...answered('refused', 'UNAUTHENTICATED: no key') },
  { id: 'canary-no-path', says: 'HTTP 404', ...answered('refused', 'HTTP 404: Not Found') },
  { id: 'canary-no-path', says: 'unknown service', ...answered('refused', 'UNIMPLEMENTED: unknown service') },
  { id: 'canary-rejected', says: 'bad id', ...answered('rejected', 'bad id') },
  { id: 'canary-refused', says: 'INVALID_ARGUMENT', ...answered('refused', 'INVALID_ARGUMENT: no') },
  { id: 'canary-refused', says: 'HTTP 413', ...answered('too-large', 'HTTP 413: too large') },
  { id: 'canary-put-off', says: 'HTTP 429', ...answered('retry', 'HTTP 429: slow down') },
  { id: 'canary-unanswered', says: 'within 5000 ms', ...answered('retry', 'no answer within 5000 ms') },
  { id: 'canary-remarked', says: 'deprecated', ...answered('delivered', 'deprecated') },
  {
    id: 'collector-unhealthy',
    says: 'HTTP 503',
    change: () => ({
      health: { endpoint: 'http://h/health', status: 503, trouble: undefined, clockAheadMs: undefined },
    }),
  },
  {
    id: 'clock-skew',
    says: '90 s ahead of ours',
    change: () => ({ probes: [{ ...probe, clockAheadMs: 90_000 }] }),
  },
  { id: 'clock-wrong', says: '1970-01-01', ...machine({ nowMs: 5_000 }) },
  {
    id: 'timezone-unknown',
    says: 'Mars/Phobos',
    env: { TZ: 'Mars/Phobos' },
    ...machine({ timeZone: undefined }),
  },
  { id: 'results-unwritable', says: 'uid 1000 cannot write there (EACCES)', ...failing('write', 'EACCES') },
  { id: 'results-unwritable', says: 'EROFS', ...failing('write', 'EROFS') },
  {
    id: 'results-silent',
    says: 'did not answer',
    change: () => ({ results: { ...directory, trial: { outcome: 'silent' } } }),
  },
  { id: 'results-rename', says: 'cannot rename there (EPERM)', ...failing('rename', 'EPERM') },
  { id: 'results-rename', says: 'rename a directory', ...failing('rename a directory', 'ENOSYS') },
  { id: 'results-full', says: 'ENOSPC', ...failing('write', 'ENOSPC') },
  { id: 'results-full', says: '3 MiB', ...withSpace(3 * 2 ** 20, undefined) },
  { id: 'results-full', says: 'and 0 files', ...withSpace(2 ** 40, 0) },
  { id: 'results-low', says: '500 MiB', ...withSpace(500 * 2 ** 20, 2 ** 20) },
  { id: 'results-object-store', says: 'fuse.s3fs', ...onFileSystem('fuse.s3fs', 's3fs') },
  { id: 'results-object-store', says: 'mountpoint-s3', ...onFileSystem('fuse', 'mountpoint-s3') },
  { id: 'results-network', says: 'cifs', ...onFileSystem('cifs', '//server/share') },
  { id: 'results-network', says: 'nfs4', ...onFileSystem('nfs4', 'server:/x') },
  { id: 'results-network', says: 'fuse.sshfs', ...onFileSystem('fuse.sshfs') },
  { id: 'results-in-memory', says: 'tmpfs', ...onFileSystem('tmpfs') },
  { id: 'results-in-container', says: 'overlay', ...onFileSystem('overlay') },
  { id: 'progress-unwritable', says: 'EISDIR', ...progressIs({ kind: 'unreadable', code: 'EISDIR' }) },
  { id: 'progress-outside', says: 'NVCT_PROGRESS_FILE_PATH', ...progressIs({ isInside: false }) },
  { id: 'progress-elsewhere', says: 'another file system', ...progressIs({ device: 2 }) },
  { id: 'progress-foreign', says: 'the task t9', ...progressIs({ kind: 'foreign', taskId: 't9' }) },
  {
    id: 'progress-refused',
    says: 'in its words',
    ...progressIs({ kind: 'resumable', refusal: 'in its words' }),
  },
  { id: 'progress-refused', says: 'no JSON', ...progressIs({ kind: 'broken', refusal: 'no JSON' }) },
  { id: 'progress-complete', says: 'says 100', ...progressIs({ kind: 'complete' }) },
  {
    id: 'checkpoints-invalid',
    says: '../x',
    change: () => ({ checkpoints: { kind: 'invalid', fault: '../x leads out' } }),
  },
  {
    id: 'checkpoints-nothing',
    says: "'checkpoint-*' matches none of 'ckpt-1', 'README'",
    change: () => ({
      checkpoints: {
        ...{ kind: 'looked', idle: ['checkpoint-*'], onProgress: [] },
        others: ['README', 'ckpt-1'],
      },
    }),
  },
  {
    id: 'checkpoints-nothing-yet',
    says: "'checkpoint-*' matches none of 'README'",
    change: () => ({
      checkpoints: { kind: 'looked', idle: ['checkpoint-*'], onProgress: [], others: ['README'] },
    }),
  },
  {
    id: 'checkpoints-match-progress',
    says: "'p*'",
    change: () => ({ checkpoints: { kind: 'looked', idle: [], onProgress: ['p*'], others: [] } }),
  },
  {
    id: 'spool-unwritable',
    says: 'TASKBEAT_SPOOL_DIR',
    change: () => ({ spool: { ...directory, trial: { outcome: 'silent' } } }),
  },
  {
    id: 'spool-waiting',
    says: '37 spans',
    change: () => ({ spoolWaiting: { traces: 37, metrics: 0, logs: 1 } }),
  },
  { id: 'nvct-half-set', says: 'NVCT_RESULTS_DIR', env: { NVCT_TASK_ID: 't' } },
  {
    id: 'nvct-task-id-missing',
    says: 'NVCT_PROGRESS_FILE_PATH is set',
    env: { NVCT_PROGRESS_FILE_PATH: '/p' },
  },
  {
    id: 'command-missing',
    says: "'pyhton'",
    change: () => ({ program: { name: 'pyhton', kind: 'missing' } }),
  },
  {
    id: 'command-not-executable',
    says: './x.sh',
    change: () => ({ program: { name: './x.sh', kind: 'not executable' } }),
  },
  {
    id: 'gpu-driver-missing',
    says: "NVIDIA_VISIBLE_DEVICES is 'all'",
    env: { NVIDIA_VISIBLE_DEVICES: 'all' },
  },
  {
    id: 'gpu-unreadable',
    says: 'nvidia-smi is not there',
    ...gpu({ notices: ['NVML cannot be loaded: no such file'] }),
  },
  {
    id: 'gpu-none-visible',
    says: 'the job sees 0',
    ...gpu({ notices: ['NVML shows 2 devices, of which the job sees 0'] }),
  },
  {
    id: 'gpu-unwell',
    says: 'GPU 0 (GPU-1) is failed',
    ...gpu({ sample: { atMs: 0, xids: [], devices: [{ ...device, state: 'failed' }] } }),
  },
  { id: 'gpu-silent', says: 'has not answered', ...gpu({}) },
  { id: 'koffi-missing', says: 'koffi', ...machine({ hasKoffi: false }) },
  { id: 'memory-limit-low', says: '128 MiB', ...machine({ memoryLimitBytes: 128 * 2 ** 20 }) },
  { id: 'cpu-limit-low', says: '0.25 CPUs', ...machine({ cpuLimit: 0.25 }) },
]

it.each(cases)('$id is found, and says $says', async ({ id, says, change = () => ({}), ...settled }) => {
  const found = findAll(await factsOf(change, settled))
  const seen = found.filter((finding) => finding.id === id).map((finding) => finding.seen)
  expect(seen, JSON.stringify(found, undefined, 1)).toEqual([expect.stringContaining(says)])
})

it('everything that is known can be found', () => {
  const covered = new Set(cases.map(({ id }) => id))
  expect(Object.keys(findingKinds).filter((id) => !covered.has(id as FindingId))).toEqual([])
})

const right: readonly ({ readonly title: string; readonly change?: Case['change'] } & Settled)[] = [
  { title: 'one endpoint' },
  { title: 'a canary that arrived', ...answered('delivered', '') },
  {
    title: 'a port that speaks with and without TLS, when canaries arrive',
    change: () => ({
      probes: [{ ...probe, speaksTls: true }],
      canaries: [canary, { ...canary, signal: 'metrics' }, { ...canary, signal: 'logs' }],
    }),
  },
  { title: 'GPUs that are well', ...gpu({ sample: { atMs: 0, xids: [], devices: [device] } }) },
  { title: 'limits that are enough', ...machine({ memoryLimitBytes: 2 ** 30, cpuLimit: 2 }) },
  {
    title: 'two signals, and the third switched off',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: place,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: place,
      OTEL_LOGS_EXPORTER: 'none',
    },
  },
  {
    title: 'a proxy that leaves the collector alone',
    env: { http_proxy: 'http://p:1', no_proxy: 'other,collector' },
  },
  { title: 'a proxy that is not for gRPC', env: { HTTPS_PROXY: 'http://p:1' } },
  {
    title: 'variables of others',
    env: { OTEL_PYTHON_LOG_CORRELATION: 'true', NVCT_RESULT_HANDLING_STRATEGY: 'x', OTHER: 'x' },
  },
  {
    title: 'a key for the way inside of a cluster',
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x' },
  },
  {
    title: 'variables that Kubernetes makes for a service',
    env: {
      TASKBEAT_SERVICE_HOST: '10.0.0.7',
      TASKBEAT_SERVICE_PORT_GRPC: '1',
      TASKBEAT_PORT_1_TCP_ADDR: 'x',
    },
  },
  { title: 'what the platform may tell one day', env: { NVCT_SOMETHING_NEW_OF_THE_PLATFORM: 'x' } },
  { title: 'a clock that is a second off', change: () => ({ probes: [{ ...probe, clockAheadMs: -1_400 }] }) },
  {
    title: 'an empty results directory with a pattern',
    change: () => ({ checkpoints: { kind: 'looked', idle: ['a-*'], onProgress: [], others: [] } }),
  },
  {
    title: 'quotes that belong to a header',
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'x-auth=Digest realm="x"' },
  },
  { title: 'a header with a $ in it', env: { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a$ABCD' } },
  {
    title: 'a query with a $ in it',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${place}?key=a$ABCD` },
  },
  { title: 'a results directory without a task', env: { NVCT_RESULTS_DIR: '/var/task/results' } },
  {
    title: 'names that are nearly ours, and mean something else',
    env: {
      LOGLEVEL: 'INFO',
      GLOBAL_RANK: '0',
      WORLD_SIZE: '1',
      OMPI_COMM_WORLD_SIZE: '1',
      HOSTNAME: 'h',
    },
  },
  {
    title: 'a name that is nearly one of ours, which is set too',
    env: { OTLE_EXPORTER_OTLP_ENDPOINT: 'x' },
  },
  {
    title: 'a TrainJob with its token and its certificate as they are',
    env: {
      KUBEFLOW_TRAINER_SERVER_URL: 'https://trainer',
      KUBEFLOW_TRAINER_SERVER_TOKEN: 'abc',
      KUBEFLOW_TRAINER_SERVER_CA_CERT: '-----BEGIN CERTIFICATE-----',
      KUBEFLOW_TRAINER_STATUS_CA_CERT: '/no/ca.pem',
    },
  },
  { title: 'a restart', ...progressIs({ kind: 'resumable', refusal: undefined }) },
  { title: 'no GPU asked for', env: { NVIDIA_VISIBLE_DEVICES: 'void', CUDA_VISIBLE_DEVICES: '' } },
]

it.each(right)('nothing is found: $title', async ({ change = () => ({}), ...settled }) => {
  expect(findAll(await factsOf(change, settled))).toEqual([])
})

describe('of what follows from each other, the cause is told alone', () => {
  it.each<{
    title: string
    ids: readonly FindingId[]
    change: Case['change']
    env?: Readonly<Record<string, string>>
  }>([
    {
      title: 'nobody there',
      ids: ['collector-unreachable'],
      change: () => ({
        probes: [{ ...probe, refusal: 'ECONNREFUSED' }],
        canaries: [{ ...canary, outcome: 'retry', reason: 'UNAVAILABLE: x' }],
      }),
    },
    {
      title: 'another protocol',
      ids: ['protocol-grpc-at-http'],
      change: () => ({
        probes: [{ ...probe, http1: true, http2: false }],
        canaries: [{ ...canary, outcome: 'retry', reason: 'UNAVAILABLE: Parse error' }],
      }),
    },
  ])('$title', async ({ ids, change = () => ({}) }) => {
    expect(findAll(await factsOf(change)).map(({ id }) => id)).toEqual(ids)
  })

  it('one answer to all canaries is one finding', async () => {
    const refused = { ...canary, outcome: 'refused', reason: 'HTTP 401: no' } as const
    const found = findAll(await factsOf(() => ({ canaries: [refused, { ...refused, signal: 'logs' }] })))
    expect(found.map(({ seen }) => seen)).toEqual([
      `the canary of spans to ${place} (grpc), the canary of records to ${place} (grpc): HTTP 401: no`,
    ])
  })
})

it('the gravest come first, and values of unknown variables are not told', async () => {
  const env = { OTEL_SERVCE_NAME: 'hushhush', TASKBEAT_NOBODYS: 'hushhush', OTEL_PROPAGATORS: 'hushhush' }
  const found = findAll(await factsOf(() => ({}), { env }))
  expect(found.map(({ severity }) => severity)).toEqual(['error', 'warning', 'note'])
  expect(JSON.stringify(found)).not.toContain('hushhush')
})

it.each([
  { name: 'ckpt-1', pattern: 'checkpoint-*', isLike: true },
  { name: 'checkpiont-1', pattern: './checkpoint-*', isLike: true },
  { name: 'Checkpoint_1', pattern: 'checkpoint-*/weights.pt', isLike: true },
  { name: 'a.ckpt.tmp', pattern: '*.ckpt', isLike: true },
  { name: 'README', pattern: 'checkpoint-*', isLike: false },
  { name: 'config.json', pattern: '**/*.ckpt', isLike: false },
  { name: 'out', pattern: 'out/checkpoint-*', isLike: false },
  { name: 'b-1', pattern: 'a-*', isLike: false },
])('$name is like $pattern: $isLike', ({ name, pattern, isLike }) => {
  expect(isLikePattern(name, pattern)).toBe(isLike)
})

it.each<Required<Pick<Settled, 'env'>>>([
  { env: { TASKBEAT_DWELL: 'nvapi-hushhush' } },
  { env: { TASKBEAT_DWELL: 'hf_hushhush' } },
  { env: { TASKBEAT_DWELL: "a'ghp_hushhush" } },
  { env: { TASKBEAT_DWELL: 'sk-hushhush' } },
  { env: { OTEL_RESOURCE_ATTRIBUTES: 'token=hushhush,x' } },
  { env: { OTEL_EXPORTER_OTLP_HEADERS: `api-key=\${TOKEN}hushhush` } },
  { env: { OTEL_RESOURCE_ATTRIBUTES: `a=hushhush\${x}` } },
])('what is found in $env does not show the secret', async ({ env }) => {
  const found = findAll(await factsOf(() => ({}), { env }))
  expect(found).not.toEqual([])
  expect(JSON.stringify(found)).not.toContain('hushhush')
})
