import type { Overview } from '../api.ts'

/** Whether only the platform tells of a run: no `taskbeat run` is around its command, which would tell its id. */
export const isPlatformAlone = ({ begin }: Pick<Overview, 'begin'>): boolean =>
  begin?.by === 'platform' && begin.runId === undefined
