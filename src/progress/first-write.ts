import { dirname } from 'node:path'
import type { Clock } from '../clock.ts'
import { cannotWrite } from '../disk-errors.ts'
import { TaskbeatError } from '../errors.ts'
import { decodeDocument, type ProgressDocument } from './contract.ts'
import type { Disk } from './file.ts'
import { journalPath, parseJournal } from './journal.ts'
import { lockPath } from './lock.ts'
import type { ProgressState } from './plan.ts'
import { decideResumption } from './resume.ts'

/** A state as the text of a progress file. */
export const documentText = (
  taskId: string,
  { percentComplete, name, metadata }: ProgressState,
  at: Date,
): string => {
  const document: ProgressDocument = {
    taskId,
    percentComplete,
    name,
    metadata,
    lastUpdatedAt: at.toISOString(),
  }
  return `${JSON.stringify(document)}\n`
}

const inUse = (resultsDir: string, pid: number) => {
  const message = `${resultsDir} is in use by the task of process ${pid}, which still runs: end that one first, or name another results directory (NVCT_RESULTS_DIR)`
  return new TaskbeatError('IN_USE', message, { exitStatus: 73 })
}

const foreignFile = (file: string, theirs: string, ours: string) => {
  const message = `${file} belongs to task ${theirs}, but this is task ${ours}: name another results directory (NVCT_RESULTS_DIR), or move that file away`
  return new TaskbeatError('FOREIGN_TASK', message, { exitStatus: 73 })
}

/**
 * Whether a text beside the progress file is what a killed process left of a whole write: nothing, a torn document,
 * or one that is newer than the file's. Anything else is somebody's copy.
 */
export const isUnfinished = (text: string, fileText = ''): boolean => {
  const decoded = decodeDocument(text)
  if (!decoded.ok) return text === '' || text.startsWith('{')
  const current = decodeDocument(fileText)
  if (!current.ok) return false
  return Date.parse(decoded.document.lastUpdatedAt) > Date.parse(current.document.lastUpdatedAt)
}

export interface FirstWrite {
  readonly resultsDir: string
  readonly file: string
  readonly taskId: string
  readonly clock: Clock
  readonly disk: Disk
  readonly onTrouble: (message: string) => void
}

/**
 * Takes the results directory for this process, reads what is there, decides how to go on, and puts the first
 * document on the disk.
 *
 * @throws {TaskbeatError} `NOT_WRITABLE`, `IN_USE` or `FOREIGN_TASK`, all with exit status 73
 */
export const writeFirst = ({ resultsDir, file, taskId, clock, disk, onTrouble }: FirstWrite) => {
  let release = () => {}
  try {
    disk.makeDirectory(dirname(file))
    // before anything is read: what another task still writes would be out of date at once
    const claim = disk.claim(lockPath(resultsDir))
    if (claim.kind === 'held') throw inUse(resultsDir, claim.pid)
    release = claim.release
    const fileText = disk.read(file)
    const journalText = disk.read(journalPath(resultsDir)) ?? ''
    const entries = parseJournal(journalText)
    const resumption = decideResumption(fileText, entries, taskId)
    if (resumption.kind === 'foreign') throw foreignFile(file, resumption.taskId, taskId)
    if (entries.length > 0) disk.removeUnfinished(file, (text) => isUnfinished(text, fileText))
    if (resumption.kind === 'corrupt') {
      const aside = `${file}.corrupt-${clock.now().toISOString().replaceAll(/[-:.]/g, '')}`
      disk.copy(file, aside)
      onTrouble(`${file} said nothing usable: it is kept as ${aside}, and the task goes on from its journal`)
    }
    const { shown, isInFile } = resumption
    if (shown.percentComplete !== 100 || !isInFile) {
      disk.writeWholeSync(file, documentText(taskId || resumption.taskId, shown, clock.now()))
    }
    const isTorn = journalText !== '' && !journalText.endsWith('\n')
    return { resumption, entries, isTorn, release }
  } catch (error) {
    release()
    throw error instanceof TaskbeatError ? error : cannotWrite(file, error)
  }
}
