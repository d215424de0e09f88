import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { drained } from '../../src/terminal/drained.ts'
import { manualClock } from '../support/manual-clock.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** A stream whose reader does not read. */
const stuck = () => new Writable({ write: () => {} })

it('there is nothing to wait for where nothing waits', async () => {
  const clock = manualClock()
  await drained([new PassThrough()], 2_000, clock)
  expect(clock.pending()).toBe(0)
})

it('a reader that never reads is waited for no longer than the limit', async () => {
  const clock = manualClock()
  const stream = stuck()
  stream.write('words')
  let isOver = false
  const waiting = drained([stream], 2_000, clock).then(() => {
    isOver = true
  })
  await clock.advance(1_999)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await waiting
})

it('a reader that went away is not waited for', async () => {
  const stream = stuck().on('error', () => {})
  stream.write('words')
  const waiting = drained([stream], 3_600_000)
  stream.destroy()
  await waiting
})

it('a reader that is behind gets all of it before the process exits', async () => {
  await using dir = await temporaryDirectory()
  const program = join(dir.path, 'talk.ts')
  await writeFile(
    program,
    `import { drained } from ${JSON.stringify(resolve('src/terminal/drained.ts'))}
     import { writeFileSync } from 'node:fs'
     process.stderr.write('x'.repeat(4_000_000))
     process.stdout.write('written')
     await drained([process.stderr], 3_600_000)
     process.exit(0)`,
  )
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  expect(await text(child.stderr)).toHaveLength(4_000_000)
})
