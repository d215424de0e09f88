import { lstat, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { findMatches } from './find-matches.ts'
import type { MarkerState } from './gate.ts'
import { checkInnerGlob, compileGlob } from './glob.ts'

/** How to see that a checkpoint is complete. */
export type Marker =
  | {
      /** Any of these files in the checkpoint. */
      readonly kind: 'inside'
      readonly patterns: readonly string[]
      /** Nothing is written after it, and it is whole when it appears. */
      readonly isFinal: boolean
    }
  | { readonly kind: 'deepspeed' }

/**
 * What the libraries do, by their source:
 *
 * - Hugging Face transformers 5.23, `Trainer._save_checkpoint`: model, optimizer, scheduler, random states, then
 *   `trainer_state.json`, written in place by rank 0 while other ranks may still write their random states.
 * - Lightning 2.6: sharded strategies write `meta.pt` after the shards, in place; DeepSpeed's strategy saves the tag
 *   `checkpoint` into the directory. A checkpoint that is one file has no marker: fsspec moves it from the temporary
 *   directory, which is a copy where that is another file system.
 * - PyTorch, `torch.distributed.checkpoint`, `FileSystemWriter.finish`: the coordinator writes `.metadata.tmp` when all
 *   ranks have written, and renames it to `.metadata`.
 * - DeepSpeed 0.19, `DeepSpeedEngine.save_checkpoint`: rank 0 writes the tag into `latest` beside the tag's directory
 *   when it has written its part, before the ranks wait for each other.
 */
const presets: Readonly<Record<string, Marker>> = {
  huggingface: { kind: 'inside', patterns: ['trainer_state.json'], isFinal: false },
  lightning: { kind: 'inside', patterns: ['meta.pt', 'latest'], isFinal: false },
  dcp: { kind: 'inside', patterns: ['.metadata'], isFinal: true },
  deepspeed: { kind: 'deepspeed' },
}

/** Why a marker cannot be used, as a sentence for people; undefined if it can. */
export const checkMarker = (marker: string): string | undefined =>
  Object.hasOwn(presets, marker) ? undefined : checkInnerGlob(marker)

/** Understands a preset, or a path or pattern inside of the checkpoint, that was found usable. */
export const parseMarker = (marker: string): Marker => {
  const preset = Object.hasOwn(presets, marker) ? presets[marker] : undefined
  return preset ?? { kind: 'inside', patterns: [marker], isFinal: false }
}

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

const hasInside = async (directory: string, pattern: string): Promise<boolean> => {
  if (!/[*?[{]/.test(pattern)) return isThere(join(directory, pattern))
  const found = await findMatches({ root: directory, globs: compileGlob(pattern), isExcluded: () => false })
  return found.matches.some(({ isTemporary }) => !isTemporary)
}

/** No tag of DeepSpeed's is longer. */
const longestTagBytes = 4_096

const readTag = async (path: string): Promise<{ tag: string; writtenMs: number } | undefined> => {
  try {
    const stats = await stat(path)
    if (!stats.isFile() || stats.size > longestTagBytes) return undefined
    return { tag: (await readFile(path, 'utf8')).trim(), writtenMs: stats.mtimeMs }
  } catch {
    return undefined
  }
}

const readDeepSpeed = async (path: string, changedMs: number): Promise<MarkerState> => {
  const beside = await readTag(join(dirname(path), 'latest'))
  if (beside?.tag === basename(path)) return 'present'
  const inside = await readTag(join(path, 'latest'))
  if (inside && inside.tag !== '' && (await isThere(join(path, inside.tag)))) return 'present'
  // both times are of one file system
  return beside && beside.writtenMs > changedMs ? 'passed' : 'missing'
}

/** Reads what the marker says of the checkpoint at `path`, whose files last changed at `changedMs`. */
export const readMarker = async (
  marker: Marker | undefined,
  { path, isDirectory, changedMs }: { path: string; isDirectory: boolean; changedMs: number },
): Promise<MarkerState> => {
  if (marker === undefined || !isDirectory) return 'none'
  if (marker.kind === 'deepspeed') return readDeepSpeed(path, changedMs)
  for (const pattern of marker.patterns) {
    if (await hasInside(path, pattern)) return marker.isFinal ? 'final' : 'present'
  }
  return 'missing'
}
