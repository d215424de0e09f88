import type { Overview } from '../api.ts'

/** What to call a run: as its platform does, else by its directory. */
export const nameOf = ({ label, begin }: Pick<Overview, 'label' | 'begin'>): string =>
  [begin?.taskName, label, begin?.runId].find((name) => name !== undefined && name !== '') ?? 'run'

/** The title of the tab: how far it is first, as tabs are narrow. */
export const titleOf = (overview: Overview, runs: number): string => {
  if (runs > 1) return `${runs} runs · taskbeat`
  const percent =
    overview.percent === undefined || overview.state === 'completed' ? '' : ` ${overview.percent} %`
  return `${overview.state}${percent} · ${nameOf(overview)} · taskbeat`
}
