import type { FileHandle } from 'node:fs/promises'
import { type Header, headerBytes, marker, parseHeader } from './format.ts'

/** How much is read at once: enough for hundreds of small records, and little to skip a large one with. */
const windowBytes = 64 * 1_024

export interface Scan {
  /** Where the last whole record ends; what lies beyond is nothing that could be read. */
  readonly endOffset: number
  /** The header of a record whose payload ends before it should. */
  readonly cutOff: Header | undefined
}

/**
 * Reads the headers of a file of records, in order, through a window: payloads that are larger than it are passed over,
 * and nothing is allocated by what a file says of itself.
 *
 * @param size - of the file; what is appended later is not seen
 * @param onRecord - gets every record that is in the file from end to end; its payload is not checked yet
 * @throws what the disk says
 */
export const scanRecords = async (
  file: Pick<FileHandle, 'read'>,
  size: number,
  onRecord: (header: Header, offset: number) => void,
): Promise<Scan> => {
  const buffer = Buffer.allocUnsafe(windowBytes)
  let start = 0
  let end = 0

  /** What the file has at `offset`: at least `length` bytes, if there are as many. */
  const viewAt = async (offset: number, length: number): Promise<Buffer> => {
    if (offset < start || offset + length > end) {
      start = offset
      end = offset
      const wanted = Math.min(length, size - offset)
      while (end - start < wanted) {
        const room = Math.min(windowBytes, size - start) - (end - start)
        const { bytesRead } = await file.read(buffer, end - start, room, end)
        // it has been cut meanwhile
        if (bytesRead === 0) break
        end += bytesRead
      }
    }
    return buffer.subarray(offset - start, end - start)
  }

  /** Where the next marker is, from `offset` on, if there is one. */
  const findMarker = async (offset: number): Promise<number | undefined> => {
    for (let from = offset; from + headerBytes <= size; ) {
      const view = await viewAt(from, headerBytes)
      if (view.length < headerBytes) return undefined
      const found = view.indexOf(marker)
      if (found >= 0) return from + found
      from += view.length - marker.length + 1
    }
    return undefined
  }

  let endOffset = 0
  for (let offset: number | undefined = 0; offset !== undefined && offset + headerBytes <= size; ) {
    const header = parseHeader(await viewAt(offset, headerBytes), offset)
    if (header === undefined) {
      offset = await findMarker(offset + 1)
      continue
    }
    const next: number = offset + headerBytes + header.length
    if (next > size) return { endOffset, cutOff: header }
    onRecord(header, offset)
    endOffset = next
    offset = next
  }
  return { endOffset, cutOff: undefined }
}
