import { isJsonObject } from '../../src/json.ts'
import { duration } from '../../src/settings/value.ts'
import type { TaskFile } from './task-file.ts'

const hour = 3_600
/** What the platform takes where nothing is said. */
const defaultGrace = { text: 'PT1H', seconds: hour }
/** Five sixths of it are whole seconds, and at least five of them: as in the chart. */
const shortestGrace = { text: 'PT6S', seconds: 6 }
const longestOnGfn = { text: 'PT8H', seconds: 8 * hour }
const longestSecret = 32_768

type Rule = (task: TaskFile) => readonly string[]

const whatRuns: Rule = ({ image, helmChart, args, env, configuration }) => {
  if (image === undefined && helmChart === undefined)
    return ['image is missing, and helmChart too: one of them is what runs']
  if (image !== undefined && helmChart !== undefined)
    return [`helmChart is '${helmChart}', but accepted is only one of image and helmChart`]
  if (image !== undefined) {
    if (!configuration) return []
    return ['configuration is set, but accepted only with helmChart: a container has args and env']
  }
  return [
    ...(args ? ['args is set, but accepted only with image: a chart has its values'] : []),
    ...(env ? ['env is set, but accepted only with image: a chart has its values'] : []),
  ]
}

const durations: Rule = ({ maxRuntimeDuration: most, terminationGracePeriodDuration: grace, backend }) => {
  const isGfn = backend?.toUpperCase() === 'GFN'
  const faults: string[] = []
  if (isGfn && !most)
    faults.push(
      `maxRuntimeDuration is missing, but with backend GFN accepted is at most ${longestOnGfn.text}`,
    )
  if (isGfn && most && most.seconds > longestOnGfn.seconds)
    faults.push(
      `maxRuntimeDuration is '${most.text}', but with backend GFN accepted is at most ${longestOnGfn.text}`,
    )
  if (most && (grace ?? defaultGrace).seconds > most.seconds) {
    const value = grace ? `'${grace.text}'` : `missing, which means ${defaultGrace.text}`
    faults.push(
      `terminationGracePeriodDuration is ${value}, but accepted is at most maxRuntimeDuration, '${most.text}'`,
    )
  }
  if (grace && grace.seconds < shortestGrace.seconds)
    faults.push(
      `terminationGracePeriodDuration is '${grace.text}', but accepted is at least ${shortestGrace.text}: five sixths of it are for a last checkpoint`,
    )
  return faults
}

/** With a longer one, the platform's SIGKILL would come before taskbeat's, and before what is to be announced. */
const graceOfTaskbeat: Rule = ({ env = {}, terminationGracePeriodDuration: grace }) => {
  const told = env.TASKBEAT_GRACE
  if (told === undefined) return []
  const ms = duration.read(told.trim())
  if (ms === undefined) return [`env.TASKBEAT_GRACE is '${told}', but accepted is ${duration.accepts}`]
  if (ms < (grace ?? defaultGrace).seconds * 1_000) return []
  const most = grace ? `'${grace.text}'` : `which is missing and means ${defaultGrace.text}`
  return [
    `env.TASKBEAT_GRACE is '${told}', but accepted is less than terminationGracePeriodDuration, ${most}`,
  ]
}

/** `t-0.1.0-rc1.tgz`, or `oci://…/t:0.1.0-rc1`. */
const chartVersion: Rule = ({ helmChart = '' }) =>
  /-\d+\.\d+[^/]*-[^/]*\.tgz([?#].*)?$|^oci:.*\/[^/]*:[^/]*-[^/]*$/.test(helmChart)
    ? [
        `helmChart is '${helmChart}', but accepted is a version without a hyphen: NVCF fails to install one with a hyphen`,
      ]
    : []

const results: Rule = ({ resultHandlingStrategy, resultsLocation, secrets = [] }) => {
  if (resultHandlingStrategy === 'NONE') return []
  return [
    ...(secrets.some(({ name }) => name === 'NGC_API_KEY')
      ? []
      : ['secrets has no NGC_API_KEY, but resultHandlingStrategy UPLOAD, the default, uploads with it']),
    ...(resultsLocation === undefined
      ? [
          'resultsLocation is missing, but with resultHandlingStrategy UPLOAD, the default, accepted is ORG/[TEAM/]MODEL',
        ]
      : []),
  ]
}

const secretNames: Rule = ({ secrets = [], env = {} }) => {
  const names = secrets.map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) < index))
  return [
    ...[...twice].map((name) => `secrets has '${name}' twice, but accepted is each name once`),
    ...secrets
      .filter((secret) => !/^[A-Za-z_]\w*$/.test(secret.env))
      .map(
        ({ name }) =>
          `secrets has '${name}', which no environment variable can be called: give {name: ${name}, env: …}`,
      ),
    ...names
      .filter((name) => Object.hasOwn(env, name))
      .map(
        (name) =>
          `env.${name} is set, but accepted is the secret of that name: env is stored as it is, and shown`,
      ),
  ]
}

/** What the platform sets itself. Its own values win, but for telemetry, where the user's do: even empty ones. */
const reservedNames: Rule = ({ env = {}, telemetries = {} }) =>
  Object.keys(env).flatMap((name) => {
    if (/^NVC[TF]_/.test(name))
      return [`env.${name} is set, but accepted are names without NVCT_ or NVCF_: the platform sets those`]
    const [, signal = ''] =
      /^OTEL_EXPORTER_OTLP_(LOGS|METRICS|TRACES)_(?:ENDPOINT|PROTOCOL)$/.exec(name) ?? []
    const attached = Object.entries(telemetries).find(([key, id]) => id && key.toUpperCase() === signal)
    if (!attached) return []
    return [
      `env.${name} is set, but accepted is either that or telemetries.${attached[0]}, which it would win over`,
    ]
  })

/** The task cannot see its strategy, and with the wrong one the platform ends it at its first percentage. */
const toldStrategy: Rule = ({
  env = {},
  configuration = {},
  helmChart = '',
  resultHandlingStrategy: strategy,
}) => {
  const says = `but accepted is what resultHandlingStrategy says: ${strategy}`
  const ofChart = isJsonObject(configuration.env) ? configuration.env.TASKBEAT_RESULTS : undefined
  const { results: value } = configuration
  const isStrategy = typeof value === 'string' && /^(upload|none)$/i.test(value)
  const told = [
    ['env.TASKBEAT_RESULTS', env.TASKBEAT_RESULTS],
    ['configuration.env.TASKBEAT_RESULTS', ofChart],
    // other charts may mean anything else by results
    ['configuration.results', isStrategy ? value : undefined],
  ].filter(([, text]) => typeof text === 'string' && text.toUpperCase() !== strategy)
  const isMissing = strategy === 'NONE' && value === undefined && /\/taskbeat-task[-:][^/]*$/.test(helmChart)
  return [
    ...told.map(([field, text]) => `${field} is '${text}', ${says}`),
    ...(isMissing ? [`configuration.results is missing, which means upload, ${says}`] : []),
  ]
}

/** A chart gets these values from the platform, over which the task's own would win. */
const platformValues: Rule = ({ configuration = {} }) =>
  Object.entries(configuration)
    .filter(([name, value]) => /^nvct[A-Z]/.test(name) && value !== '' && value !== null)
    .map(
      ([name]) =>
        `configuration.${name} is set, but accepted are names without nvct: the platform fills those in`,
    )

const rules: readonly Rule[] = [
  ...[whatRuns, durations, graceOfTaskbeat, chartVersion, results, secretNames, reservedNames],
  ...[toldStrategy, platformValues],
]

/** What is wrong with a task although each of its fields is right by itself. */
export const checkTask: Rule = (task) => rules.flatMap((rule) => rule(task))

/**
 * What is wrong with the values of the secrets, which are never shown. One that is not set is no fault where `isNeeded`
 * is false: the shell that runs the command may have it.
 */
export const checkSecretValues = (
  { secrets = [] }: TaskFile,
  environment: Readonly<Record<string, string | undefined>>,
  isNeeded: boolean,
): readonly string[] =>
  secrets.flatMap(({ name, env }) => {
    const value = environment[env]
    if (value === undefined) {
      return isNeeded
        ? [`secrets.${name}: the environment variable ${env} is not set, but it holds the value`]
        : []
    }
    const { length } = value.trim()
    if (length >= 1 && length <= longestSecret) return []
    return [
      `secrets.${name}: the environment variable ${env} holds ${length} characters, but accepted are 1 to ${longestSecret}`,
    ]
  })
