import { readdir, realpath } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { checkCheckpoints } from '../../checkpoint/check.ts'
import { findMatches } from '../../checkpoint/find-matches.ts'
import { compileGlob } from '../../checkpoint/glob.ts'
import { ownFilesOf } from '../../checkpoint/own-files.ts'
import type { Settings } from '../../settings.ts'
import type { CheckpointFacts } from '../facts.ts'

type Wanted = Pick<Settings, 'checkpointGlobs' | 'checkpointMarker' | 'resultsDir' | 'progressFile'>

const fewest = { limit: 1 } as const

/** What a fresh volume has, and what programs hide. */
const isOfSystem = (name: string) => name === 'lost+found' || name.startsWith('.')

/** What patterns of checkpoints match now. */
export const gatherCheckpoints = async (settings: Wanted): Promise<CheckpointFacts> => {
  const { checkpointGlobs, checkpointMarker, resultsDir, progressFile } = settings
  if (checkpointGlobs.length === 0) return { kind: 'not asked' }
  try {
    checkCheckpoints(checkpointGlobs, checkpointMarker)
  } catch (error) {
    return { kind: 'invalid', fault: (error as Error).message }
  }
  const root = await realpath(resultsDir).catch(() => undefined)
  if (root === undefined) return { kind: 'looked', idle: [], onProgress: [], others: [] }
  const isOwn = ownFilesOf(root, progressFile)
  const progress = relative(resolve(resultsDir), resolve(progressFile))
  const matches = async (text: string, isExcluded: (path: string) => boolean) =>
    (await findMatches({ root, globs: compileGlob(text), isExcluded, ...fewest })).matches.length > 0
  const looked = await Promise.all(
    checkpointGlobs.map(async (text) => ({
      text,
      isIdle: !(await matches(text, isOwn)),
      // all else is left out, so that nothing but it can match
      isOnProgress: await matches(text, (path) => path !== progress && !progress.startsWith(`${path}/`)),
    })),
  )
  const names = await readdir(root).catch(() => [])
  return {
    kind: 'looked',
    idle: looked.filter(({ isIdle }) => isIdle).map(({ text }) => text),
    onProgress: looked.filter(({ isOnProgress }) => isOnProgress).map(({ text }) => text),
    others: names.filter((name) => !isOwn(name) && !isOfSystem(name)).toSorted(),
  }
}
