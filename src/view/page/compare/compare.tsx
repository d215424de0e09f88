import 'uplot/dist/uPlot.min.css'
import '../curves/curves.css'
import './compare.css'
import { signal, useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { ShownCheckpoint } from '../../api.ts'
import { ChartGroup } from '../curves/chart-group.tsx'
import { groups } from '../curves/charts-of.ts'
import { SmoothingControl, Switch } from '../curves/controls.tsx'
import { drawableIds, parted } from '../curves/drawable.ts'
import { seriesIdentity } from '../curves/series-identity.ts'
import type { RunView } from '../looking.ts'
import { ScrollFrame } from '../scroll-frame.tsx'
import { countInWords, durationInWords, sizeInWords } from '../words.ts'
import { checkpointRows, durationOf } from './checkpoints.ts'
import { CompareChart, type Looking } from './compare-chart.tsx'
import { beginOf, type ComparedChart, compare } from './compared.ts'
import { DifferencesTable } from './differences-table.tsx'
import { FactsTable, RunHead } from './facts-table.tsx'
import { SingleValuesTable } from './single-values-table.tsx'

/** More rows than these are not shown. */
const mostRows = 200

const createLooking = (runs: readonly RunView[]): Looking => ({
  over: signal(runs.every(({ overview }) => overview.peek().step !== undefined) ? 'step' : 'time'),
  selected: { time: signal(undefined), step: signal(undefined) },
  cursors: { time: signal(undefined), step: signal(undefined) },
  isLog: signal(false),
  smoothing: signal(0),
  hidden: signal(new Set()),
})

/** Several runs over each other: what became of them, their curves, their checkpoints, how they were set up. */
export const Compare = ({ runs }: { readonly runs: readonly RunView[] }) => {
  const looking = useMemo(() => createLooking(runs), [runs])
  const identity = useComputed(() => runs.map(seriesIdentity).join('\n\n'))
  // the identity says when the series are others
  const { drawn, single, lonely } = useMemo(() => {
    const series = runs.map(({ overview }) => overview.peek().series)
    const drawable = series.map(drawableIds)
    const { charts, lonely } = compare(series)
    const isDrawable = ({ members }: ComparedChart) =>
      members.some(({ run, id }) => drawable[run]?.has(id) === true)
    return { ...parted(charts, isDrawable), lonely }
  }, [runs, identity.value])
  return (
    <div class="compare">
      <ScrollFrame class="compare-scroll" name="The runs side by side">
        <FactsTable runs={runs} />
      </ScrollFrame>
      <ComparedCurves {...{ runs, looking, single, lonely }} charts={drawn} />
      <h3>Checkpoints</h3>
      <Checkpoints runs={runs} />
      <h3>Differences in configuration</h3>
      <DifferencesTable runs={runs} />
    </div>
  )
}

const ComparedCurves = ({
  runs,
  looking,
  charts,
  single,
  lonely,
}: {
  readonly runs: readonly RunView[]
  readonly looking: Looking
  readonly charts: readonly ComparedChart[]
  /** Those of which no run has more than one value. */
  readonly single: readonly ComparedChart[]
  readonly lonely: readonly string[]
}) => {
  const isNarrowed = useComputed(
    () => looking.selected.time.value !== undefined || looking.selected.step.value !== undefined,
  )
  const showAll = () => {
    looking.selected.time.value = undefined
    looking.selected.step.value = undefined
  }
  return (
    <>
      {charts.length + single.length === 0 && <p class="curves-empty">The runs have no metric in common.</p>}
      {groups.map((group) => {
        const members = charts.filter((chart) => chart.group === group)
        if (members.length === 0) return null
        return (
          <ChartGroup key={group} group={group} count={members.length} opens={group === 'training'}>
            {group === 'training' && (
              <div class="curves-controls">
                <Switch label="Logarithmic" value={looking.isLog} />
                <SmoothingControl value={looking.smoothing} />
                <label>
                  Over
                  <select
                    value={looking.over.value}
                    onChange={({ currentTarget }) => {
                      looking.over.value = currentTarget.value === 'step' ? 'step' : 'time'
                    }}
                  >
                    <option value="time">time since the begin</option>
                    <option value="step">step</option>
                  </select>
                </label>
                {isNarrowed.value && (
                  <button type="button" onClick={showAll}>
                    Show whole runs
                  </button>
                )}
              </div>
            )}
            <div class="curves-grid">
              {members.map((chart) => (
                <CompareChart key={chartKey(chart)} {...{ runs, chart, looking }} />
              ))}
            </div>
          </ChartGroup>
        )
      })}
      {single.length > 0 && <SingleValuesTable runs={runs} charts={single} />}
      {lonely.length > 0 && (
        <details class="curves-table">
          <summary>
            {lonely.length === 1 ? '1 metric is' : `${lonely.length} metrics are`} in one run only
          </summary>
          <p class="compare-names">{lonely.join(', ')}</p>
        </details>
      )}
    </>
  )
}

/** A chart that gets another curve is another one. */
const chartKey = ({ key, members }: ComparedChart): string => JSON.stringify([key, members])

const checkpointInWords = (checkpoint: ShownCheckpoint, beginMs: number): string => {
  const duration = durationOf(checkpoint)
  return [
    ...(checkpoint.fault === undefined ? [] : [checkpoint.fault]),
    sizeInWords(checkpoint.sizeBytes),
    ...(duration === undefined ? [] : [`in ${durationInWords(duration)}`]),
    `after ${durationInWords(checkpoint.endMs - beginMs)}`,
  ].join(', ')
}

const Checkpoints = ({ runs }: { readonly runs: readonly RunView[] }) => {
  const rows = useComputed(() =>
    checkpointRows(
      runs.map(({ overview }) => ({
        beginMs: beginOf(overview.value),
        checkpoints: overview.value.checkpoints,
      })),
    ),
  )
  if (rows.value.length === 0) return <p class="curves-empty">No run has a checkpoint.</p>
  const begins = runs.map(({ overview }) => beginOf(overview.peek()))
  return (
    <ScrollFrame class="compare-scroll" name="Checkpoints of the runs">
      <table class="compare-table">
        <caption class="visually-hidden">Checkpoints of the runs, by name</caption>
        <RunHead runs={runs} first="Checkpoint" />
        <tbody>
          {rows.value.slice(0, mostRows).map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map((run, place) => {
                const cell = cells[place]
                return (
                  <td key={run.index} class={cell?.fault === undefined ? undefined : 'compare-fault'}>
                    {cell ? checkpointInWords(cell, begins[place] ?? 0) : '–'}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.value.length > mostRows && (
        <p class="curves-empty">{countInWords(rows.value.length - mostRows)} more are not shown.</p>
      )}
    </ScrollFrame>
  )
}
