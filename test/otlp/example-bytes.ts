import { requestTypes } from '../../src/otlp/schema.ts'
import type { Signal } from '../../src/otlp/signals.ts'
import { examples } from '../support/otlp-examples.ts'

/** The example of a signal in protobuf. */
export const exampleBytes = (signal: Signal): Uint8Array => {
  const type = requestTypes[signal]
  // ids are hex in OTLP JSON, and base64 where protobufjs reads bytes
  const json = JSON.stringify(examples[signal], (key, value) =>
    /Id$/.test(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  )
  return type.encode(type.fromObject(JSON.parse(json))).finish()
}
