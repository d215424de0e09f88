import { join } from 'node:path'
import type { CheckpointEvent } from '../workload-events.ts'
import type { Declaration } from './declarations.ts'
import { explainCopied, explainLack, explainRemoved } from './findings.ts'
import type { Phase } from './gate.ts'
import { type Copied, type Link, linkCopy } from './link-copy.ts'
import { stepOf } from './names.ts'
import type { Place } from './observe.ts'
import type { Announced } from './register.ts'
import { readTree, type Tree } from './tree.ts'

/** A checkpoint that is complete and was not announced. */
export interface ReadyCheckpoint {
  /** The name that it will be announced by. */
  readonly name: string
  /** Its path below the results directory. */
  readonly source: string
  readonly isDirectory: boolean
  /** The name is that of a copy, which `publish` makes. */
  readonly isCopy: boolean
  /** It is written again and again under its name. */
  readonly isRewritten: boolean
  /** What its files look like. */
  readonly fingerprint: string
  /** By the file system's clock. */
  readonly changedAt: Date
  readonly declaration?: Declaration
}

export interface Publication {
  readonly ready: ReadyCheckpoint
  readonly at: Place
  readonly phase: Phase
  /** As people gave it. */
  readonly marker: string | undefined
  readonly tell: (finding: string) => void
  /** Writes an entry to the register, or tells why not. */
  readonly register: (entry: Announced) => Promise<void>
  readonly link?: Link
}

/** What came of it. `later`: it is not what it was. `refused`: there can be no copy of it as it is. */
export type Prepared =
  | { readonly kind: 'done'; readonly event: CheckpointEvent }
  | { readonly kind: 'later' }
  | { readonly kind: 'refused' }

/** What a training says is used as far as it makes sense. */
const declaredStep = ({ step }: Partial<Declaration>) =>
  step !== undefined && Number.isSafeInteger(step) && step >= 0 ? step : undefined

const declaredPercent = ({ percent }: Partial<Declaration>) =>
  percent !== undefined && Number.isFinite(percent)
    ? Math.floor(Math.min(100, Math.max(0, percent)))
    : undefined

const eventOf = (ready: ReadyCheckpoint, tree: Tree): CheckpointEvent => {
  const { name, source, isCopy, isRewritten, declaration } = ready
  const step = declaredStep(declaration ?? {}) ?? stepOf(source)
  const percentComplete = declaredPercent(declaration ?? {})
  // a file that is written again and again was made long before it was begun
  const firstWriteMs = isRewritten ? tree.oldestMs : tree.madeMs
  return {
    type: 'checkpoint',
    name,
    metadata: { ...(isCopy && { source }), ...declaration?.metadata },
    ...(step !== undefined && { step }),
    ...(percentComplete !== undefined && { percentComplete }),
    startedAt: new Date(Math.min(firstWriteMs, declaration?.startedAt?.getTime() ?? firstWriteMs)),
    endedAt: new Date(tree.changedMs),
    sizeBytes: tree.sizeBytes,
  }
}

const makeCopy = async (publication: Publication, entry: Announced): Promise<Copied> => {
  const { ready, at, link, register } = publication
  const { source, name, isDirectory } = ready
  const { fingerprint } = entry
  // an earlier life may have made it, and ended before it was announced
  const isOurs = at.register.ownerOf(name)?.source === source
  if (isOurs && (await readTree(join(at.root, name)))?.fingerprint === fingerprint) return { kind: 'made' }
  return linkCopy({
    resultsDir: at.root,
    path: join(at.root, source),
    isDirectory,
    name,
    fingerprint,
    beforeNamed: () => register(entry),
    ...(link && { link }),
  })
}

/** Makes what has to be there under the name. */
const provide = async (publication: Publication, tree: Tree): Promise<Prepared> => {
  const { ready, phase, tell, register } = publication
  const { source, name, isCopy } = ready
  const entry: Announced = { type: 'announced', source, name, isCopy, fingerprint: tree.fingerprint }
  const done: Prepared = { kind: 'done', event: eventOf(ready, tree) }
  if (!isCopy) {
    await register(entry)
    return done
  }
  const copied = await makeCopy(publication, entry)
  if (copied.kind === 'made') return done
  // the next look finds another name, and whether it is complete again; after the last look there is none
  const isPassing = copied.kind === 'taken' || copied.kind === 'changed'
  if (isPassing && phase === 'running') return { kind: 'later' }
  tell(explainCopied(source, name, copied))
  return { kind: 'refused' }
}

/** Looks once more whether a checkpoint is what it was, makes its copy if it needs one, and says all about it. */
export const prepare = async (publication: Publication): Promise<Prepared> => {
  const { ready, at, phase, marker, tell } = publication
  const { source, declaration } = ready
  const tree = await readTree(join(at.root, source))
  if (tree === undefined) {
    tell(explainRemoved(source))
    return { kind: 'later' }
  }
  if (tree.sizeBytes === 0) {
    tell(explainLack({ source, lack: 'empty', tree, marker }, phase))
    return { kind: 'later' }
  }
  // the training said that it is complete: what it does to it then is its own
  if (tree.fingerprint !== ready.fingerprint && declaration === undefined) {
    if (phase !== 'running') tell(explainLack({ source, lack: 'unsettled', tree, marker }, phase))
    return { kind: 'later' }
  }
  return provide(publication, tree)
}
