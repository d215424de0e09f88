import { SingleValue } from '../curves/single-values.tsx'
import type { RunView } from '../looking.ts'
import { ScrollFrame } from '../scroll-frame.tsx'
import type { ComparedChart } from './compared.ts'
import { RunHead } from './facts-table.tsx'

/** Metrics that have a single value in each run. */
export const SingleValuesTable = ({
  runs,
  charts,
}: {
  readonly runs: readonly RunView[]
  readonly charts: readonly ComparedChart[]
}) => (
  <details class="curves-single">
    <summary>{charts.length} with a single value</summary>
    <ScrollFrame class="compare-scroll" name="Metrics with a single value">
      <table class="compare-table">
        <caption class="visually-hidden">Metrics with a single value</caption>
        <RunHead runs={runs} first="Metric" />
        <tbody>
          {charts.map((chart) => (
            <tr key={chart.key}>
              <th scope="row">{chart.title}</th>
              {runs.map((run, place) => {
                const member = chart.members.find((one) => one.run === place)
                return (
                  <td key={run.index}>
                    {member ? <SingleValue run={run} chart={chart} id={member.id} /> : '–'}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  </details>
)
