import type { LogbookDisk } from '../../src/logbook/disk.ts'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { parseSegmentName } from '../../src/logbook/segments.ts'

/** A disk in memory that knows how full it has ever been. */
export const memoryDisk = (files: Map<string, string> = new Map()) => {
  let bytes = [...files.values()].reduce((sum, one) => sum + Buffer.byteLength(one), 0)
  let mostBytes = bytes
  /** What the next calls answer with; 'full' of what is written a half arrives. */
  let fault: 'full' | 'gone' | undefined
  const remove = (name: string) => {
    bytes -= Buffer.byteLength(files.get(name) ?? '')
    files.delete(name)
  }
  const set = (name: string, text: string) => {
    remove(name)
    files.set(name, text)
    bytes += Buffer.byteLength(text)
    mostBytes = Math.max(mostBytes, bytes)
  }
  const check = () => {
    if (fault === 'gone') throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
  }
  const disk: LogbookDisk = {
    list: async () => {
      check()
      return [...files].map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) }))
    },
    create: async (name) => {
      check()
      if (files.has(name)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' })
      set(name, '')
      return {
        append: async (text) => {
          check()
          const whole = files.get(name) ?? ''
          if (fault === 'full') {
            set(name, whole + text.slice(0, text.length / 2))
            throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
          }
          set(name, whole + text)
        },
        close: async () => {},
      }
    },
    read: async (name) => files.get(name) ?? '',
    write: async (name, text) => set(name, text),
    rename: async (from, to) => {
      const text = files.get(from) ?? ''
      remove(from)
      set(to, text)
    },
    remove: async (name) => remove(name),
  }
  return {
    disk,
    files,
    mostBytes: () => mostBytes,
    fail: (how: typeof fault) => {
      fault = how
    },
  }
}

/** The entries of all files, family by family, in the order of their numbers; a last line that is torn is left out. */
export const entriesIn = (files: ReadonlyMap<string, string>): readonly LogbookEntry[] =>
  [...files]
    .filter(([name]) => parseSegmentName(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, text]) => text.split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as LogbookEntry)
