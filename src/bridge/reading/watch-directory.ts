import { type FSWatcher, type Stats, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { codeOf } from '../../errors.ts'

/** A watch on the directory of a file. Not on the file: who replaces it by a rename gives the name to another inode. */
export interface DirectoryWatch {
  /** Begins to watch, or begins anew if another directory has that name now. Resolves to whether it is watched. */
  readonly renew: () => Promise<boolean>
  readonly close: () => void
}

export interface DirectoryWatchOptions {
  /** The file. */
  readonly path: string
  readonly onChange: () => void
  /** The directory is there and cannot be watched, for the reason given: limits of inotify, most often. */
  readonly onRefused: (code: string) => void
}

const isSame = (a: Stats | undefined, b: Stats | undefined) =>
  a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino

/** Watches the directory of a file, which need not be there yet. */
export const watchDirectory = ({ path, onChange, onRefused }: DirectoryWatchOptions): DirectoryWatch => {
  const name = basename(path)
  let watcher: FSWatcher | undefined
  let watched: Stats | undefined
  let isClosed = false

  const end = () => {
    watcher?.close()
    watcher = undefined
    watched = undefined
  }
  // Kubernetes swaps the link `..data`, through which its volumes lead to all of their files
  const concerns = (changed: string | null) =>
    changed === null || changed === name || changed.startsWith('..')

  const begin = (found: Stats) => {
    try {
      watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
        if (concerns(changed)) onChange()
      })
      watcher.on('error', end)
      watched = found
    } catch (error) {
      onRefused(codeOf(error))
    }
  }

  return {
    renew: async () => {
      const found = await stat(dirname(path)).catch(() => undefined)
      if (isClosed || isSame(found, watched)) return !isClosed
      end()
      if (found?.isDirectory()) begin(found)
      return watcher !== undefined
    },
    close: () => {
      isClosed = true
      end()
    },
  }
}
