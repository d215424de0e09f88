import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json.ts'

/**
 * What NVCF asks of the objects of a Helm task, under its `Default` policy.
 *
 * @see NVIDIA/nvcf @fadc0f81 `src/control-plane-services/helm-reval/reval/run.go` (validatePodSpec and on) and
 * `docs/user/helm-tasks.md`; limits: NVIDIA/nvcf#1887
 */
type Rule = (object: JsonObject, all: readonly JsonObject[]) => readonly string[]

const kinds = [
  ...['ConfigMap', 'CronJob', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'Secret', 'Service'],
  ...['ServiceAccount', 'StatefulSet'],
]
const mostObjects = 300
const volumeTypes = ['configMap', 'emptyDir', 'persistentVolumeClaim', 'projected', 'secret']

/** What lies at a path of names, if there is anything. */
const at = (value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), value)

const textAt = (value: JsonValue | undefined, ...path: readonly string[]) => String(at(value, ...path) ?? '')

const objectsAt = (value: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] => {
  const list = at(value, ...path)
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

/** The template of an object's pods: of a Job, or of a JobSet's first. */
export const podTemplateOf = (object: JsonObject): JsonObject => {
  const [replicated] = objectsAt(object, 'spec', 'replicatedJobs')
  const template = at(replicated ? at(replicated, 'template') : object, 'spec', 'template')
  return isJsonObject(template) ? template : {}
}

const containersOf = (object: JsonObject) => {
  const template = podTemplateOf(object)
  return [...objectsAt(template, 'spec', 'initContainers'), ...objectsAt(template, 'spec', 'containers')]
}

/** The variables of an object's containers that have a value: name → value. */
export const variablesOf = (object: JsonObject): ReadonlyMap<string, string> =>
  new Map(
    containersOf(object)
      .flatMap((container) => objectsAt(container, 'env'))
      .flatMap(({ name, value }) => (typeof value === 'string' ? [[String(name), value] as const] : [])),
  )

const isKnown: Rule = ({ kind }) =>
  kinds.includes(String(kind)) ? [] : [`NVCF's Default policy has no ${kind}`]

/** For services, which are names in DNS, and for what pods are called by: a number follows, in 63 characters. */
const isNamed: Rule = ({ kind, metadata }) => {
  const name = textAt(metadata, 'name')
  return /^[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/.test(name) ? [] : [`a ${kind} cannot be called '${name}'`]
}

const hasNoHooks: Rule = (object) => {
  const annotations = at(object, 'metadata', 'annotations')
  const hooks = isJsonObject(annotations)
    ? Object.keys(annotations).filter((key) => key.startsWith('helm.sh/hook'))
    : []
  return hooks.map((hook) => `has ${hook}, but NVCF ignores hooks`)
}

const hasLimits: Rule = (object) =>
  containersOf(object).flatMap((container) =>
    ['cpu', 'memory']
      .filter((resource) => at(container, 'resources', 'limits', resource) === undefined)
      .map((resource) => `container ${container.name} has no limit of ${resource}`),
  )

const isConfined: Rule = (object) => {
  const spec = at(podTemplateOf(object), 'spec')
  const ofPod = ['hostIPC', 'hostNetwork', 'hostPID', 'automountServiceAccountToken']
    .filter((name) => at(spec, name) === true)
    .map((name) => `${name} is true`)
  const ofContainers = containersOf(object).flatMap((container) => {
    const own = (...path: readonly string[]) => at(container, 'securityContext', ...path)
    const either = (...path: readonly string[]) => own(...path) ?? at(spec, 'securityContext', ...path)
    const dropped = own('capabilities', 'drop')
    return [
      ...(Array.isArray(dropped) && dropped.includes('ALL') ? [] : ['capabilities.drop has no ALL']),
      ...(own('readOnlyRootFilesystem') === true ? [] : ['readOnlyRootFilesystem is not true']),
      ...(own('allowPrivilegeEscalation') === true ? ['allowPrivilegeEscalation is true'] : []),
      ...(own('privileged') === true ? ['privileged is true'] : []),
      ...(either('runAsNonRoot') === true ? [] : ['runAsNonRoot is not true']),
      ...(either('runAsUser') === 0 ? ['runAsUser is 0'] : []),
      ...(either('seccompProfile', 'type') === 'RuntimeDefault'
        ? []
        : ['seccompProfile is not RuntimeDefault']),
      ...objectsAt(container, 'ports').flatMap((port) => (port.hostPort ? ['has a hostPort'] : [])),
    ].map((fault) => `container ${container.name}: ${fault}`)
  })
  return [...ofPod, ...ofContainers]
}

const hasPlainVolumes: Rule = (object) =>
  objectsAt(podTemplateOf(object), 'spec', 'volumes')
    .filter((volume) => !volumeTypes.some((type) => volume[type] !== undefined))
    .map(({ name }) => `volume ${name} is none of ${volumeTypes.join(', ')}`)

/** There the platform puts a volume that its worker sees as well: one of ours in its place would hide the results. */
const leavesResultsAlone: Rule = (object) => {
  if (!variablesOf(object).has('NVCT_TASK_ID')) return []
  return containersOf(object)
    .flatMap((container) => objectsAt(container, 'volumeMounts'))
    .filter(({ mountPath }) => `${mountPath}/`.startsWith('/var/task/'))
    .map(({ mountPath }) => `${mountPath} is mounted, where NVCF mounts its own`)
}

const isClusterIp: Rule = ({ kind, spec }) =>
  kind === 'Service' && !['', 'ClusterIP'].includes(textAt(spec, 'type')) ? ['is no ClusterIP'] : []

/** NVCF writes selectors and labels anew, by what the templates have. */
const findsItsPods: Rule = (object, all) => {
  const selector = at(object, 'spec', 'selector')
  if (object.kind !== 'Service' || !isJsonObject(selector)) return []
  const isFound = all.some((one) => {
    const labels = at(podTemplateOf(one), 'metadata', 'labels')
    return Object.entries(selector).every(([key, value]) => at(labels, key) === value)
  })
  return isFound ? [] : ['selects no pod template by its labels']
}

/** torchrun of all nodes waits for a name that must exist: of the first pod, under the service. */
const findsItsMaster: Rule = (object, all) => {
  const master = variablesOf(object).get('PET_MASTER_ADDR')
  if (master === undefined) return []
  const name = textAt(object, 'metadata', 'name')
  if (object.kind === 'JobSet') {
    const [replicated] = objectsAt(object, 'spec', 'replicatedJobs')
    const expected = `${name}-${replicated?.name}-0-0.${textAt(object, 'spec', 'network', 'subdomain')}`
    return master === expected ? [] : [`PET_MASTER_ADDR is ${master}, but the first pod is ${expected}`]
  }
  const subdomain = textAt(podTemplateOf(object), 'spec', 'subdomain')
  const isHeadless = all.some(
    ({ kind, metadata, spec }) =>
      kind === 'Service' && at(metadata, 'name') === subdomain && at(spec, 'clusterIP') === 'None',
  )
  return [
    ...(master === `${name}-0.${subdomain}`
      ? []
      : [`PET_MASTER_ADDR is ${master}, but the first pod is ${name}-0.${subdomain}`]),
    ...(isHeadless ? [] : [`there is no headless service '${subdomain}'`]),
    ...(at(object, 'spec', 'completionMode') === 'Indexed'
      ? []
      : ['is no indexed Job, whose pods have no names']),
  ]
}

const rules: readonly Rule[] = [
  ...[isKnown, isNamed, hasNoHooks, hasLimits, isConfined, hasPlainVolumes, leavesResultsAlone],
  ...[isClusterIp, findsItsPods, findsItsMaster],
]

/** What is wrong with the objects that a chart was rendered to: nothing, for a right one. */
export const checkChart = (objects: readonly JsonObject[]): readonly string[] => [
  ...(objects.length > mostObjects ? [`${objects.length} objects, but NVCF takes ${mostObjects}`] : []),
  ...objects.flatMap((object) =>
    rules.flatMap((rule) =>
      rule(object, objects).map((fault) => `${object.kind} ${textAt(object, 'metadata', 'name')}: ${fault}`),
    ),
  ),
]
