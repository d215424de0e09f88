import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { TaskbeatError } from '../../errors.ts'
import type { ResultStrategy, WatchMode } from '../../progress/contract.ts'
import { signalStatus } from '../../signal-status.ts'
import type { Screen } from '../../terminal/screen.ts'
import { judgeLines } from '../judge.ts'
import { apiError } from '../worker/api-error.ts'
import { type Output, openOutput } from './output.ts'
import { judgeRecording, type RecordingVerdict, readRecording } from './recording.ts'
import { emptyTally, tallyLine, tellTally } from './tally.ts'

/** How many of the lines that cannot be judged are told on the screen. */
const MOST_TOLD = 20

/** What is to be judged, and where the verdicts go. */
export interface JudgeSession {
  /** Files of JSON lines, directories of progress files, `-` for standard input; none means standard input. */
  readonly operands: readonly string[]
  /** For directories, which do not say it: the worker that judges them. */
  readonly strategy: ResultStrategy
  readonly mode: WatchMode
  /** For directories; undefined: the id in the documents. */
  readonly taskId: string | undefined
  /** Aborted to end early; the reason is the name of a signal. */
  readonly stop: AbortSignal
  readonly stdin: () => NodeJS.ReadableStream
  readonly stdout: () => NodeJS.WritableStream
  readonly screen: Screen
}

type Source =
  | { readonly kind: 'lines'; readonly name: string; readonly open: () => Readable }
  | { readonly kind: 'recording'; readonly name: string }

/**
 * Judges all that is named, one after the other.
 *
 * @returns the exit status: 0, or 1 if a verdict differs from the one that a line came with, or a line cannot be
 *   judged
 * @throws {TaskbeatError} with status 64, before anything is judged, if an operand cannot be read
 */
export const judgeOperands = async (session: JudgeSession): Promise<number> => {
  const { operands, stop, screen } = session
  const names = operands.length === 0 ? ['-'] : operands
  const sources: Source[] = []
  for (const name of names) sources.push(await findSource(name, session))

  const output = openOutput(session.stdout())
  let status = 0
  try {
    for (const source of sources) {
      const found =
        source.kind === 'lines'
          ? await judgeSource(source, { session, output, isNamed: sources.length > 1 })
          : await judgeDirectory(source.name, session, output)
      status = Math.max(status, found)
      await output.flush()
      if (output.isClosed()) return endEarly(output, { status, screen })
    }
    return status
  } catch (error) {
    await output.flush()
    if (stop.aborted) return signalStatus(stop.reason as NodeJS.Signals)
    if (!isSystemError(error)) throw error
    screen.line(`taskbeat: ${error.message}`)
    return 1
  }
}

/** The end when nothing can be written any more: quiet if the reader had enough. */
const endEarly = (output: Output, { status, screen }: { status: number; screen: Screen }): number => {
  const failure = output.failure()
  if (failure === undefined) return status
  screen.line(`taskbeat: the verdicts cannot be written: ${failure.message}`)
  return 1
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error

const findSource = async (name: string, { stdin }: JudgeSession): Promise<Source> => {
  if (name === '-') return { kind: 'lines', name: 'standard input', open: () => stdin() as Readable }
  try {
    await access(name, constants.R_OK)
    const isDirectory = (await stat(name)).isDirectory()
    return isDirectory
      ? { kind: 'recording', name }
      : { kind: 'lines', name, open: () => createReadStream(name) }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new TaskbeatError(
      'NO_INPUT',
      `'${name}' cannot be read (${code}): name files of JSON lines, directories of progress files, or - for standard input`,
      { exitStatus: 64, cause },
    )
  }
}

const judgeSource = async (
  { name, open }: Source & { kind: 'lines' },
  { session, output, isNamed }: { session: JudgeSession; output: Output; isNamed: boolean },
): Promise<number> => {
  const { stop, screen } = session
  let tally = emptyTally
  for await (const line of judgeLines(addAbortSignal(stop, open()))) {
    tally = tallyLine(tally, line)
    if (line.kind === 'refused') {
      if (tally.refused <= MOST_TOLD) screen.line(`taskbeat: ${name}:${line.number}: ${line.error}`)
      if (tally.refused === MOST_TOLD) screen.line('taskbeat: more such lines are only counted')
    }
    const isPlaced = line.kind === 'refused' && isNamed
    const text = isPlaced ? `{"file":${JSON.stringify(name)},${line.text.slice(1)}` : line.text
    const written = output.write(`${text}\n`)
    // to wait for nothing, once a line, takes time too
    if (written !== undefined) await written
    if (output.isClosed()) return statusOf(tally)
  }
  await output.flush()
  if (!output.isClosed()) {
    for (const text of tellTally(tally)) screen.line(`taskbeat: ${isNamed ? `${name}: ` : ''}${text}`)
  }
  return statusOf(tally)
}

const statusOf = ({ refused, differing }: typeof emptyTally): number => (refused + differing > 0 ? 1 : 0)

const judgeDirectory = async (name: string, session: JudgeSession, output: Output): Promise<number> => {
  const recording = await readRecording(name)
  if (recording.files.length === 0) {
    session.screen.line(`taskbeat: ${name}: there is no progress file in this directory`)
    return 1
  }
  const result = await judgeRecording(recording, session, output.write)
  session.screen.line(`taskbeat: ${name}: ${tellRecording(result, recording.files.length)}`)
  return 0
}

/** What the platform would have said of a recording, for people. */
const tellRecording = ({ verdict, end, endFile }: RecordingVerdict, documents: number): string => {
  const last = verdict.sent.at(-1)
  const reported = last
    ? `${last.percentComplete} % '${last.name}' was reported last`
    : 'nothing was reported'
  if (end === undefined) return `RUNNING after ${documents} documents; ${reported}`
  if (end.rule === undefined || end.error === null) return `COMPLETED at ${endFile}`
  return `ERRORED at ${endFile}: ${apiError({ error: end.error, rule: end.rule })}; ${reported}`
}
