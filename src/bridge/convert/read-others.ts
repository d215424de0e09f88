import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Instrument, Mapping } from '../mapping/mapping.ts'
import { isPointer, type Pointer, pointerTo, valueAt } from '../mapping/pointer.ts'
import type { Note } from './read-fields.ts'

/** Series that unknown fields may have. */
const mostOthers = 64
/** How deep in the document they are looked for. */
const deepestOther = 8

/** A gauge that the mapping does not name. */
export interface OtherGauge {
  readonly name: string
  readonly value: number
}

/** Every pointer of a mapping into the parts of a record that are measured; an attribute of these changes all the time. */
export const measuredBy = (instrument: Instrument): readonly Pointer[] => {
  if (instrument.type !== 'counter' || instrument.perEpoch === undefined) return [instrument.from]
  const { epoch, size } = instrument.perEpoch
  return [instrument.from, epoch, ...(isPointer(size) ? [size] : [])]
}

const metricNamePart = (name: string) => name.replaceAll(/[^A-Za-z0-9_.\-/]/g, '_')

/** The numbers of a document below `under` that are not claimed, with the names on the way to them. */
const unclaimed = (document: JsonObject, under: Pointer | '', claimed: ReadonlySet<string>) => {
  const found: { readonly pointer: Pointer; readonly names: readonly string[]; readonly value: number }[] = []
  const walk = (value: JsonValue | undefined, at: Pointer | '', names: readonly string[]) => {
    if (!isJsonObject(value) || names.length >= deepestOther) return
    for (const [name, inner] of Object.entries(value)) {
      const pointer = pointerTo(at, name)
      if (claimed.has(pointer) || found.length > mostOthers) continue
      if (typeof inner === 'number') found.push({ pointer, names: [...names, name], value: inner })
      else walk(inner, pointer, [...names, name])
    }
  }
  walk(under === '' ? document : valueAt(document, under), under, [])
  return found
}

/** The gauges that a mapping makes of numbers that it does not name. */
export const readOthers = (document: JsonObject, mapping: Mapping, note: Note): readonly OtherGauge[] => {
  const { instruments, attributes, timestamp, startTime, unknown } = mapping
  const claimed = new Set<string>([
    ...instruments.flatMap(measuredBy),
    ...[...Object.values(attributes), timestamp, startTime].filter(isPointer),
  ])
  const found = unclaimed(document, unknown?.under ?? '', claimed)
  if (unknown === undefined) {
    const [first] = found
    if (first) note('unknown-field', 'there are numbers that the mapping does not name', first.pointer)
    return []
  }
  if (found.length > mostOthers)
    note(
      'too-many-fields',
      `there are more than ${mostOthers} numbers that the mapping does not name: these are used`,
    )
  const names = new Set(instruments.map(({ name }) => name))
  return found.slice(0, mostOthers).flatMap((other) => {
    const name = [unknown.prefix, ...other.names.map(metricNamePart)].join('.').slice(0, 255)
    if (names.has(name)) return []
    names.add(name)
    return [{ name, value: other.value }]
  })
}
