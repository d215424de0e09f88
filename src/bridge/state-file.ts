import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { isJsonObject } from '../json.ts'
import { makeDirectory } from '../make-directory.ts'
import { readWhole, writeWhole } from '../whole-file.ts'
import type { Kept, State } from './convert/state.ts'
import type { Mapping } from './mapping/mapping.ts'

/** What outlasts a restart of the bridge, so that no record counts twice and no counter falls. */
export interface StateFile {
  /**
   * What was written last, for the same mapping; undefined if there is nothing, or nothing that can be used.
   *
   * @throws what the disk says
   */
  readonly read: () => State | undefined
  /** @throws what the disk says */
  readonly write: (state: State) => Promise<void>
}

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

/**
 * The file: `{version, mapping, sum, kept}`. It is used if the sum is that of `kept`, and if its counts were made by the
 * same mapping: by another one they would mean something else.
 */
const version = 1

const keptOf = ({ current, freshAtMs, ...kept }: State): Kept => kept

/** The state of the bridge in a file, replaced as a whole. */
export const openStateFile = (path: string, mapping: Mapping): StateFile => {
  const mappingSum = hash(JSON.stringify(mapping))
  let writtenSum: string | undefined
  return {
    read: () => {
      const text = readWhole(path)
      let content: unknown
      try {
        content = JSON.parse(text ?? '')
      } catch {
        return undefined
      }
      if (!isJsonObject(content) || content.version !== version || content.mapping !== mappingSum)
        return undefined
      return content.sum === hash(JSON.stringify(content.kept))
        ? (content.kept as unknown as Kept)
        : undefined
    },
    write: async (state) => {
      const kept = keptOf(state)
      const sum = hash(JSON.stringify(kept))
      if (sum === writtenSum) return
      makeDirectory(dirname(path))
      // not through a power cut: the job does not outlast that either
      await writeWhole(path, JSON.stringify({ version, mapping: mappingSum, sum, kept }), false)
      writtenSum = sum
    },
  }
}
