/**
 * A spool on disk: `<dir>/<owner>/<8 digits>.spool`, batches of telemetry that wait for delivery.
 *
 * Invariants:
 * - A directory has one owner, a process, and its name says which (`owner.ts`). Only the owner reads, writes and
 *   removes what lies in it. Who takes it over renames it first: of two, one finds nothing to rename.
 * - Directories are for their owner alone (0700), and so are files (0600). Requests lie in them, and nothing else: no
 *   headers, no endpoints.
 * - A file is a row of records, and nothing before, between or after them. It is only appended to, and synced after
 *   each append; what a failed append left is cut off again. A file that has reached its size is never appended to.
 * - The one thing that changes in place is the state of a record, from `WAIT` to `SENT`, in one write of 4 bytes that is
 *   not synced: it outlasts the process; after a power cut a record may be delivered once more. A record is settled if
 *   at least three bytes of its state are those of `SENT`, so that one damaged byte neither loses nor repeats it.
 *   A file of which every record is settled is removed, or cut to nothing while it is appended to.
 * - A record checks only at the offset where it was written, because that is part of its checksum: the bytes of a spool
 *   in the payload of another are no records.
 * - A reader that finds no header where one should be goes on at the next one that checks, so that a damaged record
 *   costs itself alone. If its header is good, its items are known and counted. What a header promises beyond the end of
 *   the file was cut off by a power cut or a full disk; it ends the file.
 * - Another layout has another suffix than `.spool`: files of other names are left alone.
 *
 * A record, numbers little-endian:
 *
 * | offset | bytes | |
 * |---|---|---|
 * | 0 | 4 | marker F5 54 42 F7; F5 and F7 are in no text of UTF-8 |
 * | 4 | 4 | state, `WAIT` or `SENT`; in no checksum |
 * | 8 | 4 | length of the payload |
 * | 12 | 4 | items, at least 1 |
 * | 16 | 8 | `acceptedAtMs`, IEEE 754 |
 * | 24 | 1 | signal: 1 traces, 2 metrics, 3 logs |
 * | 25 | 3 | zero |
 * | 28 | 4 | CRC-32 of the payload |
 * | 32 | 4 | CRC-32 of bytes 8 to 31, begun with the offset of the record in the file, modulo 2³² |
 * | 36 | | payload: `Export<Signal>ServiceRequest` in protobuf |
 */
import { crc32 } from 'node:zlib'
import type { Signal } from '../../otlp/signals.ts'
import type { Batch } from '../batch.ts'

export const headerBytes = 36

/** Where the state of a record is, from its beginning. */
export const stateOffset = 4

/** What a header starts with. */
export const marker: Buffer = Buffer.from([0xf5, 0x54, 0x42, 0xf7])

const waitingState = Buffer.from('WAIT')

/** The state of a record that nobody has to deliver any more. */
export const settledState: Buffer = Buffer.from('SENT')

/** The largest payload; the field would hold more, but Node reads and writes at most 2 GiB at once. */
export const maxPayloadBytes: number = 2 ** 30

const codes: Readonly<Record<Signal, number>> = { traces: 1, metrics: 2, logs: 3 }
const signalOf = new Map<number, Signal>([
  [1, 'traces'],
  [2, 'metrics'],
  [3, 'logs'],
])

export interface Header {
  readonly signal: Signal
  readonly items: number
  readonly acceptedAtMs: number
  /** Of the payload. */
  readonly length: number
  readonly payloadCrc: number
  readonly isSettled: boolean
}

const headerCrc = (header: Buffer, offset: number) => crc32(header.subarray(8, 32), offset % 2 ** 32)

/** The header of a record that is to be written at `offset` of its file. */
export const encodeHeader = ({ signal, items, acceptedAtMs, bytes }: Batch, offset: number): Buffer => {
  const header = Buffer.alloc(headerBytes)
  marker.copy(header)
  waitingState.copy(header, stateOffset)
  header.writeUInt32LE(bytes.length, 8)
  header.writeUInt32LE(items, 12)
  header.writeDoubleLE(acceptedAtMs, 16)
  header.writeUInt8(codes[signal], 24)
  header.writeUInt32LE(crc32(bytes), 28)
  header.writeUInt32LE(headerCrc(header, offset), 32)
  return header
}

const isSettled = (header: Buffer) => {
  let same = 0
  for (const [index, byte] of settledState.entries()) if (header[stateOffset + index] === byte) same += 1
  return same >= 3
}

/** The header at the beginning of `bytes`, which lie at `offset` of their file; undefined for what is none. */
export const parseHeader = (bytes: Buffer, offset: number): Header | undefined => {
  if (bytes.length < headerBytes || marker.compare(bytes, 0, marker.length) !== 0) return undefined
  if (bytes.readUInt32LE(32) !== headerCrc(bytes, offset)) return undefined
  const signal = signalOf.get(bytes.readUInt8(24))
  const items = bytes.readUInt32LE(12)
  const acceptedAtMs = bytes.readDoubleLE(16)
  // a checksum keeps nobody from writing nonsense
  if (signal === undefined || items === 0 || !Number.isFinite(acceptedAtMs)) return undefined
  return {
    signal,
    items,
    acceptedAtMs,
    length: bytes.readUInt32LE(8),
    payloadCrc: bytes.readUInt32LE(28),
    isSettled: isSettled(bytes),
  }
}

/** The payload of a whole record, which lies at `offset` of its file; undefined if anything of it is damaged. */
export const parseRecord = (record: Buffer, offset: number): Buffer | undefined => {
  const header = parseHeader(record, offset)
  const payload = record.subarray(headerBytes)
  const isIntact = header?.length === payload.length && crc32(payload) === header.payloadCrc
  return isIntact ? payload : undefined
}
