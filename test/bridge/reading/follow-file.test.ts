import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileFollower, followFile, type Sighting } from '../../../src/bridge/reading/follow-file.ts'
import type { Trouble } from '../../../src/bridge/trouble.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'

interface Follow extends AsyncDisposable {
  readonly path: string
  readonly dir: string
  readonly follower: FileFollower
  readonly sightings: readonly Sighting[]
  readonly troubles: readonly Trouble[]
  readonly missing: () => number
  /** Waits until the file says this. */
  readonly sees: (step: number) => Promise<void>
}

interface FollowOptions {
  readonly name?: string
  readonly before?: (path: string) => Promise<unknown>
  readonly pollMs?: number
  readonly clock?: Clock
}

/** Follows a file in a directory of its own; polls so rarely that only the watch can be what tells of a change. */
const follow = async ({
  name = 'current.json',
  before,
  pollMs = 3_600_000,
  clock = systemClock,
}: FollowOptions = {}): Promise<Follow> => {
  const directory = await temporaryDirectory()
  const path = join(directory.path, name)
  await before?.(path)
  const sightings: Sighting[] = []
  const troubles: Trouble[] = []
  let missing = 0
  const follower = followFile({
    ...{ path, pollMs, clock },
    onSighting: (sighting) => sightings.push(sighting),
    onTrouble: (trouble) => troubles.push(trouble),
    onMissing: () => {
      missing += 1
    },
  })
  await follower.look()
  return {
    ...{ path, dir: directory.path, follower, sightings, troubles },
    missing: () => missing,
    sees: (step) => until(() => sightings.at(-1)?.document.step === step),
    [Symbol.asyncDispose]: async () => {
      follower.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

const text = (step: number) => JSON.stringify({ step })

const replace = async (path: string, content: string) => {
  await writeFile(`${path}.tmp`, content)
  await rename(`${path}.tmp`, path)
}

describe('a change is seen by the watch', () => {
  it('when the file is replaced by a rename', async () => {
    await using file = await follow({ before: (path) => writeFile(path, text(1)) })
    for (let step = 1; step <= 5; step += 1) {
      await replace(file.path, text(step))
      await file.sees(step)
    }
    expect(file.troubles).toEqual([])
  })

  it('when the file is written in place', async () => {
    await using file = await follow({ before: (path) => writeFile(path, text(1)) })
    await file.sees(1)
    await writeFile(file.path, text(2))
    await file.sees(2)
  })

  it('when the file comes later', async () => {
    await using file = await follow()
    expect([file.missing(), file.sightings, file.troubles]).toEqual([1, [], []])
    await writeFile(file.path, text(1))
    await file.sees(1)
  })

  it('when Kubernetes swaps the link that its volumes lead through', async () => {
    await using file = await follow({
      before: async (path) => {
        const dir = join(path, '..')
        for (const [version, step] of [
          ['..v1', 1],
          ['..v2', 2],
        ] as const) {
          await mkdir(join(dir, version))
          await writeFile(join(dir, version, 'current.json'), text(step))
        }
        await symlink('..v1', join(dir, '..data'))
        await symlink('..data/current.json', path)
      },
    })
    await file.sees(1)
    await symlink('..v2', join(file.dir, '..data_tmp'))
    await rename(join(file.dir, '..data_tmp'), join(file.dir, '..data'))
    await file.sees(2)
  })

  it('also after the directory was replaced by another, which the next look notices', async () => {
    await using file = await follow({
      name: 'metrics/current.json',
      pollMs: 20,
      before: async (path) => {
        await mkdir(join(path, '..'))
        await writeFile(path, text(1))
      },
    })
    await file.sees(1)
    await rm(join(file.dir, 'metrics'), { recursive: true })
    await until(() => file.missing() === 1)
    await mkdir(join(file.dir, 'metrics'))
    await writeFile(file.path, text(2))
    await file.sees(2)
  })
})

it('without a directory to watch, what comes is seen by looking', async () => {
  await using file = await follow({ name: 'later/metrics/current.json' })
  await mkdir(join(file.dir, 'later/metrics'), { recursive: true })
  await writeFile(file.path, text(1))
  await file.sees(1)
  expect(file.troubles).toEqual([])
})

it('a half-written file is read again when it is whole; nothing is told of it', async () => {
  // no time passes, whatever the machine does: it is half-written for a moment only
  await using file = await follow({ before: (path) => writeFile(path, text(1)), clock: manualClock() })
  await writeFile(file.path, '{"step": 2, "lo')
  await file.follower.look()
  await truncate(file.path)
  await file.follower.look()
  await writeFile(file.path, text(3))
  await file.follower.look()
  expect(file.troubles).toEqual([])
  expect(new Set(file.sightings.map(({ document }) => document.step))).toEqual(new Set([1, 3]))
})

it('a file that stays broken is told of once, by retries, not by looking all the time', async () => {
  await using file = await follow({ before: (path) => writeFile(path, '{"step": 2, "lo') })
  await until(() => file.troubles.length > 0)
  for (let look = 0; look < 5; look += 1) await file.follower.look()
  expect(file.troubles).toMatchObject([{ kind: 'not-json' }])
  await replace(file.path, text(3))
  await file.sees(3)
})

it.each<[string, string, (path: string) => Promise<unknown>]>([
  ['a directory', 'not-a-file', (path) => mkdir(path)],
  ['a pipe', 'not-a-file', async (path) => execFileSync('mkfifo', [path])],
  ['a device', 'not-a-file', (path) => symlink('/dev/zero', path)],
  ['a link that leads in a circle', 'unreadable', (path) => symlink(path, path)],
  [
    'a file of gigabytes',
    'too-large',
    async (path) => {
      await writeFile(path, '')
      await truncate(path, 8 * 2 ** 30)
    },
  ],
  ['a list', 'not-an-object', (path) => writeFile(path, '[1]')],
])('%s in its place is told of once, and what takes its place is read', async (_, kind, before) => {
  await using file = await follow({ before })
  for (let look = 0; look < 3; look += 1) await file.follower.look()
  expect(file.troubles).toMatchObject([{ kind }])
  expect(file.sightings).toEqual([])
  await rm(file.path, { recursive: true })
  await writeFile(file.path, text(1))
  await file.sees(1)
})

it('what is unchanged for a while is not read again; what is written within the same time stamp is', async () => {
  await using file = await follow({
    before: (path) => writeFile(path, text(1)),
    clock: manualClock(new Date()),
  })
  await file.follower.look()
  const atOnce = file.sightings.length
  expect(atOnce).toBeGreaterThanOrEqual(2)
  const longAgo = new Date('2026-01-01T00:00:00Z')
  await utimes(file.path, longAgo, longAgo)
  await file.follower.look()
  const settled = file.sightings.length
  for (let look = 0; look < 5; look += 1) await file.follower.look()
  expect(file.sightings).toHaveLength(settled)
  expect(file.sightings.at(-1)?.writtenAtMs).toBe(longAgo.getTime())
})

it('a directory in which others write all the time is no reason to look', async () => {
  await using file = await follow({ before: (path) => writeFile(path, text(1)) })
  await file.follower.look()
  const looks = file.sightings.length
  for (let other = 0; other < 200; other += 1) await writeFile(join(file.dir, `other-${other % 3}.log`), 'x')
  await file.follower.look()
  // the look above, and none for the others; the file's own first event may come late
  expect(file.sightings.length - looks).toBeLessThanOrEqual(2)
})

it('nothing is told after the end', async () => {
  await using file = await follow({ before: (path) => writeFile(path, text(1)) })
  file.follower.close()
  const { length } = file.sightings
  await replace(file.path, text(2))
  await file.follower.look()
  expect(file.sightings).toHaveLength(length)
})
