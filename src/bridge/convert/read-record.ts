import { createHash } from 'node:crypto'
import type { JsonObject } from '../../json.ts'
import type { Attributes } from '../../otlp/points/point.ts'
import type { AttributeSource, Instrument, Mapping } from '../mapping/mapping.ts'
import { isPointer, type Pointer, valueAt } from '../mapping/pointer.ts'
import type { Sighting } from '../reading/follow-file.ts'
import type { Trouble } from '../trouble.ts'
import type { CounterReading } from './counter.ts'
import { type Note, readAttributes, readCount, readNumber } from './read-fields.ts'
import { measuredBy, type OtherGauge, readOthers } from './read-others.ts'
import { parseTime } from './time.ts'

/** What a record says of one instrument of the mapping. */
export interface InstrumentRecord {
  /** Undefined: nothing that can be used. */
  readonly value: number | undefined
  /** Of a counter with a value. */
  readonly reading: CounterReading | undefined
  /** Those of the instrument alone. */
  readonly attributes: Attributes
}

/** One record of a metrics file, with everything in it that can be used. */
export interface MetricsRecord {
  /** The same for two sightings of one record. */
  readonly key: string
  readonly timestampMs: number | undefined
  /** As it is written, to tell two runs apart. */
  readonly start: string | undefined
  readonly startMs: number | undefined
  /** Attributes that say whose metrics these are; only those that are there. */
  readonly owner: Attributes
  /** Attributes that change from record to record. */
  readonly changing: Attributes
  /** As many as the mapping has instruments, in their order. */
  readonly instruments: readonly InstrumentRecord[]
  /** Gauges that the mapping does not name. */
  readonly others: readonly OtherGauge[]
}

export interface RecordReading {
  readonly record: MetricsRecord
  readonly troubles: readonly Trouble[]
}

const readInstrument = (document: JsonObject, instrument: Instrument, note: Note): InstrumentRecord => {
  const attributes = readAttributes(document, instrument.attributes ?? {}, note)
  const { from } = instrument
  if (instrument.type === 'counter') {
    const position = readCount(document, from, note)
    if (position === undefined) return { value: undefined, reading: undefined, attributes }
    if (instrument.perEpoch === undefined) return { value: position, reading: { position }, attributes }
    const epoch = readCount(document, instrument.perEpoch.epoch, note)
    if (epoch === undefined) return { value: undefined, reading: undefined, attributes }
    const { size } = instrument.perEpoch
    const known = isPointer(size) ? readCount(document, size, note) : size
    return { value: position, reading: { position, epoch: Math.floor(epoch), size: known }, attributes }
  }
  const value = readNumber(document, from, note)
  if (value !== undefined && !Number.isFinite(value))
    note('not-finite', `${from} is NaN or infinite: the training may have diverged`)
  const isUsable = instrument.type === 'gauge' || Number.isFinite(value)
  return { value: isUsable ? value : undefined, reading: undefined, attributes }
}

/** NaN and the infinite numbers, for which JSON has no words, told apart. */
const keyText = (parts: unknown) =>
  JSON.stringify(parts, (_, value) => (typeof value === 'number' ? String(value) : value))

const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22)

const readTime = (document: JsonObject, pointer: Pointer | undefined, note: Note) => {
  const value = pointer && (valueAt(document, pointer) ?? undefined)
  const ms = parseTime(value)
  if (pointer !== undefined && ms === undefined)
    note('time', `${pointer} is no time such as 2024-10-22T10:30:00Z`)
  return { ms, text: ms === undefined ? undefined : String(value) }
}

/** Reads what a mapping asks for: what is valid is used, for everything else there is a trouble. */
export const readRecord = (mapping: Mapping, { document, identity }: Sighting): RecordReading => {
  const troubles = new Map<string, Trouble>()
  const note: Note = (kind, text, example) => {
    const message = `metrics file: ${text}`
    troubles.set(message, { kind, message, ...(example !== undefined && { example }) })
  }
  const measured = new Set<AttributeSource>(mapping.instruments.flatMap(measuredBy))
  const changes = ([, source]: readonly [string, AttributeSource]) => measured.has(source)
  const sources = Object.entries(mapping.attributes)
  const timestamp = readTime(document, mapping.timestamp, note)
  const start = readTime(document, mapping.startTime, note)
  const content = {
    owner: readAttributes(document, Object.fromEntries(sources.filter((one) => !changes(one))), note),
    changing: readAttributes(document, Object.fromEntries(sources.filter(changes)), note),
    instruments: mapping.instruments.map((instrument) => readInstrument(document, instrument, note)),
    others: readOthers(document, mapping, note),
  }
  if (content.others.length === 0 && content.instruments.every(({ value }) => value === undefined))
    note('field', 'there is nothing in it that the mapping names')
  return {
    record: {
      // of two records of one time stamp, which may count whole seconds, the values are different
      key: hash(keyText([start.text, timestamp.text ?? identity, content])),
      timestampMs: timestamp.ms,
      start: start.text,
      startMs: start.ms,
      ...content,
    },
    troubles: [...troubles.values()],
  }
}
