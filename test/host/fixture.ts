import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reading } from '../../src/host/reading.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** Texts by path, such as `proc/stat`. */
export type Files = Readonly<Record<string, string>>

export const writeFiles = async (root: string, files: Files): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

/** A directory with such files, gone after the test. */
export const fixtureRoot = async (files: Files): ReturnType<typeof temporaryDirectory> => {
  const root = await temporaryDirectory()
  await writeFiles(root.path, files)
  return root
}

/** Readings as `metric value value…: number`, to be compared at a glance. */
export const told = (readings: readonly Reading[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    readings.map(({ metric, value, attributes = {} }) => [
      [metric, ...Object.values(attributes)].join(' '),
      value,
    ]),
  )
