import 'uplot/dist/uPlot.min.css'
import './curves.css'
import { useComputed, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { isPlatformAlone } from '../is-platform-alone.ts'
import type { RunView } from '../looking.ts'
import { PlatformAlone } from '../platform-alone.tsx'
import { useSteady } from '../use-steady.ts'
import { ChartCard } from './chart.tsx'
import { ChartGroup } from './chart-group.tsx'
import { type Chart, chartsOf, filterCharts, groups } from './charts-of.ts'
import { isLogarithmic, over, showsTotals, smoothing } from './choices.ts'
import { SmoothingControl, Switch } from './controls.tsx'
import { drawableIds, parted } from './drawable.ts'
import { seriesIdentity } from './series-identity.ts'
import { SingleValues } from './single-values.tsx'

/** All metrics of a run, in groups. */
export const Curves = ({ run }: { readonly run: RunView }) => {
  const identity = useComputed(() => seriesIdentity(run))
  // the identity says when the series are others
  const { charts, drawable } = useMemo(() => {
    const { series } = run.overview.peek()
    return { charts: chartsOf(series), drawable: drawableIds(series) }
  }, [run, identity.value])
  const filter = useSignal('')
  const found = filterCharts(charts, filter.value)

  if (charts.length === 0) return <NoCurves run={run} />
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
              {...{ run, group, isFiltered, drawable }}
              charts={members}
            />
          )
        )
      })}
    </div>
  )
}

const NoCurves = ({ run }: { readonly run: RunView }) => {
  const { isLive, isAlone } = useSteady(run, (overview) => ({
    isLive: overview.isLive,
    isAlone: isPlatformAlone(overview),
  })).value
  if (isAlone) return <PlatformAlone what="metrics" />
  return <p class="curves-empty">{isLive ? 'No metrics have been told yet.' : 'No metrics were told.'}</p>
}

/** A group of charts; what is collapsed costs nothing. */
const Section = ({
  run,
  group,
  charts,
  drawable,
  isFiltered,
}: {
  readonly run: RunView
  readonly group: Chart['group']
  readonly charts: readonly Chart[]
  readonly drawable: ReadonlySet<number>
  readonly isFiltered: boolean
}) => {
  const { drawn, single } = parted(charts, ({ lines }) => lines.some(({ id }) => drawable.has(id)))
  const opens = isFiltered || group === 'training' || group === 'gpu'
  return (
    <ChartGroup group={group} count={charts.length} opens={opens}>
      {group === 'training' && drawn.length > 0 && <TrainingControls run={run} />}
      <div class="curves-grid">
        {drawn.map((chart) => (
          <ChartCard key={chart.key} run={run} chart={chart} />
        ))}
      </div>
      {single.length > 0 && <SingleValues run={run} charts={single} />}
    </ChartGroup>
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
