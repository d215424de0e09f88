import { realpath } from 'node:fs/promises'
import { type Clock, systemClock } from '../clock.ts'
import { codeOf } from '../errors.ts'
import type { CheckpointEvent } from '../workload-events.ts'
import { checkCheckpoints } from './check.ts'
import { createDeclarations, type Declaration } from './declarations.ts'
import { createFindings, explainLack, explainRemoved, shown } from './findings.ts'
import type { Phase } from './gate.ts'
import { compileGlob } from './glob.ts'
import type { Link } from './link-copy.ts'
import { parseMarker } from './marker.ts'
import { compareNaturally } from './names.ts'
import { createNamer } from './naming.ts'
import { createObserver, type Place, type Sight } from './observe.ts'
import { ownFilesOf } from './own-files.ts'
import { prepare, type ReadyCheckpoint } from './publish.ts'
import { openRegister, type RegisterEntry, registerPath } from './register.ts'

export interface CheckpointWatchOptions {
  readonly resultsDir: string
  /** Patterns below the results directory; each passes `checkGlob`. */
  readonly globs: readonly string[]
  /** A preset, or a file or pattern inside of a checkpoint; passes `checkMarker`. */
  readonly marker: string | undefined
  /** How long a checkpoint without a marker must not have changed, in milliseconds. */
  readonly quietMs: number
  /** Whether a name was announced, in this life of the run or an earlier one. */
  readonly isUsed: (name: string) => boolean
  /** The progress file, which is no checkpoint. */
  readonly progressFile?: string
  readonly clock?: Clock
  readonly link?: Link
}

export type { ReadyCheckpoint }

export interface Look {
  /** By the time of their last change, oldest first. */
  readonly ready: readonly ReadyCheckpoint[]
  /** A checkpoint is being written: that the training makes no progress is no stall now. */
  readonly isSaving: boolean
  /** What people should know, each thing once in the life of the watch. */
  readonly findings: readonly string[]
}

/**
 * Watches the results directory for checkpoints that become complete.
 *
 * One thing at a time: looks and publications queue. The first look should come before the command can have written
 * anything: what it sees was there before, and may be torn if the life before was interrupted.
 */
export interface CheckpointWatch {
  /** Takes what the training itself says; the next look acts on it. */
  readonly declare: (declaration: Declaration) => void
  /** What is ready is returned by every look until it was published. */
  readonly look: () => Promise<Look>
  /** The last look, when all that could write has ended. */
  readonly lookAtEnd: (end: { readonly endedWell: boolean }) => Promise<Look>
  /**
   * Prepares a checkpoint for its announcement, right before it. Undefined if it was published before, is not there
   * any more, or changes again; in that case a later look has it once more.
   */
  readonly publish: (ready: ReadyCheckpoint) => Promise<CheckpointEvent | undefined>
  /** Findings that no look has returned yet, such as those of a publication after the last look. */
  readonly takeFindings: () => readonly string[]
}

const byAge = (a: Sight, b: Sight) =>
  a.tree.changedMs - b.tree.changedMs || compareNaturally(a.match.source, b.match.source)

/**
 * Begins to watch; nothing is read before the first look.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) if a pattern or the marker cannot be used
 */
export const createCheckpointWatch = (options: CheckpointWatchOptions): CheckpointWatch => {
  const { resultsDir, globs, marker, quietMs, isUsed, clock = systemClock, link } = options
  checkCheckpoints(globs, marker)

  const findings = createFindings()
  const { tell } = findings
  const isOwn = ownFilesOf(resultsDir, options.progressFile)
  const declarations = createDeclarations(resultsDir, isOwn, findings)
  /** Names of this life; the journal of the progress file hears of them a little later. */
  const published = new Set<string>()
  const isPublished = (name: string) => published.has(name) || isUsed(name)
  const namer = createNamer(isPublished, isOwn)
  const observe = createObserver({
    globs: globs.flatMap(compileGlob),
    marker: marker === undefined ? undefined : parseMarker(marker),
    quietMs,
    clock,
    findings,
    declarations,
    isOwn,
    isPublished,
    hasOwnName: namer.hasOwnName,
  })

  let place: Place | undefined
  let phase: Phase = 'running'
  let waiting: readonly ReadyCheckpoint[] = []
  /** How those looked of which no copy could be made. */
  const uncopied = new Map<string, string>()

  const write = async ({ register }: Place, entries: readonly RegisterEntry[]) => {
    try {
      await register.append(entries)
    } catch (error) {
      tell(
        `${shown(registerPath(resultsDir))} cannot be written (${codeOf(error)}): a restart may not know all checkpoints`,
      )
    }
  }

  const open = async (): Promise<Place | undefined> => {
    try {
      const root = await realpath(resultsDir)
      const register = await openRegister(root)
      if (register.unreadable !== undefined) {
        tell(
          `${shown(registerPath(resultsDir))} cannot be read (${register.unreadable}): what earlier attempts left of checkpoints is not known`,
        )
      }
      return { root, register }
    } catch (error) {
      tell(`the results directory ${shown(resultsDir)} cannot be read (${codeOf(error)})`)
      return undefined
    }
  }

  /** Tells what people should know, and keeps for the next life what may be torn. */
  const takeIncomplete = (sights: readonly Sight[], { register }: Place): readonly RegisterEntry[] =>
    sights.flatMap(({ match: { source }, tree, verdict, declaration, isSuspect }) => {
      if (verdict.kind === 'complete') return []
      if (verdict.isOverdue) tell(explainLack({ source, lack: verdict.lack, tree, marker }, phase))
      if (declaration) declarations.drop(source)
      const { fingerprint } = tree
      const mayBeTorn = isSuspect || verdict.lack === 'torn'
      return mayBeTorn && register.tornOf(source) !== fingerprint
        ? [{ type: 'torn', source, fingerprint } as const]
        : []
    })

  const readyOf = async (sight: Sight, { root, register }: Place): Promise<ReadyCheckpoint> => {
    const { match, tree, declaration, isRewritten } = sight
    const { source, isDirectory } = match
    const { fingerprint, changedMs } = tree
    const naming = await namer.nameOf({ source, isDirectory, fingerprint }, root, register)
    return {
      ...naming,
      source,
      isDirectory,
      isRewritten,
      fingerprint,
      changedAt: new Date(changedMs),
      ...(declaration && { declaration }),
    }
  }

  const forgetGone = (sights: readonly Sight[]) => {
    const there = new Set(sights.map(({ match }) => match.source))
    for (const { source, name } of waiting) {
      if (there.has(source)) continue
      namer.release(source)
      if (!isPublished(name)) tell(explainRemoved(source))
    }
    for (const source of uncopied.keys()) if (!there.has(source)) uncopied.delete(source)
  }

  const lookNow = async (): Promise<Look> => {
    const isFirst = place === undefined
    place ??= await open()
    if (place === undefined) return { ready: [], isSaving: false, findings: findings.take() }
    const { register } = place
    const isSuspicious = isFirst && register.wasInterrupted
    const sights = await observe(place, { phase, isSuspicious })
    forgetGone(sights)
    const torn = takeIncomplete(sights, place)
    const isLife = globs.length > 0
    await write(place, [
      ...(isLife && isFirst ? [{ type: 'opened' } as const] : []),
      ...torn,
      ...(isLife && phase !== 'running' ? [{ type: 'closed' } as const] : []),
    ])
    const ready: ReadyCheckpoint[] = []
    for (const sight of sights.toSorted(byAge)) {
      const { match, tree, verdict } = sight
      if (verdict.kind !== 'complete' || uncopied.get(match.source) === tree.fingerprint) continue
      ready.push(await readyOf(sight, place))
    }
    waiting = ready
    const isSaving = sights.some(({ verdict }) => verdict.kind === 'incomplete' && verdict.isSaving)
    return { ready, isSaving, findings: findings.take() }
  }

  const publishNow = async (ready: ReadyCheckpoint): Promise<CheckpointEvent | undefined> => {
    const { source, name, fingerprint } = ready
    if (place === undefined || isPublished(name)) return undefined
    const at = place
    const prepared = await prepare({
      ready,
      at,
      marker,
      phase,
      tell,
      register: (entry) => write(at, [entry]),
      ...(link && { link }),
    })
    namer.release(source)
    if (prepared.kind === 'refused') uncopied.set(source, fingerprint)
    if (prepared.kind !== 'done') return undefined
    published.add(name)
    declarations.drop(source)
    return prepared.event
  }

  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const done = last.then(job)
    last = done.catch(() => undefined)
    return done
  }

  return {
    declare: declarations.declare,
    look: () => inTurn(lookNow),
    lookAtEnd: ({ endedWell }) =>
      inTurn(() => {
        phase = endedWell ? 'ended-well' : 'crashed'
        // what the disk refused it may take now
        uncopied.clear()
        return lookNow()
      }),
    publish: (ready) => inTurn(() => publishNow(ready)),
    takeFindings: findings.take,
  }
}
