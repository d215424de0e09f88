/** Whether a directory does what tasks need of it: found out by doing it, in a directory of our own that is removed. */
import { mkdir, mkdtemp, open, readFile, realpath, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '../../clock.ts'
import { codeOf } from '../../errors.ts'
import type { DirectoryFacts, Space, Trial } from '../facts.ts'
import { findMount, type Mount } from './mounts.ts'
import { within } from './within.ts'

const isThere = async (path: string) => {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The directory, or the nearest one above it that is there: in it, the rest would be made. */
const nearestOf = async (path: string): Promise<string> => {
  const stats = await isThere(path)
  if (stats === undefined && dirname(path) !== path) return nearestOf(dirname(path))
  if (stats && !stats.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR', path })
  return path
}

const writeSynced = async (path: string, text: string) => {
  await using file = await open(path, 'w')
  await file.writeFile(text)
  await file.sync()
}

type Step = Extract<Trial, { outcome: 'failed' }>['step']

/** As the progress file is written and a checkpoint published: write, sync, rename over, read back, rename a directory. */
const tryIn = async (directory: string): Promise<Trial> => {
  let step: Step = 'write'
  let own: string | undefined
  try {
    own = await mkdtemp(join(directory, '.taskbeat-doctor-'))
    const [file, next] = [join(own, 'progress'), join(own, 'progress.1')]
    await writeSynced(file, 'old')
    await writeSynced(next, 'new')
    step = 'rename'
    await rename(next, file)
    step = 'read back'
    if ((await readFile(file, 'utf8')) !== 'new' || (await isThere(next)) !== undefined)
      return { outcome: 'failed', step: 'rename', path: directory, code: 'the old file is still there' }
    step = 'rename a directory'
    await mkdir(join(own, 'staging'))
    await writeSynced(join(own, 'staging', 'file'), 'x')
    await rename(join(own, 'staging'), join(own, 'checkpoint'))
    await readFile(join(own, 'checkpoint', 'file'))
    return { outcome: 'works' }
  } catch (error) {
    return { outcome: 'failed', step, path: directory, code: codeOf(error) }
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true }).catch(() => undefined)
  }
}

const spaceOf = async (path: string): Promise<Space | undefined> => {
  const { bavail, bsize, blocks, files, ffree } = await statfs(path)
  // some say that nothing is there
  if (!(blocks > 0)) return undefined
  return { availableBytes: Math.max(0, bavail) * bsize, freeFiles: files > 0 ? ffree : undefined }
}

/** What is known of a directory that does not answer, or cannot be looked at. */
const without = (path: string, trial: Trial): DirectoryFacts => ({
  ...{ path, tried: path, trial },
  ...{ device: undefined, space: undefined, fileSystem: undefined },
})

const look = async (path: string, mounts: readonly Mount[]): Promise<DirectoryFacts> => {
  let tried: string
  try {
    tried = await nearestOf(resolve(path))
  } catch (error) {
    const culprit = String((error as NodeJS.ErrnoException).path ?? path)
    return without(path, { outcome: 'failed', step: 'look', path: culprit, code: codeOf(error) })
  }
  const [stats, real, space, trial] = await Promise.all([
    stat(tried).catch(() => undefined),
    realpath(tried).catch(() => tried),
    spaceOf(tried).catch(() => undefined),
    tryIn(tried),
  ])
  return { path, tried, trial, device: stats?.dev, space, fileSystem: findMount(real, mounts) }
}

/** Looks at a directory, which may hang: a network file system whose server is gone answers nothing. */
export const gatherDirectory = (
  path: string,
  { mounts, clock, limitMs }: { mounts: readonly Mount[]; clock: Clock; limitMs: number },
): Promise<DirectoryFacts> => within(clock, limitMs, look(path, mounts), without(path, { outcome: 'silent' }))
