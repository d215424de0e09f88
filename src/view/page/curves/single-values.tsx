import { useComputed } from '@preact/signals'
import type { RunView } from '../looking.ts'
import type { Chart } from './charts-of.ts'
import { measureOf } from './units.ts'

/** So few need not be folded. */
const fewValues = 6

/** Metrics of a group that have a single value: there is nothing to draw. */
export const SingleValues = ({
  run,
  charts,
}: {
  readonly run: RunView
  readonly charts: readonly Chart[]
}) => {
  const values = charts.flatMap((chart) => chart.lines.map((line) => ({ chart, ...line })))
  return (
    <details class="curves-single" open={values.length <= fewValues}>
      <summary>{charts.length} with a single value</summary>
      <dl>
        {values.map(({ chart, id, label }) => (
          <div key={id} title={chart.name}>
            <dt>{label === '' ? chart.title : `${chart.title}, ${label}`}</dt>
            <dd>
              <SingleValue run={run} chart={chart} id={id} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** The one value of a series, with its unit; a counter's is what it has counted. */
export const SingleValue = ({
  run,
  chart: { name, unit },
  id,
}: {
  readonly run: RunView
  readonly chart: Pick<Chart, 'name' | 'unit'>
  readonly id: number
}) => {
  const text = useComputed(() => {
    const measure = measureOf({ name, unit })
    const last = run.overview.value.series.find((series) => series.id === id)?.last
    return `${measure.inWords(last)} ${measure.unit}`.trim()
  })
  return <>{text}</>
}
