import type { RunView } from '../looking.ts'

/** Everything of a run's series that charts are made of; their points grow without this changing. */
export const seriesIdentity = ({ overview }: RunView): string =>
  overview.value.series
    .map(({ id, name, unit, kind, group, attributes }) =>
      JSON.stringify([id, name, unit, kind, group, attributes]),
    )
    .join('\n')
