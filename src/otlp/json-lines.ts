/**
 * OTLP JSON lines, one request a line, one file a signal: the form and the names that the Collector writes with its
 * file exporter, and reads with its `otlp_json_file` receiver.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/otlpjsonfilereceiver
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Signal } from './signals.ts'

export interface JsonLines {
  /** Adds a request as JSON, without a line break in it; resolves when the next may come. Never rejects. */
  readonly write: (signal: Signal, line: string) => Promise<void>
  /** Requests that did not reach their file. */
  readonly lost: () => number
  /** Resolves when all is on disk, as far as it could be. */
  readonly close: () => Promise<void>
}

export interface JsonLinesOptions {
  /** Made if it is not there. */
  readonly directory: string
  /** What becomes of a file that is there: it is emptied, as the Collector does, or it is trouble (`EEXIST`). */
  readonly existing: 'empty' | 'keep'
  /** The disk fails: told once; the requests that it costs are counted. */
  readonly onTrouble: (error: Error) => void
}

/** Text that may wait for the disk before requests have to. */
const highWaterMark = 4 * 2 ** 20

/** Opens `traces.jsonl`, `metrics.jsonl` and `logs.jsonl` in a directory. */
export const openJsonLines = ({ directory, existing, onTrouble }: JsonLinesOptions): JsonLines => {
  let lost = 0
  let isTold = false
  const tell = (error: Error) => {
    if (!isTold) onTrouble(error)
    isTold = true
  }
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    tell(error as Error)
  }
  const flags = existing === 'empty' ? 'w' : 'wx'
  const open = (signal: Signal): WriteStream => {
    const stream = createWriteStream(join(directory, `${signal}.jsonl`), { highWaterMark, flags })
    stream.on('error', tell)
    return stream
  }
  const streams = { traces: open('traces'), metrics: open('metrics'), logs: open('logs') }

  return {
    write: async (signal, line) => {
      const stream = streams[signal]
      if (stream.destroyed || stream.writableEnded) {
        lost += 1
        return
      }
      const written = Promise.withResolvers<void>()
      const isRoom = stream.write(`${line}\n`, (error) => {
        if (error) lost += 1
        written.resolve()
      })
      if (!isRoom) await written.promise
    },
    lost: () => lost,
    close: async () => {
      for (const stream of Object.values(streams)) stream.end()
      await Promise.allSettled(Object.values(streams).map((stream) => finished(stream)))
    },
  }
}
