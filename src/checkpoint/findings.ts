import type { Lack, Phase } from './gate.ts'
import type { Copied } from './link-copy.ts'
import type { Tree } from './tree.ts'

/** What people should know, each thing once. */
export interface Findings {
  readonly tell: (text: string) => void
  /** What was told since the last time. */
  readonly take: () => readonly string[]
}

/** Beyond it nobody reads on, and memory is not ours to fill. */
const mostFindings = 1_000

export const createFindings = (): Findings => {
  const told = new Set<string>()
  let fresh: readonly string[] = []
  return {
    tell: (text) => {
      if (told.has(text) || told.size > mostFindings) return
      told.add(text)
      fresh = [...fresh, told.size > mostFindings ? 'more was found of checkpoints than is told here' : text]
    },
    take: () => {
      const taken = fresh
      fresh = []
      return taken
    },
  }
}

/** A path for people: on one line, whatever it holds. */
export const shown = (path: string): string => `'${path.replaceAll(/\p{Cc}/gu, '?')}'`

const reasons: Readonly<Record<Lack, (tree: Tree, marker: string | undefined) => string>> = {
  temporary: () => 'its name is that of something unfinished',
  unreadable: ({ unreadable }) => `it cannot be read: ${unreadable}`,
  empty: () => 'it is empty, which the platform refuses',
  'left-over': () =>
    'an earlier attempt may have ended in the middle of it; it is once it has its marker, or is written again',
  'writer-file': ({ writerFile = '' }) => `${shown(writerFile)} in it is unfinished`,
  lock: ({ lockFile = '' }) => `${shown(lockFile)} in it says that it is being written`,
  'no-marker': (_, marker) => `it has no marker (${marker})`,
  unsettled: () => 'it still changes',
  torn: (_, marker) =>
    `the command failed, and nothing tells that it is whole${marker === undefined ? '; a marker would' : ` (${marker})`}`,
  rewritten: () => 'it is announced at the end',
}

/** Why a checkpoint is not announced, so far or at all. */
export const explainLack = (
  { source, lack, tree, marker }: { source: string; lack: Lack; tree: Tree; marker: string | undefined },
  phase: Phase,
): string =>
  `${shown(source)} is not announced${phase === 'running' ? ' so far' : ''}: ${reasons[lack](tree, marker)}`

/** A checkpoint was complete, and is gone. */
export const explainRemoved = (source: string): string =>
  `${shown(source)} was removed before it was announced; let the training keep more checkpoints`

const directly =
  "write checkpoints as directories directly into the results directory, with names of letters, digits and !_-.*'()"

/** Why no copy of a checkpoint was made. */
export const explainCopied = (
  source: string,
  name: string,
  copied: Exclude<Copied, { kind: 'made' }>,
): string => {
  const begin = `${shown(source)} is not announced: its copy ${shown(name)}`
  switch (copied.kind) {
    case 'outside':
      return `${begin} would lack ${shown(copied.link)}, a link that leads out of it`
    case 'no-links':
      return `${begin} needs hard links, which cannot be made there (${copied.code}); ${directly}`
    case 'failed':
      return `${begin} cannot be written (${copied.code})`
    case 'taken':
      return `${begin} cannot have its name, which something else has by now`
    case 'changed':
      return `${shown(source)} is not announced: it changed while it was copied`
  }
}
