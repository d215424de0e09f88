import { link, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { codeOf } from '../errors.ts'
import { leadsOut } from './find-matches.ts'
import { saveCheckpoint } from './staging.ts'
import { readTree } from './tree.ts'

/** Makes a second name for a file, as `fs.promises.link` does. */
export type Link = (existing: string, added: string) => Promise<void>

export interface LinkCopy {
  readonly resultsDir: string
  /** What is copied: a directory, or a file, of which the copy is a directory that holds it. */
  readonly path: string
  readonly isDirectory: boolean
  /** Of the copy, under the results directory. */
  readonly name: string
  /** How it looks, so that no copy is made of what changes meanwhile. */
  readonly fingerprint: string
  /** Runs when the copy is whole, before it has its name. */
  readonly beforeNamed: () => Promise<void>
  readonly link?: Link
}

/**
 * What became of it. `changed`: it is no longer what it was. `taken`: something has the name. `outside`: a link in it
 * leads out of it. `no-links`: the file system makes no hard links there. `failed`: the disk refused.
 */
export type Copied =
  | { readonly kind: 'made' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'outside'; readonly link: string }
  | { readonly kind: 'no-links'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string }

/** Thrown inside of the staging, so that it leaves nothing behind. */
class Refusal extends Error {
  readonly copied: Copied
  constructor(copied: Copied) {
    super(copied.kind)
    this.copied = copied
  }
}

const noLinks = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])
const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])
const taken = new Set(['EEXIST', 'ENOTEMPTY'])

const linkFile = async (from: string, to: string, make: Link) => {
  try {
    await make(from, to)
  } catch (error) {
    const code = codeOf(error)
    throw noLinks.has(code) ? new Refusal({ kind: 'no-links', code }) : error
  }
}

/** A link that points inside of the tree keeps doing so in the copy. */
const copySymlink = async (root: string, path: string, to: string) => {
  const text = await readlink(join(root, path))
  const target = await realpath(join(root, path)).catch(() => undefined)
  const inside = target === undefined ? text : relative(await realpath(root), target)
  if (target === undefined || leadsOut(inside)) throw new Refusal({ kind: 'outside', link: path })
  await symlink(text.startsWith('/') ? relative(dirname(path), inside) : text, to)
}

const linkTree = async (root: string, to: string, make: Link, directory = ''): Promise<void> => {
  for (const entry of await readdir(join(root, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      await mkdir(join(to, path))
      await linkTree(root, to, make, path)
    } else if (entry.isSymbolicLink()) {
      await copySymlink(root, path, join(to, path))
    } else if (entry.isFile()) {
      await linkFile(join(root, path), join(to, path), make)
    }
  }
}

/**
 * Gives a checkpoint a second name directly under the results directory, at no cost of space: its files are linked.
 * The copy is absent or complete, as it is staged and renamed.
 *
 * It shares its files with the source: one that is replaced or removed there stays here, one that is written over in
 * place changes here too.
 */
export const linkCopy = async ({
  resultsDir,
  path,
  isDirectory,
  name,
  fingerprint,
  beforeNamed,
  link: make = link,
}: LinkCopy): Promise<Copied> => {
  const fill = async (staged: string) => {
    if (isDirectory) await linkTree(path, staged, make)
    else await linkFile(path, join(staged, basename(path)), make)
    const copy = await readTree(staged)
    if (copy?.fingerprint !== fingerprint) throw new Refusal({ kind: 'changed' })
    await beforeNamed()
  }
  try {
    await saveCheckpoint({ resultsDir, name, fill })
    return { kind: 'made' }
  } catch (error) {
    if (error instanceof Refusal) return error.copied
    const code = codeOf(error)
    if (gone.has(code)) return { kind: 'changed' }
    return taken.has(code) ? { kind: 'taken' } : { kind: 'failed', code }
  }
}
