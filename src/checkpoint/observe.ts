import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Declaration, Declarations } from './declarations.ts'
import { findMatches, type Match } from './find-matches.ts'
import { type Findings, shown } from './findings.ts'
import { judgeCheckpoint, type MarkerState, type Phase, type Verdict } from './gate.ts'
import type { Glob } from './glob.ts'
import { type Marker, readMarker } from './marker.ts'
import { isRewrittenName } from './names.ts'
import type { Announced, Register } from './register.ts'
import { readTree, type Tree } from './tree.ts'

/** A checkpoint that was not announced as it is now, as one look sees it. */
export interface Sight {
  readonly match: Match
  readonly tree: Tree
  readonly verdict: Verdict
  readonly declaration: Declaration | undefined
  /** It is written again and again under its name. */
  readonly isRewritten: boolean
  /** An earlier life may have ended in the middle of it. */
  readonly isSuspect: boolean
}

export interface ObserverOptions {
  readonly globs: readonly Glob[]
  readonly marker: Marker | undefined
  readonly quietMs: number
  readonly clock: Clock
  readonly findings: Findings
  readonly declarations: Declarations
  /** What is never a checkpoint, by its path below the results directory. */
  readonly isOwn: (path: string) => boolean
  readonly isPublished: (name: string) => boolean
  readonly hasOwnName: (source: string, isDirectory: boolean) => boolean
}

export interface Place {
  /** The results directory, without links. */
  readonly root: string
  readonly register: Register
}

export interface When {
  readonly phase: Phase
  /** Nothing was seen before, and the life before was interrupted. */
  readonly isSuspicious: boolean
}

/** How something looked, since when, and when it was last read, by the monotonic clock. */
interface Seen {
  readonly sight: Sight
  readonly marker: MarkerState
  readonly topMs: number | undefined
  readonly sinceMs: number
  readonly readMs: number
}

/**
 * Whether something need not be read in depth now: what has not become complete for a minute may never do so, and a
 * tree of many files costs time. It is then read when a tenth of that time has passed once more, after half a minute
 * at the latest, or when its top or its marker has changed.
 */
const isDormant = ({ sinceMs, readMs }: Seen, nowMs: number, quietMs: number): boolean => {
  const unchangedMs = nowMs - sinceMs
  return unchangedMs >= Math.max(60_000, quietMs) && nowMs - readMs < Math.min(30_000, unchangedMs / 10)
}

/** When the directory or file itself was changed, by the file system's clock; undefined if it is gone. */
const readTop = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )

type Last = Pick<Announced, 'name' | 'isCopy'> & { readonly fingerprint: string | undefined }

/** Whether a file that was announced by a copy is the very file that the copy holds: whoever writes to one writes to both. */
const isShared = async (path: string, copy: string): Promise<boolean> => {
  try {
    const [a, b] = await Promise.all([stat(path), stat(join(copy, basename(path)))])
    return a.ino === b.ino && a.dev === b.dev
  } catch {
    return false
  }
}

/** Looks at all checkpoints that there are, again and again, and judges those that were not announced. */
export const createObserver = (options: ObserverOptions) => {
  const { globs, marker, quietMs, clock, findings, declarations, isOwn, isPublished, hasOwnName } = options
  const { tell } = findings
  let seen: ReadonlyMap<string, Seen> = new Map()

  const isExcluded = (register: Register) => (path: string) => {
    if (isOwn(path)) return true
    const [top = ''] = path.split('/', 1)
    // what is inside of something that was announced belongs to it
    return register.ownerOf(top)?.isCopy === true || (top !== path && isPublished(top))
  }

  const lastAnnounced = ({ source, isDirectory }: Match, register: Register): Last | undefined => {
    const known = register.announcedOf(source).findLast(({ name }) => isPublished(name))
    if (known) return known
    return hasOwnName(source, isDirectory) && isPublished(source)
      ? { name: source, isCopy: false, fingerprint: undefined }
      : undefined
  }

  /** Once it was announced, only the training itself or the end of all makes another version of it. */
  const mayComeAgain = ({ source }: Match, last: Last, { phase, isSuspicious }: When) =>
    declarations.of(source) !== undefined ||
    ((phase !== 'running' || isSuspicious) && (last.isCopy || isRewrittenName(basename(source))))

  const warnIfWrittenOver = async ({ source, isDirectory }: Match, last: Last, root: string) => {
    if (isDirectory || !last.isCopy) return
    const path = join(root, source)
    const tree = await readTree(path)
    if (tree === undefined || tree.fingerprint === last.fingerprint) return
    if (!(await isShared(path, join(root, last.name)))) return
    tell(
      `${shown(source)} is written over in place, and ${shown(last.name)}, as which it was announced, changes with it; give each checkpoint a name of its own, or write another file and rename it`,
    )
  }

  const isAsBefore = async ({ sight: { match, tree }, marker: state, topMs }: Seen, path: string) =>
    (await readTop(path)) === topMs &&
    (await readMarker(marker, { path, isDirectory: match.isDirectory, changedMs: tree.changedMs })) === state

  const see = async (
    match: Match,
    lookedAtMs: number,
    { root, register }: Place,
    when: When,
  ): Promise<Seen | undefined> => {
    const { source, isDirectory, isTemporary } = match
    const last = lastAnnounced(match, register)
    if (last && !mayComeAgain(match, last, when)) {
      if (when.phase === 'running') await warnIfWrittenOver(match, last, root)
      return undefined
    }
    const path = join(root, source)
    const before = seen.get(source)
    const declaration = declarations.of(source)
    const mayRest = before !== undefined && declaration === undefined && when.phase === 'running'
    if (mayRest && isDormant(before, lookedAtMs, quietMs) && (await isAsBefore(before, path))) return before
    const topMs = await readTop(path)
    const tree = await readTree(path)
    if (tree === undefined || (last && (last.fingerprint ?? tree.fingerprint) === tree.fingerprint)) {
      declarations.drop(source)
      return undefined
    }
    const state = await readMarker(marker, { path, isDirectory, changedMs: tree.changedMs })
    // a marker beside the checkpoint is no part of its files, and what follows it must be waited for too
    const isSame = before?.sight.tree.fingerprint === tree.fingerprint && before.marker === state
    const sinceMs = isSame ? before.sinceMs : clock.monotonicMs()
    const isRewritten = last !== undefined || isRewrittenName(basename(source))
    const hasMarker = !isRewritten && (state === 'final' || state === 'present')
    const isSuspect = when.isSuspicious && !declaration && !isTemporary && !hasMarker
    const verdict = judgeCheckpoint(
      {
        tree,
        unchangedMs: Math.max(0, lookedAtMs - sinceMs),
        marker: state,
        isTemporary,
        isDeclared: declaration !== undefined,
        isLeftOver: isSuspect || register.tornOf(source) === tree.fingerprint,
        isRewritten,
      },
      { phase: when.phase, quietMs },
    )
    const sight: Sight = { match, tree, verdict, declaration, isRewritten, isSuspect }
    return { sight, marker: state, topMs, sinceMs, readMs: lookedAtMs }
  }

  const find = async ({ root, register }: Place): Promise<readonly Match[]> => {
    const found = await findMatches({ root, globs, isExcluded: isExcluded(register) })
    for (const path of found.outside)
      tell(`${shown(path)} is not announced: it leads out of the results directory`)
    for (const { path, code } of found.unreadable)
      tell(`${shown(path)} cannot be read (${code}): checkpoints in it are not announced`)
    if (found.isCut)
      tell(`the patterns match more than ${found.matches.length} checkpoints; the rest is ignored`)
    const declared = await declarations.locate(root)
    return [...new Map([...found.matches, ...declared].map((match) => [match.source, match])).values()]
  }

  return async (place: Place, when: When): Promise<readonly Sight[]> => {
    const lookedAtMs = clock.monotonicMs()
    const next = new Map<string, Seen>()
    for (const match of await find(place)) {
      const found = await see(match, lookedAtMs, place, when)
      if (found) next.set(match.source, found)
    }
    seen = next
    return [...next.values()].map(({ sight }) => sight)
  }
}
