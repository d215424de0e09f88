/** A pair of a list such as `OTEL_RESOURCE_ATTRIBUTES`: `key=value`, both percent-encoded, whatever is in them. */
export const pairText = (key: string, value: string): string =>
  `${encodeURIComponent(key.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`
