import 'uplot/dist/uPlot.min.css'
import './curves.css'
import { useComputed, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { RunView } from '../looking.ts'
import { ChartCard } from './chart.tsx'
import { type Chart, chartsOf, filterCharts, groups, groupTitles } from './charts-of.ts'
import { isLogarithmic, over, showsTotals, smoothing } from './choices.ts'
import { SmoothingControl, Switch } from './controls.tsx'
import { seriesIdentity } from './series-identity.ts'

/** All metrics of a run, in groups. */
export const Curves = ({ run }: { readonly run: RunView }) => {
  const identity = useComputed(() => seriesIdentity(run))
  // the identity says when the series are others
  const charts = useMemo(() => chartsOf(run.overview.peek().series), [run, identity.value])
  const filter = useSignal('')
  const found = filterCharts(charts, filter.value)

  if (charts.length === 0) return <p class="curves-empty">No metrics have been recorded yet.</p>
  return (
    <div class="curves">
      <div class="curves-controls">
        <label class="curves-filter">
          Filter by name
          <input
            type="search"
            value={filter.value}
            onInput={({ currentTarget }) => {
              filter.value = currentTarget.value
            }}
          />
        </label>
        <Switch label="Counters as totals" value={showsTotals} />
        <span role="status" class="curves-found">
          {filter.value.trim() !== '' && `${found.length} of ${charts.length} metrics`}
        </span>
      </div>
      {groups.map((group) => {
        const members = found.filter((chart) => chart.group === group)
        const isFiltered = filter.value.trim() !== ''
        return (
          members.length > 0 && (
            <Section
              key={`${run.index} ${group} ${isFiltered}`}
              {...{ run, group, isFiltered }}
              charts={members}
            />
          )
        )
      })}
    </div>
  )
}

/** A group of charts; what is collapsed costs nothing. */
const Section = ({
  run,
  group,
  charts,
  isFiltered,
}: {
  readonly run: RunView
  readonly group: Chart['group']
  readonly charts: readonly Chart[]
  readonly isFiltered: boolean
}) => {
  const isOpen = useSignal(isFiltered || group === 'training' || group === 'gpu')
  return (
    <details
      class="curves-section"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>
        <h3>{groupTitles[group]}</h3> <span class="curves-count">{charts.length}</span>
      </summary>
      {isOpen.value && (
        <>
          {group === 'training' && <TrainingControls run={run} />}
          <div class="curves-grid">
            {charts.map((chart) => (
              <ChartCard key={chart.key} run={run} chart={chart} />
            ))}
          </div>
        </>
      )}
    </details>
  )
}

/** How all charts of the training are shown. */
const TrainingControls = ({ run }: { readonly run: RunView }) => {
  const hasSteps = useComputed(() => run.overview.value.step !== undefined)
  return (
    <div class="curves-controls">
      <Switch label="Logarithmic" value={isLogarithmic} />
      <SmoothingControl value={smoothing} />
      <label>
        Over
        <select
          value={over.value}
          disabled={!hasSteps.value && over.value === 'time'}
          onChange={({ currentTarget }) => {
            over.value = currentTarget.value === 'step' ? 'step' : 'time'
          }}
        >
          <option value="time">time</option>
          <option value="step">step</option>
        </select>
      </label>
    </div>
  )
}
