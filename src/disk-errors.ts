import { dirname } from 'node:path'
import { codeOf, TaskbeatError } from './errors.ts'
import { isTemporaryOf } from './whole-file.ts'

const needsRight = (directory: string) =>
  `give that user the right to write in ${directory}, or run as its owner (docker run --user)`
const needsSpace = (directory: string) => `free space in ${directory}`

const remedies: Readonly<Record<string, (directory: string) => string>> = {
  EACCES: needsRight,
  EPERM: needsRight,
  EROFS: (directory) => `mount ${directory} writable`,
  ENOSPC: needsSpace,
  EDQUOT: needsSpace,
  EFBIG: (directory) => `raise the limit on file sizes for ${directory} (ulimit -f)`,
  ENOTDIR: () => 'a part of that path is a file; name a directory',
  EEXIST: () => 'a part of that path is a file; name a directory',
  EISDIR: () => 'a directory has that name; remove it, or name another file',
  ENOTREG: () => 'it is no regular file but a pipe, a device or a socket; remove it, or name another file',
  ELOOP: () => 'links on that path lead in a circle; name another directory',
}

/** The path that the error is about: of what was done for `path`, something else may have failed. */
const culpritOf = (path: string, error: unknown): string => {
  const { path: own, dest } = (error ?? {}) as { path?: unknown; dest?: unknown }
  const culprit = dest ?? own
  return typeof culprit === 'string' && !isTemporaryOf(path, culprit) ? culprit : path
}

/**
 * What the operating system said when `path` could not be written, with the path that it meant, our user and what
 * to do. Its exit status is 73.
 *
 * @param otherRemedy - in place of what is right for results
 */
export const cannotWrite = (path: string, error: unknown, otherRemedy?: string): TaskbeatError => {
  const code = codeOf(error)
  const culprit = culpritOf(path, error)
  const remedy =
    otherRemedy ?? remedies[code]?.(dirname(culprit)) ?? 'name another results directory (NVCT_RESULTS_DIR)'
  const message = `${culprit} cannot be written by uid ${process.getuid?.()} (${code}): ${remedy}`
  return new TaskbeatError('NOT_WRITABLE', message, { exitStatus: 73, cause: error })
}
