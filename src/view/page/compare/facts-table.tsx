import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Curve, Overview } from '../../api.ts'
import { Swatch } from '../curves/legend.tsx'
import { measureOf, numberInWords } from '../curves/units.ts'
import { useAsked } from '../curves/use-asked.ts'
import type { RunView } from '../looking.ts'
import { countInWords, durationInWords, sizeInWords } from '../words.ts'
import { checkpointSums } from './checkpoints.ts'
import { beginOf } from './compared.ts'
import { bestAndLast, meanOverTime } from './means.ts'
import { seriesToTell } from './told-series.ts'

/** Enough to find the least value, which is never left out, and a mean. */
const askedWidth = 400

interface Row {
  readonly name: string
  readonly cell: (run: RunView) => ComponentChildren
}

const orDash = (value: number | undefined, inWords: (value: number) => string): string =>
  value === undefined ? '–' : inWords(value)

const useCurve = (run: RunView, find: (overview: Overview) => { readonly id: number } | undefined) => {
  const id = useComputed(() => find(run.overview.value)?.id)
  const news = useComputed(() => run.overview.value.series.find((series) => series.id === id.value)?.points)
  return useAsked<number, Curve | undefined>({
    question: id,
    news,
    isSeen: () => true,
    ask: async (series) => (await run.data.curves({ series: [series], width: askedWidth }))[0],
  }).answer
}

const Loss = ({ run, which }: { readonly run: RunView; readonly which: 'best' | 'last' }) => {
  const curve = useCurve(run, ({ series }) => seriesToTell(series, 'loss'))
  return <>{curve.value ? orDash(bestAndLast(curve.value)[which], numberInWords) : '–'}</>
}

const Throughput = ({ run }: { readonly run: RunView }) => {
  const curve = useCurve(run, ({ series }) => seriesToTell(series, 'throughput'))
  const series = seriesToTell(run.overview.value.series, 'throughput')
  if (!curve.value || !series) return <>–</>
  const { inWords, unit } = measureOf(series)
  return <>{orDash(meanOverTime(curve.value), (mean) => `${inWords(mean)} ${unit}`.trim())}</>
}

const checkpointsInWords = (overview: Overview): string => {
  const { count, sizeBytes, meanMs, longestMs } = checkpointSums(overview)
  if (count === 0) return overview.checkpointCount === 0 ? 'none' : countInWords(overview.checkpointCount)
  const durations =
    meanMs === undefined || longestMs === undefined
      ? ''
      : `, ${durationInWords(meanMs)} on average, ${durationInWords(longestMs)} at most`
  return `${countInWords(count)}, ${sizeInWords(sizeBytes)}${durations}`
}

const told = (read: (overview: Overview) => ComponentChildren): Row['cell'] => {
  const Told = ({ run }: { readonly run: RunView }) => <>{useComputed(() => read(run.overview.value))}</>
  return (run) => <Told run={run} />
}

const rows: readonly Row[] = [
  { name: 'State', cell: told(({ state }) => state) },
  { name: 'Verdict', cell: told(({ sentence }) => sentence) },
  {
    name: 'Duration',
    cell: told((overview) => durationInWords(overview.range.toMs - beginOf(overview))),
  },
  { name: 'Percent', cell: told(({ percent }) => orDash(percent, (value) => `${value} %`)) },
  { name: 'Step', cell: told(({ step }) => orDash(step, countInWords)) },
  { name: 'Best loss', cell: (run) => <Loss run={run} which="best" /> },
  { name: 'Last loss', cell: (run) => <Loss run={run} which="last" /> },
  { name: 'Mean throughput', cell: (run) => <Throughput run={run} /> },
  { name: 'Checkpoints', cell: told(checkpointsInWords) },
]

/** What became of each run. */
export const FactsTable = ({ runs }: { readonly runs: readonly RunView[] }) => (
  <table class="compare-table">
    <caption class="visually-hidden">The runs side by side</caption>
    <RunHead runs={runs} first="Run" />
    <tbody>
      {rows.map(({ name, cell }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {runs.map((run) => (
            <td key={run.index}>{cell(run)}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)

/** The head of a table with a column for each run. */
export const RunHead = ({ runs, first }: { readonly runs: readonly RunView[]; readonly first: string }) => (
  <thead>
    <tr>
      <th scope="col">{first}</th>
      {runs.map((run, style) => (
        <th scope="col" key={run.index}>
          <Swatch style={style} /> {run.overview.peek().label}
        </th>
      ))}
    </tr>
  </thead>
)
