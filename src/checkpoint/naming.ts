import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { copyNames, isValidName, versionNames } from './names.ts'
import type { Register } from './register.ts'
import { readTree } from './tree.ts'

/** What needs a name. */
export interface Unnamed {
  /** Path below the results directory. */
  readonly source: string
  readonly isDirectory: boolean
  readonly fingerprint: string
}

export interface Naming {
  /** Its own name, or that of a copy of it. */
  readonly name: string
  readonly isCopy: boolean
}

export interface Namer {
  /** Whether a source can go by its own name. */
  readonly hasOwnName: (source: string, isDirectory: boolean) => boolean
  /** The same source gets the same name, also after a restart, until it was announced under it. */
  readonly nameOf: (unnamed: Unnamed, root: string, register: Register) => Promise<Naming>
  /** Forgets the name that was set aside for a source. */
  readonly release: (source: string) => void
}

export const createNamer = (
  isPublished: (name: string) => boolean,
  isReserved: (name: string) => boolean,
): Namer => {
  const setAside = new Map<string, string>()

  const hasOwnName = (source: string, isDirectory: boolean) =>
    isDirectory && !source.includes('/') && isValidName(source)

  const isOnDisk = (path: string) =>
    lstat(path).then(
      () => true,
      () => false,
    )

  const isFree = async (name: string, source: string, root: string, register: Register) => {
    if (!isValidName(name) || isReserved(name) || isPublished(name)) return false
    if ((register.ownerOf(name)?.source ?? source) !== source) return false
    for (const [owner, taken] of setAside) if (taken === name && owner !== source) return false
    return !(await isOnDisk(join(root, name)))
  }

  /** A name that an earlier life gave, and did not come to announce; its copy may be there already. */
  const leftName = async ({ source, fingerprint }: Unnamed, root: string, register: Register) => {
    const last = register.announcedOf(source).at(-1)
    if (last === undefined || isPublished(last.name)) return undefined
    if (!last.isCopy) return last
    const copy = await readTree(join(root, last.name))
    return copy === undefined || copy.fingerprint === fingerprint ? last : undefined
  }

  const nameOf = async (unnamed: Unnamed, root: string, register: Register): Promise<Naming> => {
    const { source, isDirectory } = unnamed
    const left = await leftName(unnamed, root, register)
    if (left) return { name: left.name, isCopy: left.isCopy }
    const earlier = register.announcedOf(source)
    if (earlier.length === 0 && hasOwnName(source, isDirectory) && !isPublished(source)) {
      return { name: source, isCopy: false }
    }
    const known = setAside.get(source)
    if (known !== undefined && (await isFree(known, source, root, register)))
      return { name: known, isCopy: true }
    const [first] = earlier
    const names = first ? versionNames(first.name, earlier.length + 1) : copyNames(source)
    for (const name of names) {
      if (!(await isFree(name, source, root, register))) continue
      setAside.set(source, name)
      return { name, isCopy: true }
    }
    // the names have no end
    throw new Error(`no name is left for ${source}`)
  }

  return { hasOwnName, nameOf, release: (source) => setAside.delete(source) }
}
