import { dirname } from 'node:path'
import { TaskbeatError } from './errors.ts'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'

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
}

/**
 * What the operating system said when `path` could not be written, with our user and what to do.
 * Its exit status is 73.
 */
export const cannotWrite = (path: string, error: unknown): TaskbeatError => {
  const code = codeOf(error)
  const remedy = remedies[code]?.(dirname(path)) ?? 'name another results directory (NVCT_RESULTS_DIR)'
  const message = `${path} cannot be written by uid ${process.getuid?.()} (${code}): ${remedy}`
  return new TaskbeatError('NOT_WRITABLE', message, { exitStatus: 73, cause: error })
}
