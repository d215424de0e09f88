/** What the lines are called on the wire, and their fields; snake_case, each also known in camelCase. */
export const wireFields = {
  /** And any other number: a metric. */
  progress: ['step', 'total_steps', 'percent', 'epoch', 'metrics'],
  checkpoint: ['dir', 'metadata', 'step', 'percent'],
  checkpoint_start: ['dir'],
  event: ['name', 'attributes'],
  error: ['message', 'error_type', 'stack', 'attributes'],
  span_start: ['id', 'name', 'parent', 'attributes'],
  span_end: ['id', 'error', 'attributes'],
  metric: ['name', 'value', 'unit', 'kind', 'attributes'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type WireType = keyof typeof wireFields

/** The fields that any line may have. */
export const commonFields = ['type', 'time', 'rank'] as const

/** `total_steps` → `totalSteps`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const bothWays = (names: readonly string[]) => new Set(names.flatMap((name) => [name, camelCase(name)]))

const wireTypes = Object.keys(wireFields) as readonly WireType[]

/** The type that a word on the wire means. */
export const typeOf: ReadonlyMap<unknown, WireType> = new Map(
  wireTypes.flatMap((type) => [
    [type, type],
    [camelCase(type), type],
  ]),
)

/** All the fields that a line of a type may have, in both spellings. */
export const knownFields: ReadonlyMap<WireType, ReadonlySet<string>> = new Map(
  wireTypes.map((type) => [type, bothWays([...commonFields, ...wireFields[type]])]),
)
