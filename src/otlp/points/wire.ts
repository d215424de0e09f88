/**
 * Fields of protobuf, written one behind the other. Loading a schema to write eight small messages would cost 50 ms and
 * 12 MB of memory; a buffer for each field, milliseconds for each export.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

const varintType = 0
const fixed64Type = 1
const delimitedType = 2

const firstBytes = 4_096

export interface Writer {
  /** A message within a message. */
  readonly message: (number: number, write: () => void) => void
  readonly text: (number: number, value: string) => void
  /** An int64, a uint32, an enum or a bool. */
  readonly integer: (number: number, value: number) => void
  readonly double: (number: number, value: number) => void
  readonly fixed64: (number: number, value: bigint) => void
  /** A repeated double. */
  readonly doubles: (number: number, values: readonly number[]) => void
  /** A repeated fixed64. */
  readonly fixed64s: (number: number, values: readonly number[]) => void
  /** What was written. */
  readonly bytes: () => Uint8Array
}

const varintSize = (value: number): number => (value < 128 ? 1 : 1 + varintSize(Math.floor(value / 128)))

export const createWriter = (): Writer => {
  let buffer = Buffer.allocUnsafe(firstBytes)
  let end = 0

  const reserve = (bytes: number) => {
    if (end + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, end + bytes))
    buffer.copy(larger, 0, 0, end)
    buffer = larger
  }

  const varint = (value: number) => {
    reserve(10)
    let rest = value
    while (rest >= 128) {
      buffer[end] = (rest % 128) + 128
      end += 1
      rest = Math.floor(rest / 128)
    }
    buffer[end] = rest
    end += 1
  }

  const negative = (value: number) => {
    reserve(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest >= 128n) {
      buffer[end] = Number(rest & 127n) + 128
      end += 1
      rest >>= 7n
    }
    buffer[end] = Number(rest)
    end += 1
  }

  const tag = (number: number, type: number) => varint(number * 8 + type)

  const doubleBytes = (value: number) => {
    reserve(8)
    end = buffer.writeDoubleLE(value, end)
  }
  const fixed64Bytes = (value: bigint) => {
    reserve(8)
    end = buffer.writeBigUInt64LE(value, end)
  }

  const message = (number: number, write: () => void) => {
    tag(number, delimitedType)
    // most lengths take one byte; where one takes more, the content makes room for it
    const start = end
    reserve(1)
    end += 1
    write()
    const length = end - start - 1
    const more = varintSize(length) - 1
    if (more > 0) {
      reserve(more)
      buffer.copyWithin(start + 1 + more, start + 1, end)
    }
    end = start
    varint(length)
    end += length
  }

  return {
    message,
    text: (number, value) => {
      tag(number, delimitedType)
      const length = Buffer.byteLength(value)
      varint(length)
      reserve(length)
      end += buffer.write(value, end)
    },
    integer: (number, value) => {
      tag(number, varintType)
      if (value < 0) negative(value)
      else varint(value)
    },
    double: (number, value) => {
      tag(number, fixed64Type)
      doubleBytes(value)
    },
    fixed64: (number, value) => {
      tag(number, fixed64Type)
      fixed64Bytes(value)
    },
    doubles: (number, values) =>
      message(number, () => {
        for (const value of values) doubleBytes(value)
      }),
    fixed64s: (number, values) =>
      message(number, () => {
        for (const value of values) fixed64Bytes(BigInt(value))
      }),
    // a copy: it may wait for long, and should not keep what was reserved
    bytes: () => new Uint8Array(buffer.subarray(0, end)),
  }
}
