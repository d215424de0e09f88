/** Ids of what there are few of: they number the parts of a machine. */
const hardwareIds: ReadonlySet<string> = new Set(['hw.id'])

/** `request_id`, `request.id`, `REQUEST_ID`, `id`, `uuid`; not `valid`. */
const idWord = /(^|[._\-/])(ids?|uuid|guid)$/i

/** `requestId`, `requestID`, `sessionUuid`. */
const idTail = /[a-z](Ids?|IDs?|Uuid|UUID|Guid|GUID)$/

/** A UUID, or hexadecimal digits as of a trace, a span or a digest. */
const idValue = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$|^(?=.*\d)[0-9a-f]{16,}$/i

/** A small whole number, such as the index of a GPU. */
const isIndex = (value: unknown) => /^\d{1,3}$/.test(String(value))

/**
 * Whether an attribute says which one of endlessly many it was: on a metric each value would be a series of its own, for
 * ever. Such attributes belong on spans and log records.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
 */
export const isIdentity = (key: string, value: unknown): boolean =>
  ((idWord.test(key) || idTail.test(key)) && !hardwareIds.has(key) && !isIndex(value)) ||
  (typeof value === 'string' && idValue.test(value))

interface Sifted<V> {
  readonly attributes: Readonly<Record<string, V>>
  /** Keys of the attributes that were taken out. */
  readonly refused: readonly string[]
}

/** Takes identities out of the attributes of a metric, and what else does not belong there. */
export const withoutIdentities = <V>(
  attributes: Readonly<Record<string, V>>,
  isRefusedToo: (key: string) => boolean = () => false,
): Sifted<V> => {
  const refused = Object.entries(attributes)
    .filter(([key, value]) => isIdentity(key, value) || isRefusedToo(key))
    .map(([key]) => key)
  if (refused.length === 0) return { attributes, refused }
  const kept = Object.entries(attributes).filter(([key]) => !refused.includes(key))
  return { attributes: Object.fromEntries(kept), refused }
}
