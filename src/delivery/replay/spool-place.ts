import { statSync } from 'node:fs'
import { join } from 'node:path'
import { TaskbeatError } from '../../errors.ts'

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * The directory of the spool that people mean: the one that they name, or the one in the results directory that they
 * name; without any, the default.
 *
 * @throws {TaskbeatError} `USAGE` (exit status 64) if what they name is no directory
 */
export const spoolPlace = (operands: readonly string[], defaultDir: string): string => {
  const [operand, ...others] = operands
  if (operand === undefined) return defaultDir
  const wrongUse = (message: string) => new TaskbeatError('USAGE', message, { exitStatus: 64 })
  if (others.length > 0) throw wrongUse(`replay takes one directory at a time, not ${operands.length}`)
  if (!isDirectory(operand)) {
    throw wrongUse(`'${operand}' is no directory; name a results directory, or a spool (TASKBEAT_SPOOL_DIR)`)
  }
  const within = join(operand, '.taskbeat')
  return isDirectory(within) ? join(within, 'spool') : operand
}
