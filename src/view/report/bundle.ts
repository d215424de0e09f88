import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import type { BundleLine } from '../bundle-lines.ts'
import type { OpenRuns } from '../reading/open-runs.ts'

/** Lines are compressed in pieces of about this many characters. */
const pieceLength = 2 ** 16

const linesOf = async function* ({ runs }: OpenRuns): AsyncGenerator<BundleLine> {
  for (const run of runs) {
    yield { k: 'run', head: await run.head() }
    yield* run.entries()
  }
}

const piecesOf = async function* (lines: AsyncIterable<BundleLine>): AsyncGenerator<string> {
  let piece = ''
  for await (const line of lines) {
    piece += `${JSON.stringify(line)}\n`
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** All that is known of the runs, as a page takes it in: gzip of `BundleLine`s. */
export const bundleOf = async (runs: OpenRuns): Promise<Buffer> =>
  buffer(Readable.from(piecesOf(linesOf(runs))).pipe(createGzip()))
