import type { LogbookEntry } from '../../../logbook/entry.ts'
import type { RunData, RunsData } from '../../api.ts'
import { type RunLine, runLineStart } from '../../bundle-lines.ts'
import { parseEntry } from '../../store/check-entry.ts'
import { runOfEntries } from '../../store/report.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A multiple of four characters of base64 at a time, so that a report of many megabytes is not in memory twice. */
const chunkLength = 2 ** 18

/** The bytes of a text in base64, without line breaks. */
export const base64Stream = (text: string): ReadableStream<Bytes> => {
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      const binary = atob(text.slice(at, at + chunkLength))
      at += chunkLength
      controller.enqueue(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
      if (at >= text.length) controller.close()
    },
  })
}

const linesOf = async function* (compressed: ReadableStream<Bytes>): AsyncGenerator<string> {
  const texts = compressed.pipeThrough(new DecompressionStream('gzip')).pipeThrough(new TextDecoderStream())
  const reader = texts.getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

const damaged = (why: string, cause?: unknown) => new Error(`this report is damaged, as it ${why}`, { cause })

/**
 * The runs of compressed lines.
 *
 * @throws {Error} whose message is a sentence for people, if they cannot be read, or there is no run in them
 */
export const readRuns = (compressed: ReadableStream<Bytes>): Promise<RunsData> =>
  readLines(compressed).then(
    (runs) => {
      if (runs.length === 0) throw damaged('holds no run')
      return { runs, onChange: () => () => {}, onGone: () => () => {} }
    },
    (error: unknown) => {
      throw damaged('cannot be read to its end', error)
    },
  )

const readLines = async (compressed: ReadableStream<Bytes>): Promise<readonly RunData[]> => {
  const lines = linesOf(compressed)
  const next = async () => {
    const { done, value } = await lines.next()
    return done ? undefined : value
  }
  let line = await next()
  const entries = async function* (): AsyncGenerator<LogbookEntry> {
    for (line = await next(); line !== undefined && !line.startsWith(runLineStart); line = await next()) {
      const entry = parseEntry(line)
      if (entry) yield entry
    }
  }
  const runs: RunData[] = []
  while (line?.startsWith(runLineStart)) {
    const { head } = JSON.parse(line) as RunLine
    runs.push(await runOfEntries(entries(), head))
  }
  return runs
}
