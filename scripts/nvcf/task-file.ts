import * as v from 'valibot'
import { parseDuration } from './duration.ts'
import { tokenFaults } from './tokens.ts'

/**
 * One YAML file that describes a task. Its fields are called as in the platform's API where the API has them; what is
 * accepted is what the API accepts.
 *
 * @see NVIDIA/nvcf @fadc0f81 `src/control-plane-services/cloud-tasks`: CreateTaskRequest, GpuSpecificationDto, SecretDto,
 * ContainerEnvironmentEntryDto, NvctConstants
 */
const text = (accepts: string, isOne: (value: string) => boolean) =>
  v.pipe(v.string(accepts), v.check(isOne, accepts))

const matching = (accepts: string, pattern: RegExp) => text(accepts, (value) => pattern.test(value))

const notBlank = text('text that is not blank', (value) => value.trim() !== '')

const durationAccepts =
  'a duration above zero such as PT8H, PT1H30M or P1DT12H, in whole days, hours, minutes, seconds'
const duration = v.pipe(
  v.string(durationAccepts),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = parseDuration(dataset.value)
    if (parsed) return parsed
    addIssue({ message: durationAccepts })
    return NEVER
  }),
)

const image = matching(
  'an image with its registry and a tag or a digest: nvcr.io/ORG/TEAM/IMAGE:TAG or nvcr.io/ORG/TEAM/IMAGE@sha256:…',
  /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
)

const variable = matching('the name of an environment variable', /^[A-Za-z_]\w*$/)
const secretName = matching(
  '1 to 48 letters, digits, _ . -, the first a letter or digit',
  /^(?=.{1,48}$)[A-Za-z0-9][\w.-]*$/,
)
const secret = v.union(
  [
    v.pipe(
      secretName,
      v.transform((name) => ({ name, env: name })),
    ),
    v.strictObject({ name: secretName, env: variable }),
  ],
  'a name of 1 to 48 letters, digits, _ . -, or {name: …, env: …} with the environment variable that holds the value',
)

const uuid = matching('a UUID', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)

/** What the YAML file may say. */
export const taskFile = v.strictObject({
  name: matching(
    '1 to 128 letters, digits, - _, the first a letter or digit',
    /^(?=.{1,128}$)[A-Za-z0-9][\w-]*$/,
  ),
  description: v.optional(text('at most 256 characters', (value) => value.length <= 256)),
  tags: v.optional(
    v.pipe(
      v.array(matching('1 to 128 letters, digits, - _ : =', /^[\w:=-]{1,128}$/), 'a list of tags'),
      v.maxLength(64, 'at most 64 tags'),
    ),
  ),
  image: v.optional(image),
  helmChart: v.optional(matching('the https or oci address of a chart', /^(https|oci):\/\/[^\s/]+\/\S+$/)),
  args: v.optional(v.array(v.string('text: put it in quotes'), 'a list of words')),
  env: v.optional(
    v.record(
      matching('letters, digits, _, the first a letter or digit', /^[A-Za-z0-9]\w*$/),
      text('text that is not blank: put numbers in quotes', (value) => value.trim() !== ''),
      'a mapping of names to values',
    ),
  ),
  configuration: v.optional(v.record(v.string(), v.any(), "a mapping of the chart's values")),
  gpu: notBlank,
  instanceType: notBlank,
  backend: v.optional(notBlank),
  clusters: v.optional(v.array(notBlank, 'a list of names')),
  maxRuntimeDuration: v.optional(duration),
  maxQueuedDuration: v.optional(duration),
  terminationGracePeriodDuration: v.optional(duration),
  resultHandlingStrategy: v.optional(v.picklist(['UPLOAD', 'NONE'], 'UPLOAD or NONE'), 'UPLOAD'),
  resultsLocation: v.optional(matching('ORG/MODEL or ORG/TEAM/MODEL', /^[^/\s]+\/([^/\s]+\/)?[^/\s]+$/)),
  secrets: v.optional(v.array(secret, 'a list of names')),
  telemetries: v.optional(
    v.pipe(
      v.strictObject({ logs: v.optional(uuid), metrics: v.optional(uuid), traces: v.optional(uuid) }),
      v.check((ids) => Object.values(ids).some(Boolean), 'at least one of logs, metrics, traces'),
    ),
  ),
})

export type TaskFile = v.InferOutput<typeof taskFile>

/** A value as a message may show it. */
const shown = (value: unknown) => {
  const json = JSON.stringify(value) ?? String(value)
  const written = typeof value === 'string' ? `'${value}'` : json
  return written.length > 80 ? `${written.slice(0, 77)}…` : written
}

const known = Object.keys(taskFile.entries).join(', ')

type Issue = v.InferIssue<typeof taskFile>

/** A field that is missing or not known has no value that could be accepted, and needs other words. */
const faultOf = (issue: Issue): string => {
  const field = v.getDotPath(issue) ?? 'the file'
  if (issue.type === 'strict_object') {
    if (issue.expected === 'never') {
      const accepted = field.startsWith('telemetries.') ? 'logs, metrics, traces' : known
      return `${field} is not known, but accepted are ${accepted}`
    }
    if (issue.expected === 'Object')
      return `${field} is ${shown(issue.input)}, but accepted is a mapping of names to values`
    return `${field} is missing`
  }
  if (issue.input === undefined) return `${field} is missing, but accepted is ${issue.message}`
  // somebody may have written a value where a name belongs
  if (field.startsWith('secrets'))
    return `${field} is what is not shown here, but accepted is ${issue.message}`
  return `${field} is ${shown(issue.input)}, but accepted is ${issue.message}`
}

/**
 * What the file says, or all that is wrong with its fields: each fault names field, value and what is accepted. Where
 * there are tokens, nothing else is said, as other faults show values.
 */
export const parseTaskFile = (
  content: unknown,
): { readonly task: TaskFile } | { readonly faults: readonly string[] } => {
  const tokens = tokenFaults(content)
  if (tokens.length > 0) return { faults: tokens }
  const { success, output, issues } = v.safeParse(taskFile, content)
  return success ? { task: output } : { faults: issues.map(faultOf) }
}
