import type { Range } from '../../api.ts'
import type { RunView } from '../looking.ts'
import { useSteady } from '../use-steady.ts'
import { Beats, CheckpointBars, Lane, Marks, StateBars, StatusBars } from './lane.tsx'
import { beatPath, checkpointBars, gapBars, happeningsOf, marksOf, stateBars, statusBars } from './lanes.ts'
import type { Scale } from './scale.ts'

interface LanesProps {
  readonly run: RunView
  readonly all: Range
  readonly scale: Scale
}

const heights = { status: 20, state: 40, beat: 22, checkpoint: 24, mark: 24 } as const

/** All lanes of a run. Each draws again only when its own facts, or what is shown of time, have changed. */
export const Lanes = (props: LanesProps) => (
  <>
    <Statuses {...props} />
    <States {...props} />
    <BeatsAndGaps {...props} />
    <Checkpoints {...props} />
    <Happenings {...props} />
  </>
)

const Statuses = ({ run, all, scale }: LanesProps) => {
  const statuses = useSteady(run, (overview) => overview.statuses).value
  if (statuses.length === 0) return null
  return (
    <Lane name="Status" width={scale.width} height={heights.status}>
      <StatusBars bars={statusBars(statuses, all.toMs, scale)} height={heights.status} />
    </Lane>
  )
}

const States = ({ run, all, scale }: LanesProps) => {
  const states = useSteady(run, (overview) => overview.states).value
  return (
    <Lane
      name="Progress"
      width={scale.width}
      height={heights.state}
      empty={states.length === 0 ? 'the progress file has not been written' : undefined}
    >
      <StateBars bars={stateBars(states, all.toMs, scale)} height={heights.state} />
    </Lane>
  )
}

const BeatsAndGaps = ({ run, scale }: LanesProps) => {
  const { beats, gaps } = useSteady(run, (overview) => ({ beats: overview.beats, gaps: overview.gaps })).value
  return (
    <Lane
      name="Heartbeats"
      width={scale.width}
      height={heights.beat}
      empty={beats.length === 0 && gaps.length === 0 ? 'none' : undefined}
    >
      <Beats
        path={beatPath(beats, scale, heights.beat)}
        gaps={gapBars(gaps, scale)}
        height={heights.beat}
        id={`timeline-${run.index}`}
      />
    </Lane>
  )
}

const Checkpoints = ({ run, scale }: LanesProps) => {
  const checkpoints = useSteady(run, (overview) => overview.checkpoints).value
  return (
    <Lane
      name="Checkpoints"
      width={scale.width}
      height={heights.checkpoint}
      empty={checkpoints.length === 0 ? 'none' : undefined}
    >
      <CheckpointBars bars={checkpointBars(checkpoints, scale)} height={heights.checkpoint} />
    </Lane>
  )
}

const Happenings = ({ run, scale }: LanesProps) => {
  const happenings = useSteady(run, happeningsOf).value
  return (
    <Lane
      name="Events"
      width={scale.width}
      height={heights.mark}
      empty={happenings.length === 0 ? 'none' : undefined}
    >
      <Marks marks={marksOf(happenings, scale)} height={heights.mark} />
    </Lane>
  )
}
