import type { ComponentChildren } from 'preact'
import {
  type Bar,
  type CheckpointBar,
  countBegins,
  type GapBar,
  type Mark,
  type StateBar,
  type StatusBar,
} from './lanes.ts'

interface LaneProps {
  readonly name: string
  readonly width: number
  readonly height: number
  /** Said where the lane has nothing to show. */
  readonly empty?: string | undefined
  readonly children: ComponentChildren
}

/** A row of the timeline. What it shows is in the table and in the reading of the cursor too, so it is a picture only. */
export const Lane = ({ name, width, height, empty, children }: LaneProps) => (
  <div class="timeline-lane">
    <div class="timeline-lane-name">{name}</div>
    <div class="timeline-lane-plot">
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" focusable="false">
          {children}
        </svg>
      )}
      {empty !== undefined && (
        <div class="timeline-lane-empty">
          <span>{empty}</span>
        </div>
      )}
    </div>
  </div>
)

const Label = ({ bar, y, dx = 5 }: { readonly bar: Bar; readonly y: number; readonly dx?: number }) =>
  bar.label === '' ? null : (
    <text x={bar.x + dx} y={y}>
      {bar.label}
    </text>
  )

/** Each state as far as it lasted, filled as high as its percent. */
export const StateBars = ({
  bars,
  height,
}: {
  readonly bars: readonly StateBar[]
  readonly height: number
}) => (
  <>
    {bars.map((bar, index) => {
      const fill = Math.max(2, (Math.min(bar.percent, 100) / 100) * height)
      return (
        <g key={index}>
          <rect class="timeline-state" x={bar.x} y={0} width={bar.width} height={height} />
          <rect class="timeline-state-fill" x={bar.x} y={height - fill} width={bar.width} height={fill} />
          <path class="timeline-edge" d={`M${bar.x} 0v${height}`} />
          <Label bar={bar} y={15} />
        </g>
      )
    })}
  </>
)

export const StatusBars = ({
  bars,
  height,
}: {
  readonly bars: readonly StatusBar[]
  readonly height: number
}) => (
  <>
    {bars.map((bar, index) => (
      <g key={index} class={bar.isError ? 'timeline-status timeline-status-error' : 'timeline-status'}>
        <rect x={bar.x} y={0} width={bar.width} height={height} />
        <path class="timeline-edge" d={`M${bar.x} 0v${height}`} />
        <Label bar={bar} y={14} />
      </g>
    ))}
  </>
)

/** The stripes by which a gap is told without colour. */
const Stripes = ({ id, kind }: { readonly id: string; readonly kind: string }) => (
  <pattern id={id} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <path class={`timeline-stripe ${kind}`} d="M0 0v7" />
  </pattern>
)

export const Beats = ({
  path,
  gaps,
  height,
  id,
}: {
  readonly path: string
  readonly gaps: readonly GapBar[]
  readonly height: number
  /** Makes the names of its patterns its own. */
  readonly id: string
}) => (
  <>
    <defs>
      <Stripes id={`${id}-long`} kind="timeline-gap-long" />
      <Stripes id={`${id}-fatal`} kind="timeline-gap-fatal" />
    </defs>
    <path class="timeline-beats" d={path} />
    {gaps.map((gap, index) => {
      const kind = gap.isFatal ? 'fatal' : 'long'
      return (
        <g key={index} class={`timeline-gap timeline-gap-${kind}`}>
          <rect class="timeline-gap-ground" x={gap.x} y={0} width={gap.width} height={height} />
          <rect x={gap.x} y={0} width={gap.width} height={height} fill={`url(#${id}-${kind})`} />
          <rect
            class="timeline-gap-edge"
            x={gap.x + 0.5}
            y={0.5}
            width={Math.max(1, gap.width - 1)}
            height={height - 1}
          />
          {gap.label !== '' && (
            <rect
              class="timeline-gap-paper"
              x={gap.x + 4}
              y={3}
              width={Math.min(gap.width - 6, gap.label.length * 7.4 + 6)}
              height={height - 6}
              rx={2}
            />
          )}
          <Label bar={gap} y={15} dx={7} />
        </g>
      )
    })}
  </>
)

export const CheckpointBars = ({
  bars,
  height,
}: {
  readonly bars: readonly CheckpointBar[]
  readonly height: number
}) => (
  <>
    {bars.map((bar, index) => (
      <g
        key={index}
        class={bar.isFaulty ? 'timeline-checkpoint timeline-checkpoint-faulty' : 'timeline-checkpoint'}
      >
        <rect x={bar.x + 0.5} y={4.5} width={Math.max(3, bar.width - 1)} height={height - 9} rx={1.5} />
        {bar.isFaulty && (
          <path class="timeline-cross" d={`M${bar.x + bar.width / 2 - 4} ${height / 2 - 4}l8 8m0 -8l-8 8`} />
        )}
        <Label bar={bar} y={height / 2 + 4} dx={bar.width + 4} />
      </g>
    ))}
  </>
)

const markShapes = {
  note: 'M0 -5.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0 -11z',
  warning: 'M0 -6.5l7 12.5h-14z',
  error: 'M0 -7l7 7l-7 7l-7 -7z',
} as const

/** What happened: a circle for a note, a triangle for a warning, a diamond for an error. */
export const Marks = ({ marks, height }: { readonly marks: readonly Mark[]; readonly height: number }) => (
  <>
    {marks.map((mark, index) => (
      <g key={index} class={`timeline-mark timeline-mark-${mark.severity}`}>
        <path d={markShapes[mark.severity]} transform={`translate(${mark.x} ${height / 2})`} />
        {mark.count > 1 && (
          <text x={mark.x + countBegins} y={height / 2 + 4}>
            {mark.count}
          </text>
        )}
      </g>
    ))}
  </>
)
