import { open, opendir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { saveCheckpoint } from '../checkpoint/staging.ts'
import type { Clock } from '../clock.ts'
import type { WrittenFile } from '../workload-events.ts'

/** Name of the i-th result's directory, from 0: the sample's. */
export const resultName = (index: number) => `output_result_${index}`
const fileName = (index: number) => `sample_file_${index}.txt`

const blockBytes = 4_096
const blocksAtOnce = 256

export interface ResultOptions {
  readonly resultsDir: string
  /** From 0. */
  readonly index: number
  readonly sizeBytes: number
  readonly clock: Clock
  /** Ends the writing: it then rejects with the reason. */
  readonly stop: AbortSignal
}

/** A file of zeros, as the sample writes it: whole blocks of 4,096 bytes, then the remainder. */
const writeZeros = async (path: string, { sizeBytes, stop }: ResultOptions) => {
  await using file = await open(path, 'wx')
  const zeros = Buffer.alloc(blockBytes * blocksAtOnce)
  for (let written = 0; written < sizeBytes; ) {
    stop.throwIfAborted()
    const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, sizeBytes - written))
    written += bytesWritten
  }
}

/** Writes the i-th result, whole; resolves to its size and its file. */
export const writeResult = async (options: ResultOptions) => {
  const { resultsDir, index, sizeBytes, clock } = options
  const name = resultName(index)
  const startedAt = clock.now()
  let endedAt = startedAt
  const saved = await saveCheckpoint({
    resultsDir,
    name,
    fill: async (directory) => {
      await writeZeros(join(directory, fileName(index)), options)
      endedAt = clock.now()
    },
  })
  const file: WrittenFile = {
    path: join(resultsDir, name, fileName(index)),
    sizeBytes,
    blockBytes,
    startedAt,
    endedAt,
  }
  return { sizeBytes: saved.sizeBytes, files: [file] }
}

/**
 * What is there of the i-th result. `partial`: a directory without a file of that size, as another program leaves
 * it that does not write in one piece.
 */
export const findResult = async (
  resultsDir: string,
  index: number,
  sizeBytes: number,
): Promise<'absent' | 'partial' | 'complete'> => {
  const directory = join(resultsDir, resultName(index))
  if ((await stat(directory).catch(() => undefined)) === undefined) return 'absent'
  const file = await stat(join(directory, fileName(index))).catch(() => undefined)
  return file?.isFile() && file.size >= sizeBytes ? 'complete' : 'partial'
}

/** Makes room for the i-th result without losing what is there; resolves to where that is now. */
export const setAside = async (resultsDir: string, index: number, now: Date): Promise<string> => {
  const directory = join(resultsDir, resultName(index))
  const aside = `${directory}.partial-${now.toISOString().replaceAll(/[-:.]/g, '')}`
  await rename(directory, aside)
  return aside
}

const mostNames = 1_000

/**
 * Names of the files below the directories, at most 1,000, and no more is read than that takes; a directory that
 * cannot be read has no further ones.
 */
export const listInputFiles = async (
  directories: readonly string[],
  openDirectory: typeof opendir = opendir,
): Promise<readonly string[]> => {
  const names: string[] = []
  for (const directory of directories) {
    try {
      for await (const entry of await openDirectory(directory, { recursive: true })) {
        if (names.length === mostNames) return names
        if (entry.isFile()) names.push(entry.name)
      }
    } catch {
      // not there, as a rule: it has none
    }
  }
  return names
}
