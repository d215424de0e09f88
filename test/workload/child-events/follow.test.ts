import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { ChildEvent } from '../../../src/workload/child-events/decode.ts'
import { followChildEvents } from '../../../src/workload/child-events/follow.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'

const follow = async () => {
  const directory = await temporaryDirectory()
  const path = join(directory.path, 'events.jsonl')
  await writeFile(path, '')
  const clock = manualClock()
  const events: ChildEvent[] = []
  const troubles: unknown[] = []
  const child = followChildEvents({
    path,
    clock,
    emit: (event) => events.push(event),
    onTrouble: (error) => troubles.push(error),
  })
  return {
    ...child,
    path,
    clock,
    troubles,
    steps: () => events.map((event) => (event.type === 'progress' ? event.step : event.type)),
    /** Lets the next look come, and waits for its end. */
    look: async () => {
      await clock.advance(250)
      await until(() => clock.pending() === 1)
    },
    refused: () =>
      Object.fromEntries(Object.entries(child.counts().refused).filter(([, count]) => count > 0)),
    [Symbol.asyncDispose]: async () => {
      child.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

describe('a file that grows', () => {
  it('is read four times a second, from its beginning', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n{"step":2}\n')
    await child.clock.advance(249)
    expect(child.steps()).toEqual([])
    await child.look()
    expect(child.steps()).toEqual([1, 2])
    await child.look()
    await appendFile(child.path, '{"step":3}\n')
    await child.look()
    expect(child.steps()).toEqual([1, 2, 3])
    expect(child.counts()).toMatchObject({ used: 3, restarts: 0 })
  })

  it('is looked at less often while nothing comes', async () => {
    await using child = await follow()
    for (let looks = 0; looks < 21; looks += 1) await child.look()
    await appendFile(child.path, '{"step":1}\n')
    await child.clock.advance(999)
    expect(child.clock.pending()).toBe(1)
    expect(child.steps()).toEqual([])
    await child.look()
    expect(child.steps()).toEqual([1])
    await appendFile(child.path, '{"step":2}\n')
    await child.look()
    expect(child.steps()).toEqual([1, 2])
  })

  it('may be missing for a while', async () => {
    await using child = await follow()
    await rm(child.path)
    await child.look()
    await writeFile(child.path, '{"step":1}\n')
    await child.look()
    expect(child.steps()).toEqual([1])
    expect(child.troubles).toEqual([])
  })

  it('a line waits for its end', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n{"st')
    await child.look()
    await appendFile(child.path, 'ep":')
    await child.look()
    expect(child.steps()).toEqual([1])
    await appendFile(child.path, '2}\r\n')
    await child.look()
    expect(child.steps()).toEqual([1, 2])
    expect(child.refused()).toEqual({})
  })

  it('a character may be cut in two', async () => {
    await using child = await follow()
    const line = Buffer.from('{"type":"error","message":"😀"}\n')
    for (const byte of line) {
      await appendFile(child.path, Buffer.from([byte]))
      await child.look()
    }
    expect(child.counts().used).toBe(1)
    expect(child.refused()).toEqual({})
  })

  it('blank lines are nothing', async () => {
    await using child = await follow()
    await appendFile(child.path, '\n  \n\r\n{"step":1}\n\n')
    await child.drain()
    expect(child.counts().used).toBe(1)
    expect(child.refused()).toEqual({})
  })

  it('what is not used is counted by its reason', async () => {
    await using child = await follow()
    const lines = [
      'Epoch 1: 10%|███       | 5/50',
      '[1]',
      '{"type":"oops"}',
      '{"type":"checkpoint"}',
      '{"step":1,"phase":"warm-up"}',
      'a\0b',
      'x'.repeat(10_000_000),
      '{"step":2,"loss":NaN}',
    ]
    const invalid = Buffer.from([0xff, 0xfe, 0x0a])
    await appendFile(child.path, Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), invalid]))
    await appendFile(child.path, '{"st')
    await child.drain()
    expect(child.steps()).toEqual([1, 2])
    expect(child.counts().used).toBe(2)
    expect(child.refused()).toEqual({
      'not-json': 1,
      'not-an-object': 1,
      'unknown-type': 1,
      incomplete: 1,
      field: 1,
      'has-nul': 1,
      'too-long': 1,
      'not-utf8': 1,
      unfinished: 1,
    })
  })
})

describe('the end of a file', () => {
  it('a last line that lacks but its newline counts, and once', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n{"step":2}')
    await child.look()
    expect(child.steps()).toEqual([1])
    await child.drain()
    expect(child.steps()).toEqual([1, 2])
    await appendFile(child.path, '\n{"step":3}\n')
    await child.drain()
    expect(child.steps()).toEqual([1, 2, 3])
    expect(child.refused()).toEqual({})
  })

  it('drain reads what came during the look before it', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n')
    const [first] = [child.drain(), await appendFile(child.path, '{"step":2}\n')]
    await child.drain()
    await first
    expect(child.steps()).toEqual([1, 2])
  })

  it('after close nothing is read, and no timer waits', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}')
    await child.look()
    await appendFile(child.path, '\n{"step":2}')
    child.close()
    await child.drain()
    expect(child.steps()).toEqual([])
    expect(child.clock.pending()).toBe(0)
    expect(child.troubles).toEqual([])
  })
})

describe('a file that does not only grow', () => {
  it('is read from its beginning after it was truncated', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n{"step":2}\n{"st')
    await child.look()
    await truncate(child.path, 0)
    await child.look()
    await appendFile(child.path, '{"step":3}\n')
    await child.look()
    expect(child.steps()).toEqual([1, 2, 3])
    expect(child.counts()).toMatchObject({ restarts: 1, refused: { unfinished: 1 } })
  })

  it('is read anew when each line is written over the one before (> for >>)', async () => {
    await using child = await follow()
    for (const step of [8, 9, 10, 11]) {
      await writeFile(child.path, `{"step":${step}}\n`)
      // time stamps of the disk may be the same for some milliseconds
      await utimes(child.path, step, step)
      await child.look()
    }
    expect(child.steps()).toEqual([8, 9, 10, 11])
    expect(child.counts()).toMatchObject({ restarts: 3 })
    expect(child.refused()).toEqual({})
  })

  it('is not read anew when only its time stamp changes', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n')
    await child.look()
    await utimes(child.path, 1, 1)
    await child.look()
    expect(child.steps()).toEqual([1])
    expect(child.counts()).toMatchObject({ restarts: 0 })
  })

  it('is read to its end before the one that took its place', async () => {
    await using child = await follow()
    await appendFile(child.path, '{"step":1}\n')
    await child.look()
    await appendFile(child.path, '{"step":2}\n{"step":3}')
    await writeFile(`${child.path}.new`, '{"step":4}\n')
    await rename(`${child.path}.new`, child.path)
    await child.look()
    expect(child.steps()).toEqual([1, 2, 3, 4])
    expect(child.counts()).toMatchObject({ restarts: 1 })
    expect(child.refused()).toEqual({})
  })

  it('is read although it was removed, as long as somebody writes to it', async () => {
    await using child = await follow()
    const removed = `${child.path}.removed`
    await appendFile(child.path, '{"step":1}\n')
    await child.look()
    await rename(child.path, removed)
    await appendFile(removed, '{"step":2}\n')
    await child.look()
    expect(child.steps()).toEqual([1, 2])
  })

  it('may have a directory, or a pipe, in its place for a while', async () => {
    await using child = await follow()
    await rm(child.path)
    await mkdir(child.path)
    await child.look()
    await rm(child.path, { recursive: true })
    await once(spawn('mkfifo', [child.path]), 'exit')
    await child.look()
    await rm(child.path)
    await writeFile(child.path, '{"step":1}\n')
    await child.look()
    expect(child.steps()).toEqual([1])
    expect(child.troubles).toEqual([])
  })

  it('tells once of trouble that stays', async () => {
    await using child = await follow()
    await rm(child.path)
    await symlink('events.jsonl', child.path)
    await child.look()
    await child.look()
    expect(child.troubles).toMatchObject([{ code: 'ELOOP' }])
    await rm(child.path)
    await writeFile(child.path, '{"step":1}\n')
    await child.look()
    expect(child.steps()).toEqual([1])
  })
})

/** A program that appends lines as fast as it can, each with one write. */
const writer = `
const { openSync, writeSync } = require('node:fs')
const [, path, name] = process.argv
const file = openSync(path, 'a')
for (let n = 0; n < 10000; n += 1) writeSync(file, JSON.stringify({ type: 'event', name, attributes: { n } }) + '\\n')
`

it('of two writers at once nothing is lost', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'events.jsonl')
  const seen: Record<string, unknown[]> = { a: [], b: [] }
  const child = followChildEvents({
    path,
    clock: systemClock,
    pollMs: 1,
    emit: (event) => {
      if (event.type === 'event') seen[event.name]?.push(event.attributes.n)
    },
  })
  const start = (name: string) => spawn(process.execPath, ['-e', writer, path, name], { stdio: 'inherit' })
  const ends = await Promise.all([once(start('a'), 'exit'), once(start('b'), 'exit')])
  await child.drain()
  child.close()
  const all = Array.from({ length: 10_000 }, (_, n) => n)
  expect(ends).toEqual([
    [0, null],
    [0, null],
  ])
  expect(seen).toEqual({ a: all, b: all })
  expect(child.counts()).toMatchObject({ used: 20_000, restarts: 0 })
})

it('whatever bytes are between them, all valid lines are used, and nothing is thrown', async () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  )
  // garbage ends before a valid line begins
  const entry = fc.oneof(
    fc.integer({ min: 1_000_000, max: 2_000_000 }),
    garbage.map((bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
  )
  await using directory = await temporaryDirectory()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(entry, fc.boolean()), { maxLength: 30 }), async (entries) => {
      run += 1
      const path = join(directory.path, `${run}.jsonl`)
      const steps: unknown[] = []
      const child = followChildEvents({
        path,
        clock: manualClock(),
        emit: (event) => {
          if (event.type === 'progress' && (event.step ?? 0) >= 1_000_000) steps.push(event.step)
        },
      })
      const wanted: number[] = []
      for (const [item, isLookedAt] of entries) {
        await appendFile(path, typeof item === 'number' ? `{"step":${item}}\n` : item)
        if (typeof item === 'number') wanted.push(item)
        if (isLookedAt) await child.drain()
      }
      await child.drain()
      child.close()
      expect(steps).toEqual(wanted)
    }),
    { numRuns: 60 },
  )
})
