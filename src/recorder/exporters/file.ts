import fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf } from '../../errors.ts'
import { makeDirectory } from '../../make-directory.ts'
import type { Exporter } from '../exporter.ts'
import { recordExporter } from './record-exporter.ts'
import type { ExportRecord } from './records.ts'

export interface FileExporterOptions {
  /** Of a file to append to; it and its directory are made if they are not there. */
  readonly path: string
  /** For messages. @default 'file' */
  readonly name?: string
}

/** What of `node:fs` it needs. */
export type RecordDisk = Pick<
  typeof fs,
  'openSync' | 'fstatSync' | 'readSync' | 'writeSync' | 'fsync' | 'closeSync'
>

const newline = 0x0a

/** Written by several processes, each line whole; never waiting for a reader, should it be a pipe. */
const appending =
  fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_APPEND | fs.constants.O_NONBLOCK

/** Whether the file ends in the middle of a line, as a process leaves it that was killed, or a disk that was full. */
const endsInLine = (disk: RecordDisk, path: string, descriptor: number): boolean => {
  const stats = disk.fstatSync(descriptor)
  // to open a pipe for reading would wait for a writer
  if (!stats.isFile() || stats.size === 0) return false
  const last = Buffer.alloc(1)
  try {
    const reader = disk.openSync(path, 'r')
    try {
      return disk.readSync(reader, last, 0, 1, stats.size - 1) === 1 && last[0] !== newline
    } finally {
      disk.closeSync(reader)
    }
  } catch {
    // one may be allowed to write and not to read
    return false
  }
}

const synced = (disk: RecordDisk, descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    disk.fsync(descriptor, (error) => {
      // a pipe, or a device, has no disk to bring it to
      if (error === null || error === undefined || codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOTSUP')
        resolve()
      else reject(error)
    })
  })

/**
 * An exporter that appends JSON lines to a file: one object a record, with `count`, which grows by one for each record
 * of this exporter, written or not, and `pid`.
 *
 * When a call returns, the record is written, so that a process that is killed leaves all that it has recorded; on the
 * disk it is after `forceFlush` or `close`. Several processes may append to one file, on a local file system. A line
 * that the disk took only in part stands alone and is no JSON: readers skip it.
 *
 * @param disk - for tests
 */
export const fileExporter = (
  { path, name = 'file' }: FileExporterOptions,
  disk: RecordDisk = fs,
): Exporter => {
  const file = resolve(path)
  let descriptor: number | undefined
  let isInLine = false
  let count = 0

  const write = (record: ExportRecord): void => {
    count += 1
    if (descriptor === undefined) throw new Error(`${file} is not open`)
    const line = `${JSON.stringify({ ...record, count, pid: process.pid })}\n`
    let rest = Buffer.from(isInLine ? `\n${line}` : line)
    while (rest.length > 0) {
      rest = rest.subarray(disk.writeSync(descriptor, rest))
      isInLine = rest.length > 0
    }
  }

  const exporter = recordExporter(name, write)
  const forceFlush = async () => {
    if (descriptor !== undefined) await synced(disk, descriptor)
  }
  return {
    ...exporter,
    initialize: (host) => {
      makeDirectory(dirname(file))
      descriptor = disk.openSync(file, appending)
      isInLine = endsInLine(disk, file, descriptor)
      return exporter.initialize?.(host)
    },
    forceFlush,
    close: async () => {
      const last = descriptor
      if (last === undefined) return
      try {
        await synced(disk, last)
      } finally {
        descriptor = undefined
        disk.closeSync(last)
      }
    },
  }
}
