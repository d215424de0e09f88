/**
 * OTLP JSON lines, one request a line, one file a signal: the form and the names that the lab's Collector writes with
 * its file exporter. An existing file is emptied, as the Collector does.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { JsonObject } from '../../json.ts'
import type { Signal } from '../../otlp/signals.ts'

export interface OtlpFiles {
  /** Adds a line; resolves when the next may come. Never rejects. */
  readonly write: (signal: Signal, request: JsonObject) => Promise<void>
  /** Requests that did not reach their file. */
  readonly lost: () => number
  /** Resolves when all is on disk, as far as it could be. */
  readonly close: () => Promise<void>
}

/** Text that may wait for the disk before requests have to. */
const highWaterMark = 4 * 2 ** 20

/**
 * Opens `traces.jsonl`, `metrics.jsonl` and `logs.jsonl` in a directory, which is made if it is not there.
 *
 * A disk that fails is told once, by `onTrouble`; the requests that it costs are counted.
 */
export const openOtlpFiles = (directory: string, onTrouble: (error: Error) => void): OtlpFiles => {
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
  const open = (signal: Signal): WriteStream => {
    const stream = createWriteStream(join(directory, `${signal}.jsonl`), { highWaterMark })
    stream.on('error', tell)
    return stream
  }
  const streams = { traces: open('traces'), metrics: open('metrics'), logs: open('logs') }

  return {
    write: async (signal, request) => {
      const stream = streams[signal]
      if (stream.destroyed || stream.writableEnded) {
        lost += 1
        return
      }
      const written = Promise.withResolvers<void>()
      const isRoom = stream.write(`${JSON.stringify(request)}\n`, (error) => {
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
