import { type Dirent, type Stats, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { TaskbeatError } from '../../errors.ts'
import type { Family } from '../../logbook/entry.ts'
import { parseSegmentName } from '../../logbook/segments.ts'
import { type Signal, signals } from '../../otlp/signals.ts'

/** A file of a run. */
export interface RunFile {
  readonly path: string
  /** The logbook that it is of, as the store tells them apart; of telemetry another name. */
  readonly book: string
  readonly holds: Family | Signal
  readonly isTelemetry: boolean
  readonly inode: number
  readonly sizeBytes: number
}

/** Where a logbook lies in a results directory, and in what an emulation has left. */
const logbooks = ['.taskbeat/logbook', 'logbook', 'task/results/.taskbeat/logbook'] as const
const telemetry = 'telemetry'

const namesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { withFileTypes: true }).catch((): readonly Dirent[] => []))
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort()

const found = async (
  path: string,
  file: Pick<RunFile, 'book' | 'holds' | 'isTelemetry'>,
): Promise<readonly RunFile[]> => {
  const stats: Stats | undefined = await stat(path).catch(() => undefined)
  return stats?.isFile() ? [{ ...file, path, inode: stats.ino, sizeBytes: stats.size }] : []
}

/** All files of a run that are there now, those of a family in the order of their lines. */
export const listFiles = async (directory: string): Promise<readonly RunFile[]> => {
  const ofLogbooks = logbooks.map(async (book) => {
    const names = await namesIn(join(directory, book))
    const files = names.map((name) => {
      const segment = parseSegmentName(name)
      const path = join(directory, book, name)
      return segment ? found(path, { book, holds: segment.family, isTelemetry: false }) : []
    })
    return (await Promise.all(files)).flat()
  })
  const ofTelemetry = signals.map((signal) =>
    found(join(directory, telemetry, `${signal}.jsonl`), {
      book: telemetry,
      holds: signal,
      isTelemetry: true,
    }),
  )
  return (await Promise.all([...ofLogbooks, ...ofTelemetry])).flat()
}

const isDirectory = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    // whoever may not look there sees none
    return false
  }
}

/** @throws {TaskbeatError} `USAGE` (64) if there is no logbook in it */
export const checkDirectory = (directory: string): void => {
  if (logbooks.some((place) => isDirectory(join(directory, place)))) return
  const why = isDirectory(directory) ? 'holds no logbook' : 'is no directory'
  throw new TaskbeatError(
    'USAGE',
    `'${directory}' ${why}: name the results directory of 'taskbeat run', or what 'taskbeat emulate --keep DIR' left`,
    { exitStatus: 64 },
  )
}

/** What to call directories: their names, with as many of those above as tell them apart. */
export const labelsOf = (directories: readonly string[]): readonly string[] => {
  const parts = directories.map((directory) => resolve(directory).split('/').filter(Boolean))
  const labels = (depth: number) =>
    parts.map((path, index) => path.slice(-depth).join('/') || basename(directories[index] ?? '') || '/')
  const longest = Math.max(1, ...parts.map(({ length }) => length))
  for (let depth = 1; depth < longest; depth += 1) {
    const tried = labels(depth)
    if (new Set(tried).size === tried.length) return tried
  }
  const whole = labels(longest)
  // one that is named twice
  return whole.map((label, index) => {
    const before = whole.slice(0, index).filter((other) => other === label).length
    return before === 0 ? label : `${label} (${before + 1})`
  })
}
