import { createHash, randomBytes } from 'node:crypto'
import { identify, isSameProcess, type ProcessIdentity } from '../../processes/identity.ts'

/**
 * The names of directories in a spool. A name is all that has to be known of an owner, so that taking over is one
 * rename, and never two steps between which something may happen:
 *
 * - `<pid>-<start>-<place>-<random>`: of a process; `start` in clock ticks since boot, `place` a hash of boot and pid
 *   namespace. A process that does not know its own, without /proc, has 0 for both.
 * - `closed-<random>`: left behind by a process that ended in order; it belongs to who comes first.
 *
 * The random part, 64 bits, is because a process may have several.
 */
const ownedForm = /^(?<pid>[1-9]\d{0,9})-(?<startTime>\d{1,20})-(?<place>[0-9a-f]{12})-[0-9a-f]{16}$/
const closedForm = /^closed-[0-9a-f]{16}$/

const unknownPlace = '0'.repeat(12)

const placeOf = ({ bootId, pidNamespace }: ProcessIdentity) =>
  createHash('sha256').update(`${bootId} ${pidNamespace}`).digest('hex').slice(0, unknownPlace.length)

const randomPart = () => randomBytes(8).toString('hex')

/** A name, never used before, for a directory of the process `self`. */
export const makeOwnedName = (self = identify('self')): string =>
  self
    ? `${self.pid}-${self.startTime}-${placeOf(self)}-${randomPart()}`
    : `${process.pid}-0-${unknownPlace}-${randomPart()}`

/** A name, never used before, for a directory that its owner leaves. */
export const makeClosedName = (): string => `closed-${randomPart()}`

/** What a name of a directory tells of its owner. */
export type Owner =
  /** It lives, or is this process. */
  | 'living'
  /** It is gone. */
  | 'gone'
  /** It is of another container or machine, or of a system without /proc: nobody here can tell. */
  | 'elsewhere'
  /** It is no name of ours. */
  | 'none'

/** What can be said of the owner of a directory, by its name and by what lives now. */
export const judgeOwner = (
  name: string,
  self: ProcessIdentity | undefined,
  isAlive: (identity: ProcessIdentity) => boolean = isSameProcess,
): Owner => {
  if (closedForm.test(name)) return 'gone'
  const { pid, startTime, place } = ownedForm.exec(name)?.groups ?? {}
  if (pid === undefined || startTime === undefined) return 'none'
  if (self === undefined || place !== placeOf(self)) return 'elsewhere'
  return isAlive({ ...self, pid: Number(pid), startTime }) ? 'living' : 'gone'
}
