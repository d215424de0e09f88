import type { RunView } from '../looking.ts'

/** Everything of a run's series that charts are made of; from two points on these grow without this changing. */
export const seriesIdentity = ({ overview }: RunView): string =>
  overview.value.series
    .map(({ id, name, unit, kind, group, attributes, points }) =>
      JSON.stringify([id, name, unit, kind, group, attributes, points > 1]),
    )
    .join('\n')
