import { realpathSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { codeOf } from '../../errors.ts'
import { judgeFirstSight, readProgress, startView } from '../../progress/contract.ts'
import { journalPath, parseJournal } from '../../progress/journal.ts'
import { decideResumption } from '../../progress/resume.ts'
import type { Settings } from '../../settings.ts'
import { readWhole } from '../../whole-file.ts'
import type { ProgressFacts } from '../facts.ts'

type Content =
  | { readonly kind: 'absent' | 'complete' }
  | { readonly kind: 'unreadable'; readonly code: string }
  | { readonly kind: 'foreign'; readonly taskId: string }
  | { readonly kind: 'resumable'; readonly refusal: string | undefined }
  | { readonly kind: 'broken'; readonly refusal: string }

type Wanted = Pick<Settings, 'taskId' | 'results'>

/** What a worker that sees the file for the first time says against it. */
const refusalOf = (text: string, { taskId = '', results }: Wanted): string | undefined => {
  const read = readProgress(text)
  if ('fault' in read) return read.fault.error
  const { document } = read
  // at 0 percent with no name nothing is said yet
  const strategy = results === 'upload' ? 'UPLOAD' : 'NONE'
  const judgement = judgeFirstSight({
    view: startView({ taskId: taskId || document.taskId, strategy }),
    text,
    read,
  })
  return judgement.outcome === 'errored' ? judgement.error : undefined
}

/** What the text of a progress file, and of the journal beside it, means for a task that starts now. */
export const judgeProgress = (text: string | undefined, journal: string, wanted: Wanted): Content => {
  const resumption = decideResumption(text, parseJournal(journal), wanted.taskId ?? '')
  if (resumption.kind === 'foreign') return { kind: 'foreign', taskId: resumption.taskId }
  if (resumption.kind === 'complete') return { kind: 'complete' }
  if (text === undefined) return { kind: 'absent' }
  const refusal = refusalOf(text, wanted)
  if (resumption.kind === 'corrupt')
    return { kind: 'broken', refusal: refusal ?? 'percent or name are such as no task may write' }
  return { kind: 'resumable', refusal }
}

const realOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : resolve(realOf(dirname(path)), relative(dirname(path), path))
  }
}

const textOf = (path: string): { readonly text: string | undefined } | { readonly code: string } => {
  try {
    return { text: readWhole(path) }
  } catch (error) {
    return { code: codeOf(error) }
  }
}

const deviceOf = (directory: string) => {
  try {
    return statSync(directory).dev
  } catch {
    return undefined
  }
}

/** Looks at the progress file, once the file systems are known to answer. */
export const gatherProgress = (
  settings: Pick<Settings, 'progressFile' | 'resultsDir' | 'taskId' | 'results'>,
): ProgressFacts => {
  const { progressFile: path, resultsDir } = settings
  const below = relative(realOf(resolve(resultsDir)), realOf(resolve(path)))
  const place = {
    path,
    isInside: below !== '' && !below.startsWith('..'),
    device: deviceOf(dirname(path)),
  }
  const file = textOf(path)
  if ('code' in file) {
    // below a file nothing can be
    return { ...place, kind: 'unreadable', code: file.code }
  }
  const journal = textOf(journalPath(resultsDir))
  return { ...place, ...judgeProgress(file.text, ('text' in journal && journal.text) || '', settings) }
}
