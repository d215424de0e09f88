import { type Duration, ngcDuration } from './duration.ts'
import { csvField, joinWords, quoteWord } from './quote.ts'
import type { TaskFile } from './task-file.ts'

/**
 * The container's variables, and what taskbeat cannot learn from the platform: whether results are uploaded, and how
 * long the platform waits after SIGTERM. Of that it leaves a sixth for the last checkpoint's upload and telemetry, as
 * its default of 50 minutes does with the platform's of one hour.
 */
const variablesOf = ({ env = {}, resultHandlingStrategy, terminationGracePeriodDuration: grace }: TaskFile) =>
  Object.entries({
    ...(resultHandlingStrategy === 'NONE' && { TASKBEAT_RESULTS: 'none' }),
    ...(grace && { TASKBEAT_GRACE: `${Math.floor((grace.seconds * 5) / 6)}s` }),
    ...env,
  })

const without = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/**
 * The body of `POST /v1/nvct/tasks`.
 *
 * @param secretValue - the value of a secret, by the variable that holds it
 */
export const restBody = (task: TaskFile, secretValue: (env: string) => string): object => {
  const { gpu, instanceType, backend, clusters, configuration, telemetries } = task
  const isContainer = task.image !== undefined
  return without({
    name: task.name,
    gpuSpecification: without({ gpu, instanceType, backend, clusters, configuration }),
    containerImage: task.image,
    helmChart: task.helmChart,
    containerArgs: task.args && joinWords(task.args),
    containerEnvironment: isContainer ? variablesOf(task).map(([key, value]) => ({ key, value })) : undefined,
    tags: task.tags,
    description: task.description,
    maxRuntimeDuration: task.maxRuntimeDuration?.text,
    maxQueuedDuration: task.maxQueuedDuration?.text,
    terminationGracePeriodDuration: task.terminationGracePeriodDuration?.text,
    resultHandlingStrategy: task.resultHandlingStrategy,
    resultsLocation: task.resultsLocation,
    telemetries:
      telemetries &&
      without({
        logsTelemetryId: telemetries.logs,
        metricsTelemetryId: telemetries.metrics,
        tracesTelemetryId: telemetries.traces,
      }),
    secrets: task.secrets?.map(({ name, env }) => ({ name, value: secretValue(env) })),
  })
}

/** An option with its value, for a shell. After `=` a value may begin with a dash without being taken for an option. */
const given = (flag: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${flag}${value.startsWith('-') ? '=' : ' '}${quoteWord(value)}`]

const timed = (flag: string, value: Duration | undefined, write: (duration: Duration) => string) =>
  given(flag, value && write(value))

const commandOf = (command: string, options: readonly string[]) => [command, ...options].join(' \\\n  ')

/** Inside of double quotes; the shell ends with a message if it does not have the variable. */
const reference = (env: string) => `\${${env}:?}`

const telemetryOptions = ({ telemetries = {} }: TaskFile): readonly string[] => [
  ...given('--logs-telemetry-id', telemetries.logs),
  ...given('--metrics-telemetry-id', telemetries.metrics),
  ...given('--traces-telemetry-id', telemetries.traces),
]

/** NGC's charts by name and version, as `ngc` calls them; others as they are. */
const ngcChart = (address: string) =>
  address.replace(/^https:\/\/helm\.ngc\.nvidia\.com\/(.+)\/charts\/([^/]+)-([^-/]+)\.tgz$/, '$1/$2:$3')

/**
 * `ngc cf task create`: durations without `P` and `T`, charts of NGC by their names.
 *
 * @see NVIDIA/nv-cloud-function-helpers @af0e3f5a `skills/nvcf-ngc-cli-skill/references/tasks.md`, `registry.md`
 */
export const ngcCommand = (task: TaskFile): string => {
  const { gpu, instanceType, backend = '', clusters = [], configuration } = task
  const place = [gpu, instanceType, backend, clusters.join(',')].join(':').replace(/:+$/, '')
  return commandOf('ngc cf task create', [
    ...given('--name', task.name),
    ...given('--description', task.description),
    ...(task.tags ?? []).flatMap((tag) => given('--tag', tag)),
    ...given('--container-image', task.image),
    ...given('--helm-chart', task.helmChart && ngcChart(task.helmChart)),
    ...given('--configuration', configuration && JSON.stringify(configuration)),
    ...given('--container-args', task.args && joinWords(task.args)),
    ...(task.image === undefined ? [] : variablesOf(task)).flatMap(([key, value]) =>
      given('--container-environment-variable', `${key}:${value}`),
    ),
    ...given('--gpu-specification', place),
    ...timed('--max-runtime-duration', task.maxRuntimeDuration, ngcDuration),
    ...timed('--max-queued-duration', task.maxQueuedDuration, ngcDuration),
    ...timed('--termination-grace-period-duration', task.terminationGracePeriodDuration, ngcDuration),
    ...given('--result-handling-strategy', task.resultHandlingStrategy),
    ...given('--result-location', task.resultsLocation),
    ...(task.secrets ?? []).map(({ name, env }) => `--secret "${name}:${reference(env)}"`),
    ...telemetryOptions(task),
  ])
}

/**
 * `nvcf-cli task create`. It has no option for the values of a chart: those go with `--input-file` and the REST body.
 *
 * @see NVIDIA/nvcf @fadc0f81 `src/clis/nvcf-cli/cmd/task.go`
 */
export const nvcfCliCommand = (task: TaskFile): string => {
  const iso = ({ text }: Duration) => text
  return commandOf('nvcf-cli task create', [
    ...given('--name', task.name),
    ...given('--description', task.description),
    ...(task.tags ?? []).flatMap((tag) => given('--tags', csvField(tag))),
    ...given('--image', task.image),
    ...given('--helm-chart', task.helmChart),
    ...given('--container-args', task.args && joinWords(task.args)),
    ...(task.image === undefined ? [] : variablesOf(task)).flatMap(([key, value]) =>
      given('--container-env', csvField(`${key}=${value}`)),
    ),
    ...given('--gpu', task.gpu),
    ...given('--instance-type', task.instanceType),
    ...given('--backend', task.backend),
    ...(task.clusters ?? []).flatMap((cluster) => given('--clusters', csvField(cluster))),
    ...timed('--max-runtime', task.maxRuntimeDuration, iso),
    ...timed('--max-queued', task.maxQueuedDuration, iso),
    ...timed('--termination-grace', task.terminationGracePeriodDuration, iso),
    ...given('--result-strategy', task.resultHandlingStrategy),
    ...given('--results-location', task.resultsLocation),
    ...(task.secrets ?? []).map(({ name, env }) => `--secrets "${name}=${reference(env)}"`),
    ...telemetryOptions(task),
  ])
}
