/**
 * What a tree of processes has used since it began, although they come and go.
 *
 * When a process ends and is waited for, the kernel adds what it used to what it says of the parent's children. So the
 * use of a tree is the growth of all processes, without what has only moved from a child that ended to its parent. That
 * keeps also the use of processes that were never seen. What a process uses last is lost if nobody of the tree waits for
 * it: one whose parent has ended before, or one whose parent ignores SIGCHLD.
 *
 * @see times(2), wait(2)
 */

export interface Amounts {
  readonly user: number
  readonly system: number
  readonly read: number
  readonly written: number
}

/** What is known of a process at one moment. */
export interface Used {
  readonly parentPid: number
  readonly startTime: string
  /** Of the process alone. */
  readonly own: Amounts
  /** Of those that it has waited for, or of both together where the kernel does not tell them apart. */
  readonly inherited: Amounts
  /** It is none of the tree: what it uses does not count, nor that its parent inherits it. @default false */
  readonly isForeign?: boolean
}

/** What was counted by the last time. */
export interface Totals {
  readonly amounts: Amounts
  /** By pid. */
  readonly used: ReadonlyMap<number, Used>
  /**
   * By pid: what ended children of a process had used, of which it has not said yet that it inherited it. It may have
   * been looked at before it waited for them: the next look settles that.
   */
  readonly due: ReadonlyMap<number, Amounts>
}

export const none: Amounts = { user: 0, system: 0, read: 0, written: 0 }

const combine = (combineTwo: (a: number, b: number) => number, a: Amounts, b: Amounts): Amounts => ({
  user: combineTwo(a.user, b.user),
  system: combineTwo(a.system, b.system),
  read: combineTwo(a.read, b.read),
  written: combineTwo(a.written, b.written),
})
export const add = (a: Amounts, b: Amounts): Amounts => combine((x, y) => x + y, a, b)
/** What is left of `a`, at least nothing. */
const without = (a: Amounts, b: Amounts): Amounts => combine((x, y) => Math.max(0, x - y), a, b)

export const wholeOf = ({ own, inherited }: Used): Amounts => add(own, inherited)

/** Counting begins with what the processes have used before. */
export const startTotals = (): Totals => ({ amounts: none, used: new Map(), due: new Map() })

/** What processes that have ended leave to the nearest living one above them, by its pid. */
const legacies = (before: Totals, now: ReadonlyMap<number, Used>): ReadonlyMap<number, Amounts> => {
  const isLiving = (pid: number, { startTime }: Used) => now.get(pid)?.startTime === startTime
  const left = new Map<number, Amounts>()
  for (const [pid, used] of before.used) {
    if (isLiving(pid, used)) continue
    let heir = used.parentPid
    // a chain of parents that was read while pids were given anew may be a circle
    for (let steps = 0; steps < before.used.size && !now.has(heir); steps += 1) {
      heir = before.used.get(heir)?.parentPid ?? 0
    }
    if (now.has(heir)) {
      const legacy = add(wholeOf(used), before.due.get(pid) ?? none)
      left.set(heir, add(left.get(heir) ?? none, legacy))
    }
  }
  return left
}

/**
 * Goes on counting with what is known now, in which a process that is not there has ended. Amounts never fall.
 *
 * @param stale - pids of those that were not looked at anew. Whoever was must have been before it was seen which of its
 * children have ended, or what they leave would count twice.
 */
export const countOn = (
  before: Totals,
  now: ReadonlyMap<number, Used>,
  stale: ReadonlySet<number> = new Set(),
): Totals => {
  const left = legacies(before, now)
  let amounts = before.amounts
  const due = new Map<number, Amounts>()
  for (const [pid, used] of now) {
    const known = before.used.get(pid)
    const last = known?.startTime === used.startTime ? known : undefined
    const inherited = without(used.inherited, last?.inherited ?? none)
    const old = before.due.get(pid) ?? none
    const fresh = left.get(pid) ?? none
    if (stale.has(pid)) {
      if (left.has(pid) || before.due.has(pid)) due.set(pid, add(old, fresh))
      continue
    }
    const beyondOld = without(inherited, old)
    const growth = add(without(used.own, last?.own ?? none), without(beyondOld, fresh))
    if (!used.isForeign) amounts = add(amounts, growth)
    if (left.has(pid)) due.set(pid, without(fresh, beyondOld))
  }
  return { amounts, used: now, due }
}
