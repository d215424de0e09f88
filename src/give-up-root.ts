import { type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export interface User {
  readonly uid: number
  readonly gid: number
}

/** The user of distroless images that is meant for programs. */
const nonroot: User = { uid: 65_532, gid: 65_532 }

const othersMayWrite = 0o002

/**
 * Who to be instead of root: the owner of the results directory; where root owns it and others may write, nobody
 * in particular; else still root (undefined), who alone can write there.
 */
export const chooseUser = ({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): User | undefined => {
  if (uid !== 0) return { uid, gid }
  return (mode & othersMayWrite) !== 0 ? nonroot : undefined
}

/** The directory, or the nearest one above it that is there. */
const nearestStats = (path: string): Stats =>
  statSync(path, { throwIfNoEntry: false }) ?? nearestStats(dirname(resolve(path)))

/**
 * Started as root, becomes the user to whom the results belong, so that what the task leaves is theirs. Where the
 * platform took away the right to change users, it stays what it is.
 */
export const giveUpRoot = (resultsDir: string): void => {
  if (process.getuid?.() !== 0) return
  try {
    const user = chooseUser(nearestStats(resultsDir))
    if (user === undefined) return
    process.setgroups?.([user.gid])
    process.setgid?.(user.gid)
    process.setuid?.(user.uid)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // EACCES: not even root may look there; opening the progress file will say so
    if (code !== 'EPERM' && code !== 'EACCES') throw error
  }
}
