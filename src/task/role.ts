import type { Settings } from '../settings.ts'

/** Which of several processes of one task this is. */
export interface Role {
  /** Undefined for a task with one process. */
  readonly rank: number | undefined
  /** One alone may write the progress file, and announce checkpoints. */
  readonly writesProgress: boolean
  /** Whether another taskbeat around this one reads what the command tells of itself. */
  readonly isNested: boolean
}

type RankSettings = Pick<Settings, 'rank' | 'ompiRank' | 'slurmRank' | 'localRank' | 'outerEvents'>

/** Rank 0 writes, unless there is a taskbeat around it; the launcher that is closest to the process knows its rank. */
export const roleOf = ({ rank, ompiRank, slurmRank, localRank, outerEvents }: RankSettings): Role => {
  const own = rank ?? ompiRank ?? slurmRank ?? localRank
  const isNested = outerEvents !== undefined
  return { rank: own, writesProgress: !isNested && (own ?? 0) === 0, isNested }
}
