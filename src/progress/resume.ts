import { checkName, decodeDocument } from './contract.ts'
import type { JournalEntry } from './journal.ts'
import { initialState, type ProgressState } from './plan.ts'

/** What an earlier life of the task left, and what follows from it. */
export interface Resumption {
  /**
   * fresh: nothing was there. resumed: an earlier attempt was, and it goes on from `shown`. complete: 100 was
   * published. corrupt: the progress file said nothing usable, so `shown` comes from the journal.
   */
  readonly kind: 'fresh' | 'resumed' | 'complete' | 'corrupt'
  readonly shown: ProgressState
  /** Whether the progress file says it, not the journal alone. */
  readonly isInFile: boolean
  /** Whether the journal knows that it was shown. */
  readonly isMarked: boolean
  /** States that were accepted but never shown, oldest first. */
  readonly pending: readonly ProgressState[]
  readonly usedNames: ReadonlySet<string>
  /** The file's own task id. */
  readonly taskId: string
}

/** The file belongs to another task: its id. */
export interface ForeignFile {
  readonly kind: 'foreign'
  readonly taskId: string
}

const isLegal = ({ percentComplete, name }: ProgressState) =>
  percentComplete === 0
    ? name === ''
    : percentComplete <= 100 && (name === '' || checkName(name) === undefined)

const stateOf = ({ percentComplete, name, metadata }: ProgressState): ProgressState => ({
  percentComplete,
  name,
  metadata,
})

type Shown = Pick<ProgressState, 'name' | 'percentComplete'>

/** What tells states apart; where results are not uploaded a name may come back with another percentage. */
const keyOf = ({ name, percentComplete }: Shown) => `${percentComplete} ${name}`

/**
 * Decides how to go on from the text of an existing progress file (undefined: none) and the journal.
 *
 * Pure. The progress file is trusted if it is readable and legal; what it cannot tell (states that waited, names
 * that were used) the journal does.
 */
export const decideResumption = (
  fileText: string | undefined,
  journal: readonly JournalEntry[],
  taskId: string,
): Resumption | ForeignFile => {
  const accepted = journal.filter((entry) => entry.type === 'accepted')
  const decoded = fileText === undefined ? undefined : decodeDocument(fileText)
  const document = decoded?.ok && isLegal(decoded.document) ? decoded.document : undefined
  if (document && document.taskId !== '' && taskId !== '' && document.taskId !== taskId) {
    return { kind: 'foreign', taskId: document.taskId }
  }

  const marks = journal.filter((entry) => entry.type === 'shown')
  const lastMark = marks.at(-1)
  const marked = new Set(marks.map(keyOf))
  const known: Shown = document ?? lastMark ?? initialState
  const shownAt = accepted.findLastIndex((entry) => keyOf(entry) === keyOf(known))
  const shown = stateOf(document ?? accepted[shownAt] ?? { ...initialState, ...known })
  const pending = accepted
    .filter((entry, at) => at > shownAt && !marked.has(keyOf(entry)))
    .map(stateOf)
    .filter(({ percentComplete }) => percentComplete >= shown.percentComplete)
  const rest = {
    shown,
    isInFile: document !== undefined,
    isMarked: marked.has(keyOf(shown)),
    pending,
    usedNames: new Set([...accepted, ...marks, shown].map(({ name }) => name)),
    taskId: document?.taskId ?? '',
  }
  if (fileText !== undefined && !document) return { kind: 'corrupt', ...rest }
  if (shown.percentComplete === 100) return { kind: 'complete', ...rest }
  return { kind: fileText === undefined && journal.length === 0 ? 'fresh' : 'resumed', ...rest }
}
