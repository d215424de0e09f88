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

/** The directory, or the nearest one above it that is there; undefined where not even root may or can look. */
const nearestStats = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? nearestStats(dirname(resolve(path)))
  } catch {
    // links in a circle, a working directory that was removed: opening the progress file will say so
    return undefined
  }
}

/**
 * Started as root, becomes the user to whom the results belong, so that what the task leaves is theirs. Where the
 * platform took away the right to change users, it stays what it is.
 */
export const giveUpRoot = (resultsDir: string): void => {
  if (process.getuid?.() !== 0) return
  const stats = nearestStats(resultsDir)
  const user = stats && chooseUser(stats)
  if (user === undefined) return
  try {
    process.setgroups?.([user.gid])
    process.setgid?.(user.gid)
    process.setuid?.(user.uid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}
