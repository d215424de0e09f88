/**
 * The process behind `--ui`: serves the page of a run that another process supervises, and ends when that does. It is
 * told what to do by a line on its standard input, and ends when that is closed, which the kernel does for a parent that
 * was killed.
 */
import { createInterface } from 'node:readline'
import { systemClock } from '../../clock.ts'
import { openView } from './open-view.ts'
import { handOverLimitMs, type PageNotice, type PageOrder } from './page-order.ts'

const tell = (notice: PageNotice) => process.stdout.write(`${JSON.stringify(notice)}\n`)

// nobody listens any more: that alone is no reason to end
process.stdout.on('error', () => {})
// a signal for the whole container is for the run, which ends us
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

const serve = async ({ directories, port, sentence }: PageOrder, over: Promise<unknown>) => {
  let isOver = false
  const view = await openView({ directories, port, isLive: () => !isOver, clock: systemClock })
  tell({ address: view.address })
  await over
  isOver = true
  await view.handOver(sentence, handOverLimitMs)
}

const input = createInterface({ input: process.stdin })
const over = new Promise((resolve) => {
  input.once('close', resolve)
})
input.once('line', (line) => {
  serve(JSON.parse(line) as PageOrder, over)
    .catch((error: unknown) => tell({ problem: error instanceof Error ? error.message : String(error) }))
    .finally(() => process.exit(0))
})
// whatever hangs, nothing of a run that is over stays behind
void over.then(() => setTimeout(() => process.exit(0), 2 * handOverLimitMs).unref())
