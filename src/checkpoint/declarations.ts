import { realpath, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { JsonObject } from '../json.ts'
import { leadsOut, type Match } from './find-matches.ts'
import { type Findings, shown } from './findings.ts'

/** What a training itself says of a checkpoint: that it is complete. */
export interface Declaration {
  /** Relative to the results directory, or absolute inside of it. */
  readonly path: string
  readonly metadata: JsonObject
  /** Integer of at least 0. */
  readonly step?: number
  /** From 0 to 100, with decimals. */
  readonly percent?: number
  /** When it was begun, as far as the training said; its files may be younger. */
  readonly startedAt?: Date
}

/** What was declared and not yet announced, by the checkpoint's path below the results directory. */
export interface Declarations {
  readonly declare: (declaration: Declaration) => void
  /** Looks up what was declared since the last time; resolves to all that is open. */
  readonly locate: (root: string) => Promise<readonly Match[]>
  readonly of: (source: string) => Declaration | undefined
  /** There is no more to be done for it. */
  readonly drop: (source: string) => void
}

/** A training that declares so many between two looks declares no checkpoints. */
const mostFresh = 1_000

/** Keeps what a training declares until it is announced, or found to be wrong. */
export const createDeclarations = (
  resultsDir: string,
  isExcluded: (source: string) => boolean,
  { tell }: Findings,
): Declarations => {
  let fresh: readonly Declaration[] = []
  const open = new Map<string, { match: Match; declaration: Declaration }>()

  const locateOne = async (declaration: Declaration, root: string) => {
    const refuse = (why: string) =>
      tell(`${shown(declaration.path)} was declared a checkpoint, but is not announced: ${why}`)
    try {
      const path = await realpath(resolve(resultsDir, declaration.path))
      const source = relative(root, path)
      if (leadsOut(source)) return refuse('it is not inside the results directory')
      if (isExcluded(source)) return refuse("it is not the training's")
      const stats = await stat(path)
      if (!stats.isDirectory() && !stats.isFile()) return refuse('it is no directory, and no file')
      const match = { source, isDirectory: stats.isDirectory(), isTemporary: false }
      open.set(source, { match, declaration })
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      refuse(code === 'ENOENT' ? 'it is not there' : `it cannot be read (${code})`)
    }
  }

  return {
    declare: (declaration) => {
      if (fresh.length < mostFresh) fresh = [...fresh, declaration]
      else tell(`more than ${mostFresh} checkpoints were declared at once; the rest was ignored`)
    },
    locate: async (root) => {
      const declared = fresh
      fresh = []
      for (const declaration of declared) await locateOne(declaration, root)
      return [...open.values()].map(({ match }) => match)
    },
    of: (source) => open.get(source)?.declaration,
    drop: (source) => open.delete(source),
  }
}
