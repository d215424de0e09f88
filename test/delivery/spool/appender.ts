/**
 * Appends batches without end to the spool in a directory, many at once, and delivers some; tells on stdout what was
 * done for good: `+ <text>` of a batch that is on disk, `- <text>` of one that is settled, `! <code>` of what failed.
 * Ends in order when its stdin does.
 *
 * node appender.ts DIR BYTES
 */
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { batchOf, openTestSpool, textOf } from './spooling.ts'

const [, , dir = '', bytes = '0'] = process.argv
const spool = openTestSpool(dir)
const tell = (line: string) => writeSync(1, `${line}\n`)
let isEnding = false

const appendForever = async (lane: number) => {
  for (let index = 0; !isEnding; index += 1) {
    const texts = [`${lane}.${index}.a`, `${lane}.${index}.b`].map((text) =>
      text.padEnd(Number(bytes) || 0, '.'),
    )
    try {
      await spool.append(texts.map((text) => batchOf(text)))
      for (const text of texts) tell(`+ ${text}`)
    } catch (error) {
      tell(`! ${(error as NodeJS.ErrnoException).code}`)
    }
  }
}

const deliverForever = async () => {
  while (!isEnding) {
    const batches = await spool.take('traces', { maxBatches: 2, maxBytes: 1e6 })
    const [first, ...others] = batches
    spool.putBack(others)
    if (first) {
      await spool.settle([first])
      tell(`- ${textOf(first)}`)
    } else {
      await setImmediate()
    }
  }
}

process.stdin.on('end', () => {
  isEnding = true
})
process.stdin.resume()
await Promise.all([...[0, 1, 2, 3].map(appendForever), deliverForever()])
await spool.close()
