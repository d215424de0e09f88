import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Changes } from './exporter.ts'

/** Types of processors that leave names and labels alone, without `_`, which newer releases put between words. */
const harmless: ReadonlySet<string> = new Set([
  'batch',
  'memorylimiter',
  'resourcedetection',
  'k8sattributes',
  'deltatocumulative',
  'interval',
  'remotetap',
])

/** The type of a component: `prometheus` of `prometheus/seed`. */
export const typeOf = (id: string): string => id.split('/')[0]?.trim() ?? id

const none: Changes = { addedAttributes: [], removedAttributes: [], service: {}, unknown: [] }

interface Action {
  readonly key: string
  readonly action: string
  /** Undefined where it is not written there: it comes from elsewhere. */
  readonly value: string | undefined
}

const actionsOf = (list: JsonValue | undefined): readonly Action[] =>
  (Array.isArray(list) ? list : []).filter(isJsonObject).map(({ key, action, value }) => ({
    key: String(key),
    action: String(action).toLowerCase(),
    value: ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined,
  }))

const isService = ({ key }: Action) => /^service\.(name|namespace|instance\.id)$/.test(key)

const afterResourceAction = (changes: Changes, { key, action, value }: Action): Changes => {
  const set = (to: string | undefined) => ({ ...changes, service: { ...changes.service, [key]: to } })
  if (action === 'delete') return set(undefined)
  // ours always have a name and an id, so that none is inserted
  const sets = action === 'upsert' || (action === 'insert' && key === 'service.namespace')
  return sets ? set(value ?? `<${key}>`) : changes
}

const afterAttributeAction = (changes: Changes, { key, action }: Action): Changes => {
  const others = (keys: readonly string[]) => keys.filter((one) => one !== key)
  const addedAttributes = others(changes.addedAttributes)
  const removedAttributes = others(changes.removedAttributes)
  if (action === 'delete')
    return { ...changes, addedAttributes, removedAttributes: [...removedAttributes, key] }
  return action === 'insert' || action === 'upsert'
    ? { ...changes, addedAttributes: [...addedAttributes, key], removedAttributes }
    : changes
}

/** Whether it does the same to all points, and only what can be told from here. */
const isPlain = ({ actions, include, exclude }: JsonObject): boolean =>
  include === undefined &&
  exclude === undefined &&
  !(Array.isArray(actions) && actions.some((one) => isJsonObject(one) && one.pattern !== undefined)) &&
  actionsOf(actions).every(({ action, value }) =>
    /^(insert|upsert)$/.test(action) ? value !== undefined : /^(update|hash|convert|delete)$/.test(action),
  )

const afterProcessor = (changes: Changes, id: string, options: JsonObject): Changes => {
  const type = typeOf(id).replaceAll('_', '')
  if (harmless.has(type)) return changes
  // what else the resource has is in `target_info`
  if (type === 'resource')
    return actionsOf(options.attributes).filter(isService).reduce(afterResourceAction, changes)
  if (type === 'attributes' && isPlain(options))
    return actionsOf(options.actions).reduce(afterAttributeAction, changes)
  return { ...changes, unknown: [...changes.unknown, id] }
}

/** What the processors of a pipeline, in its order, do to names and labels. */
export const followProcessors = (ids: readonly string[], processors: JsonObject): Changes =>
  ids.reduce((changes, id) => {
    const options = processors[id]
    return afterProcessor(changes, id, isJsonObject(options) ? options : {})
  }, none)
