import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { decodeDocument } from '../../progress/contract.ts'
import type { Setup } from './case.ts'
import { MAX_LINE_BYTES } from './lines.ts'
import { judgeDocuments, type SequenceEnd } from './sequence.ts'
import { type Verdict, writeVerdict } from './verdict.ts'

/** A directory of progress files, each as it stood at one time. */
export interface Recording {
  /** Name of the directory. */
  readonly id: string
  /** In the natural order of their names: `progress-9` stands before `progress-10`. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly modifiedMs: number }[]
}

/** What a recording came to. */
export interface RecordingVerdict {
  readonly verdict: Verdict
  readonly end: SequenceEnd | undefined
  /** Name of the file that ended it. */
  readonly endFile: string | undefined
}

/** Finds the files of a recording. Hidden files and all that is no regular file are left out. */
export const readRecording = async (directory: string): Promise<Recording> => {
  const inOrder = new Intl.Collator('en', { numeric: true })
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((a, b) => inOrder.compare(a, b) || (a < b ? -1 : 1))
  const files = []
  for (const name of names) {
    const path = join(directory, name)
    files.push({ name, path, modifiedMs: (await stat(path)).mtimeMs })
  }
  return { id: basename(resolve(directory)), files }
}

/**
 * Judges a recording as one sequence, each file at the time of its last modification, and writes it as a line of
 * the public form, piece by piece: no more than one file is held.
 *
 * @param setup - without a task id, the recording's first one counts
 * @param write - takes the next piece of the line, the newline included
 */
export const judgeRecording = async (
  { id, files }: Recording,
  setup: Omit<Setup, 'taskId'> & { readonly taskId: string | undefined },
  write: (piece: string) => Promise<void> | undefined,
): Promise<RecordingVerdict> => {
  const taskId = setup.taskId ?? (await findTaskId(files))
  const judge = judgeDocuments({ ...setup, taskId })
  let end: SequenceEnd | undefined
  let endFile: string | undefined

  const { mode, strategy } = setup
  const head = JSON.stringify({ id, family: 'recording', mode, strategy, taskId })
  const readAt = JSON.stringify(files.map(({ modifiedMs }) => new Date(modifiedMs).toISOString()))
  await write(`${head.slice(0, -1)},"readAt":${readAt},"documents":[`)
  for (const [index, { name, path, modifiedMs }] of files.entries()) {
    const text = await readText(path)
    await write(`${index === 0 ? '' : ','}${JSON.stringify(text)}`)
    if (end !== undefined) continue
    end = judge.next(text, Math.floor(modifiedMs))
    if (end !== undefined) endFile = name
  }
  const verdict = judge.verdict()
  await write(`],"verdict":${writeVerdict(verdict)}}\n`)
  return { verdict, end, endFile }
}

const findTaskId = async (files: Recording['files']): Promise<string> => {
  for (const { path } of files) {
    const decoded = decodeDocument(await readText(path))
    if (decoded.ok && decoded.document.taskId !== '') return decoded.document.taskId
  }
  return ''
}

// the worker reads bytes that are no UTF-8 as U+FFFD
const readText = async (path: string): Promise<string> => {
  const { size } = await stat(path)
  if (size > MAX_LINE_BYTES) throw new RangeError(`${path} is longer than ${MAX_LINE_BYTES} bytes`)
  return (await readFile(path)).toString()
}
