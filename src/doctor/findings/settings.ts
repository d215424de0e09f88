import { signals } from '../../otlp/signals.ts'
import { parseTraceparent } from '../../trace-context.ts'
import { nameOf, sentOf } from '../endpoints.ts'
import type { Facts } from '../facts.ts'
import type { Found } from './catalogue.ts'

type Rule = readonly [applies: boolean, found: Found]

const applying = (rules: readonly Rule[]) => rules.filter(([applies]) => applies).map(([, found]) => found)

const list = (words: readonly string[]) => words.join(', ')

const findInSelection = (facts: Facts): readonly Found[] => {
  const { settings, destinations, destinationsFault } = facts
  if (destinationsFault !== undefined) return [['setting-invalid', destinationsFault]]
  const hasOwn = (signal: (typeof signals)[number]) => settings[`${signal}Endpoint`] !== undefined
  const own = signals.filter(hasOwn)
  const endpoints = [
    ...(settings.otlpEndpoint === undefined ? [] : (['otlpEndpoint'] as const)),
    ...own.map((signal) => `${signal}Endpoint` as const),
  ]
  const names = endpoints.map((field) => nameOf(facts, field))
  if (settings.sdkDisabled)
    return endpoints.length > 0
      ? [
          [
            'sdk-disabled',
            `${nameOf(facts, 'sdkDisabled')} switches telemetry off, and ${list(names)} is set`,
          ],
        ]
      : []
  const sent = new Set(sentOf(destinations).map(({ signal }) => signal))
  const useless = own.filter((signal) => !sent.has(signal))
  const goesNowhere = signals.every((signal) => destinations[signal].length === 0)
  const silent = signals.filter(
    (signal) => destinations[signal].length === 0 && settings[`${signal}Exporter`] === undefined,
  )
  const { serviceName, taskName, resourceAttributes } = settings
  const isNamed = serviceName !== undefined || taskName !== undefined || 'service.name' in resourceAttributes
  return [
    ...useless.map(
      (signal): Found => [
        'exporter-ignores-endpoint',
        `${nameOf(facts, `${signal}Exporter`)} is '${settings[`${signal}Exporter`]}', so that ${nameOf(facts, `${signal}Endpoint`)} is not used`,
      ],
    ),
    ...applying([
      [
        settings.otlpEndpoint !== undefined && sent.size === 0,
        [
          'exporter-ignores-endpoint',
          `no signal goes to ${nameOf(facts, 'otlpEndpoint')}: all have another exporter`,
        ],
      ],
      [
        own.length > 0 && silent.length > 0,
        ['endpoint-missing', `${list(names)} is for ${list(own)} only; ${list(silent)} go nowhere`],
      ],
      [
        goesNowhere && endpoints.length === 0,
        ['telemetry-nowhere', 'there is no endpoint: `run` sends no traces, metrics or logs'],
      ],
      [sent.size > 0 && !isNamed, ['service-unnamed', "nobody names the service, so that it is 'taskbeat'"]],
    ]),
  ]
}

/** Quotes within a value belong there, as in `Digest realm="x"`. */
const isQuoted = (text: string) => /^(["'`])(?:(?!\1).)*\1$/s.test(text.trim())

/** A value in quotes, or an opening one before the first name: then they were around the whole. */
const hasQuotes = (headers: Readonly<Record<string, string>>) => {
  const [first = ''] = Object.keys(headers)
  return /^["'`]/.test(first) || Object.values(headers).some(isQuoted)
}

const findInHeaders = (facts: Facts): readonly Found[] => {
  const { settings } = facts
  const fields = ['otlpHeaders', ...signals.map((signal) => `${signal}Headers` as const)] as const
  const given = fields.filter((field) => Object.keys(settings[field] ?? {}).length > 0)
  const quoted = given.filter((field) => hasQuotes(settings[field] ?? {}))
  const exposed = sentOf(facts.destinations).filter(
    ({ destination: { headers, url } }) => 'authorization' in lowerCase(headers) && isOpenRoad(url),
  )
  return [
    ...quoted.map((field): Found => ['headers-quoted', `${nameOf(facts, field)} has quotes in it`]),
    ...applying([
      [
        exposed.length > 0,
        [
          'headers-without-tls',
          `an authorization header for ${list(exposed.map(({ signal }) => signal))} leaves this machine without TLS`,
        ],
      ],
    ]),
  ]
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Whether others can read what goes there: not on this machine, nor to a name without dots, of the same network. */
const isOpenRoad = (url: string) => {
  if (!url.startsWith('http:')) return false
  const { hostname } = new URL(url)
  return (
    hostname.includes('.') &&
    !/^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)|\.(local|internal|svc)$|\.svc\./.test(
      hostname,
    )
  )
}

/** The platform looks for the progress file this often, in seconds. */
const pollSeconds = 5

const findInTimes = (facts: Facts): readonly Found[] => {
  const { settings } = facts
  const timeouts = ['otlpTimeoutMs', ...signals.map((signal) => `${signal}TimeoutMs` as const)] as const
  const short = timeouts.filter((field) => (settings[field] ?? Number.POSITIVE_INFINITY) < 200)
  const intervals = ['metricIntervalMs', 'spanDelayMs', 'logDelayMs'] as const
  const isOdd = (field: (typeof intervals)[number]) => settings[field] < 100 || settings[field] > 300_000
  const odd = intervals.filter(isOdd)
  const value = (field: (typeof timeouts)[number] | (typeof intervals)[number]) =>
    `${nameOf(facts, field)} is ${settings[field]}, in milliseconds`
  return [
    ...short.map((field): Found => ['timeout-short', value(field)]),
    ...odd.map((field): Found => ['interval-odd', value(field)]),
    ...applying([
      [settings.drainSeconds === 0, ['drain-none', `${nameOf(facts, 'drainSeconds')} is 0`]],
      [
        settings.dwellSeconds <= pollSeconds &&
          settings.taskId !== undefined &&
          settings.results === 'upload',
        ['dwell-short', `${nameOf(facts, 'dwellSeconds')} is ${settings.dwellSeconds}`],
      ],
      [
        settings.heartbeatSeconds > 60,
        ['heartbeat-slow', `${nameOf(facts, 'heartbeatSeconds')} is ${settings.heartbeatSeconds}`],
      ],
    ]),
  ]
}

const platformVariables = ['NVCT_TASK_ID', 'NVCT_RESULTS_DIR', 'NVCT_PROGRESS_FILE_PATH'] as const

const findInPlatform = ({ environment, settings, surroundings }: Facts): readonly Found[] => {
  const isSet = (name: string) => Boolean(environment[name]?.trim())
  const set = platformVariables.filter(isSet)
  const missing = platformVariables.filter((name) => !isSet(name))
  const { outerTraceparent } = settings
  const isHalf = isSet('NVCT_TASK_ID') && missing.length > 0
  return applying([
    [isHalf, ['nvct-half-set', `${list(set)} is set, ${list(missing)} is not`]],
    [
      // the results directory alone is how taskbeat is told of it in any container
      !isSet('NVCT_TASK_ID') && set.some((name) => name !== 'NVCT_RESULTS_DIR'),
      [
        'nvct-task-id-missing',
        `${list(set)} is set, NVCT_TASK_ID is not; this looks like ${surroundings.kind}`,
      ],
    ],
    [
      outerTraceparent !== undefined && parseTraceparent(outerTraceparent) === undefined,
      ['traceparent-invalid', `TRACEPARENT is '${outerTraceparent?.slice(0, 60)}', which begins a new trace`],
    ],
  ])
}

/** What is wrong with the settings by themselves, or with two of them together. */
export const findInSettings = (facts: Facts): readonly Found[] => [
  ...facts.problems.map(({ message }): Found => ['setting-invalid', message]),
  ...findInSelection(facts),
  ...findInHeaders(facts),
  ...findInTimes(facts),
  ...findInPlatform(facts),
]
