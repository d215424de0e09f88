/**
 * What an attribute may be: a text, a number, a truth value, or a list of one of them.
 *
 * A number may be `NaN` or infinite: a loss that has become so is worth knowing. Exporters that write JSON write those
 * as texts, `"NaN"`, `"Infinity"` and `"-Infinity"`, as the JSON mapping of Protocol Buffers does.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | readonly boolean[]

/**
 * Properties of a span or an event, by name.
 *
 * They are copied when they are handed over. What is no attribute (an object, a list of several types, null, an empty
 * name, more than 1,024 of one span or event) is left out alone, counted, and told as a telemetry data error; a value
 * that is `undefined` was not given.
 */
export type Attributes = Readonly<Record<string, AttributeValue>>
