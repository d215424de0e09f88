import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject } from '../../../src/json.ts'

type Schema = JsonObject | boolean
type Check = (wanted: never, value: unknown, context: { schema: JsonObject; root: JsonObject }) => boolean

const lengthOf = (value: string) => [...value].length
const typeOf = (value: unknown) => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
const ofStrings = (check: (wanted: never, value: string) => boolean) => (wanted: never, value: unknown) =>
  typeof value !== 'string' || check(wanted, value)
const ofNumbers = (check: (wanted: number, value: number) => boolean) => (wanted: number, value: unknown) =>
  typeof value !== 'number' || check(wanted, value)
const ofObjects =
  (
    check: (wanted: never, value: JsonObject, context: { schema: JsonObject; root: JsonObject }) => boolean,
  ): Check =>
  (wanted, value, context) =>
    !isJsonObject(value) || check(wanted, value, context)

const annotation = () => true

/** The keywords that our schema uses; any other is an error, so that none is passed over. */
const keywords: Readonly<Record<string, Check>> = {
  $schema: annotation,
  $defs: annotation,
  title: annotation,
  description: annotation,
  $ref: (path: string, value, { root }) => {
    const target = root.$defs as Readonly<Record<string, Schema>>
    const schema = target[path.replace('#/$defs/', '')]
    if (schema === undefined) throw new Error(`nothing at ${path}`)
    return isValid(value, schema, root)
  },
  anyOf: (schemas: readonly Schema[], value, { root }) =>
    schemas.some((schema) => isValid(value, schema, root)),
  not: (schema: Schema, value, { root }) => !isValid(value, schema, root),
  const: (wanted: unknown, value) => isDeepStrictEqual(wanted, value),
  enum: (wanted: readonly unknown[], value) => wanted.some((one) => isDeepStrictEqual(one, value)),
  type: (wanted: string, value) =>
    wanted === 'integer' ? Number.isInteger(value) : wanted === typeOf(value),
  minimum: ofNumbers((wanted, value) => value >= wanted),
  maximum: ofNumbers((wanted, value) => value <= wanted),
  exclusiveMinimum: ofNumbers((wanted, value) => value > wanted),
  minLength: ofStrings((wanted: number, value) => lengthOf(value) >= wanted),
  maxLength: ofStrings((wanted: number, value) => lengthOf(value) <= wanted),
  pattern: ofStrings((wanted: string, value) => new RegExp(wanted, 'u').test(value)),
  format: ofStrings((_, value) => !Number.isNaN(Date.parse(value)) && /T.*(Z|[+-]\d\d:\d\d)$/.test(value)),
  required: ofObjects((names: readonly string[], value) => names.every((name) => Object.hasOwn(value, name))),
  minProperties: ofObjects((wanted: number, value) => Object.keys(value).length >= wanted),
  maxProperties: ofObjects((wanted: number, value) => Object.keys(value).length <= wanted),
  propertyNames: ofObjects((schema: Schema, value, { root }) =>
    Object.keys(value).every((name) => isValid(name, schema, root)),
  ),
  properties: ofObjects((schemas: Readonly<Record<string, Schema>>, value, { root }) =>
    Object.entries(schemas).every(
      ([name, schema]) => !Object.hasOwn(value, name) || isValid(value[name], schema, root),
    ),
  ),
  additionalProperties: ofObjects((schema: Schema, value, context) => {
    const known = Object.keys((context.schema.properties as JsonObject | undefined) ?? {})
    return Object.entries(value).every(
      ([name, one]) => known.includes(name) || isValid(one, schema, context.root),
    )
  }),
}

/** Whether a schema of the JSON Schema 2020-12 allows a value, as far as our own schema needs it. */
export const isValid = (value: unknown, schema: Schema, root: JsonObject): boolean => {
  if (typeof schema === 'boolean') return schema
  return Object.entries(schema).every(([keyword, wanted]) => {
    const check = keywords[keyword]
    if (!check) throw new Error(`the keyword ${keyword} is not known here`)
    return check(wanted as never, value, { schema, root })
  })
}
