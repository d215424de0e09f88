import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { codeOf } from '../errors.ts'
import type { Glob } from './glob.ts'
import { finalNameOf } from './temporary-name.ts'

/** Something below a directory that a pattern names. */
export interface Match {
  /** Its path below that directory, without links: what two paths lead to is one match. */
  readonly source: string
  readonly isDirectory: boolean
  /** Its name says that it is not complete yet, and the pattern names what it will be. */
  readonly isTemporary: boolean
}

export interface Found {
  /** None lies inside of another. */
  readonly matches: readonly Match[]
  /** Links that a pattern names and that lead out of the directory. */
  readonly outside: readonly string[]
  /** What could not be read, with the error's code. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[]
  /** There is more than what was found. */
  readonly isCut: boolean
}

interface Search {
  /** Without links. */
  readonly root: string
  readonly globs: readonly Glob[]
  /** What is never a match, nor looked into, by its path below the root. */
  readonly isExcluded: (path: string) => boolean
  /** @default 10000 */
  readonly limit?: number
}

/** How far a pattern has come. */
interface Progress {
  readonly glob: Glob
  readonly at: number
}

type Hit = 'no' | 'yes' | 'temporary'

interface Step {
  readonly hit: Hit
  /** How far the patterns are below this entry. */
  readonly below: readonly Progress[]
}

/** `**` stands for no directory too. */
const withSkipped = ({ glob, at }: Progress): readonly Progress[] =>
  glob.segments[at]?.kind === 'any-depth' && at + 1 < glob.segments.length
    ? [{ glob, at }, ...withSkipped({ glob, at: at + 1 })]
    : [{ glob, at }]

const hitOf = (name: string, regex: RegExp): Hit => {
  const final = finalNameOf(name)
  if (regex.test(name)) return final === undefined ? 'yes' : 'temporary'
  return final !== undefined && regex.test(final) ? 'temporary' : 'no'
}

const better = (a: Hit, b: Hit): Hit => (a === 'yes' || b === 'no' ? a : b)

/** What the patterns say of one name, and where they go on below it. */
const stepInto = (
  states: readonly Progress[],
  name: string,
  { isDirectory, isLink }: { isDirectory: boolean; isLink: boolean },
): Step => {
  let hit: Hit = 'no'
  const below: Progress[] = []
  for (const { glob, at } of states) {
    const segment = glob.segments[at]
    const isLast = at + 1 === glob.segments.length
    const mayHit = isLast && (isDirectory || !glob.directoriesOnly)
    if (segment?.kind === 'any-depth') {
      // links could lead in a circle, and no pattern that says `**` asks for them
      if (!name.startsWith('.') && !isLink) below.push({ glob, at })
      if (mayHit && !name.startsWith('.')) hit = better('yes', hit)
    } else if (segment && mayHit) {
      hit = better(hitOf(name, segment.regex), hit)
    } else if (segment && !isLast && segment.regex.test(name)) {
      below.push({ glob, at: at + 1 })
    }
  }
  return { hit, below: below.flatMap(withSkipped) }
}

const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))

/** Whether a relative path leads out of the directory that it is relative to, or is that directory itself. */
export const leadsOut = (path: string): boolean => path === '' || path === '..' || path.startsWith('../')

/**
 * Finds what patterns name below a directory.
 *
 * What vanishes meanwhile, links that lead nowhere or in circles, and directories that cannot be read end nothing. A
 * match is not looked into: what lies inside of it is part of it.
 */
export const findMatches = async ({ root, globs, isExcluded, limit = 10_000 }: Search): Promise<Found> => {
  const matches = new Map<string, Match>()
  const outside: string[] = []
  const unreadable: { path: string; code: string }[] = []

  const locate = async (entry: Dirent, path: string) => {
    if (!entry.isSymbolicLink()) return { source: path, entry }
    const target = await realpath(join(root, path))
    return { source: relative(root, target), entry: await stat(target) }
  }

  const visitEntry = async (entry: Dirent, path: string, states: readonly Progress[]): Promise<void> => {
    if (isExcluded(path)) return
    const isLink = entry.isSymbolicLink()
    // most names match nothing: only those that do are worth a system call
    const guess = stepInto(states, entry.name, { isDirectory: true, isLink })
    if (guess.hit === 'no' && guess.below.length === 0) return
    const { source, entry: found } = await locate(entry, path)
    const isDirectory = found.isDirectory()
    if (!isDirectory && !found.isFile()) return
    const { hit, below } = stepInto(states, entry.name, { isDirectory, isLink })
    if (leadsOut(source)) {
      if (hit !== 'no') outside.push(path)
    } else if (isExcluded(source)) {
      return
    } else if (hit !== 'no') {
      const isTemporary = hit === 'temporary' || finalNameOf(source.split('/').at(-1) ?? '') !== undefined
      matches.set(source, { source, isDirectory, isTemporary })
    } else if (isDirectory && below.length > 0) {
      await visit(source, below)
    }
  }

  const visit = async (directory: string, states: readonly Progress[]): Promise<void> => {
    let entries: readonly Dirent[]
    try {
      entries = await readdir(join(root, directory), { withFileTypes: true })
    } catch (error) {
      if (!isGone(error)) unreadable.push({ path: directory || '.', code: codeOf(error) })
      return
    }
    for (const entry of entries) {
      if (matches.size > limit) return
      try {
        await visitEntry(entry, join(directory, entry.name), states)
      } catch (error) {
        if (!isGone(error)) unreadable.push({ path: join(directory, entry.name), code: codeOf(error) })
      }
    }
  }

  await visit(
    '',
    globs.flatMap((glob) => withSkipped({ glob, at: 0 })),
  )
  const isInside = (source: string) => {
    for (let at = source.indexOf('/'); at >= 0; at = source.indexOf('/', at + 1)) {
      if (matches.has(source.slice(0, at))) return true
    }
    return false
  }
  const outermost = [...matches.values()].filter(({ source }) => !isInside(source))
  return { matches: outermost.slice(0, limit), outside, unreadable, isCut: matches.size > limit }
}
